"""The template as CloudFormation gets it, in plain values: tests assert what is wired (ST10)."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.paths import REGION, ROOT, SAM_BIN
from tools.stack.build import sam_environment

TEMPLATE = ROOT / "template.yaml"
# What production says of its sender
MAIL = {"MailFrom": "koppeling@koppeling.example", "MailDomain": "koppeling.example"}
_ABSENT = object()
_VARIABLE = re.compile(r"\$\{([^}]+)\}")

type Json = Any
"""A piece of a template: the shape differs per resource, and tests index into it."""


@dataclass(frozen=True, slots=True)
class Template:
    """The expanded template for one stage; references to resources stay as `${Name.Attribute}`."""

    stage: str
    parameters: Mapping[str, str]
    document: Json

    def resources(self, kind: str) -> dict[str, Json]:
        """Return the properties of all resources of a type that exist in this stage, by name."""
        return {
            name: self.plain(resource.get("Properties", {}))
            for name, resource in self._existing()
            if resource["Type"] == kind
        }

    def resource(self, name: str) -> Json:
        """Return one resource whole: its policies and conditions as well as its properties."""
        return self.plain(self.document["Resources"][name])

    def plain(self, value: Json) -> Json:
        """Replace intrinsic functions by what they give."""
        if isinstance(value, list):
            return [plain for item in value if (plain := self.plain(item)) is not _ABSENT]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name == "Ref":
                return _ABSENT if argument == "AWS::NoValue" else self._value(argument)
            if name.startswith("Fn::"):
                return self._call(name, argument)
        pairs = ((key, self.plain(item)) for key, item in value.items())
        return {key: item for key, item in pairs if item is not _ABSENT}

    def holds(self, condition: str) -> bool:
        """Tell whether a condition is true in this stage."""
        return bool(self.plain(self.document["Conditions"][condition]))

    def _existing(self) -> Iterator[tuple[str, Json]]:
        for name, resource in self.document["Resources"].items():
            if "Condition" not in resource or self.holds(resource["Condition"]):
                yield name, resource

    def _call(self, name: str, argument: Json) -> Json:
        match name, argument:
            case "Fn::GetAtt", [resource, attribute]:
                return f"${{{resource}.{attribute}}}"
            case ("Fn::Sub", str() | [str(), dict()]) | ("Fn::Join", [str(), _]):
                return self._text(name, argument)
            case "Fn::If", [condition, so, otherwise]:
                return self.plain(so if self.holds(condition) else otherwise)
            case "Fn::Equals", [left, right]:
                return self.plain(left) == self.plain(right)
            case "Fn::Not", [condition]:
                return not self.plain(condition)
            case (("Fn::And" | "Fn::Or"), [*conditions]):
                each = (bool(self.plain(condition)) for condition in conditions)
                return all(each) if name == "Fn::And" else any(each)
        # The template uses no other; one that comes in must not pass unread
        raise NotImplementedError(f"{name} of {argument}")

    def _text(self, name: str, argument: Json) -> str:
        if name == "Fn::Join":
            between, members = argument
            return str(between).join(self.plain(members))
        text, named = (argument, {}) if isinstance(argument, str) else argument
        known = {name: str(self.plain(value)) for name, value in named.items()}
        return _VARIABLE.sub(lambda found: known.get(found[1], self._variable(found[1])), text)

    def _value(self, name: str) -> str | list[str]:
        """Return what a reference gives: of a list with commas its members."""
        declared = self.document["Parameters"].get(name, {})
        text = self._variable(name)
        return text.split(",") if declared.get("Type") == "CommaDelimitedList" else text

    def _variable(self, name: str) -> str:
        return str(self.parameters.get(name, f"${{{name}}}"))


def expanded(stage: str, source: Path = TEMPLATE, /, **given: str) -> Template:
    """Expand a template with SAM's own code, in SAM CLI's own environment."""
    pseudo = {
        "AWS::StackName": f"koppeling-{stage}",
        "AWS::Region": REGION,
        "AWS::AccountId": "111122223333",
        "AWS::Partition": "aws",
    }
    chosen = {"Stage": stage, **pseudo, **given}
    answer = subprocess.run(  # noqa: S603 - the project's own script
        [SAM_BIN / "python", Path(__file__).with_name("expand.py"), source, json.dumps(chosen)],
        env=sam_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    document = json.loads(answer.stdout)
    defaults = {
        name: str(parameter["Default"]) for name, parameter in document["Parameters"].items()
    }
    return Template(stage, {**defaults, **chosen}, document)

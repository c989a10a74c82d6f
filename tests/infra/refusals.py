"""What CloudFormation says before it makes or changes anything: of parameters, and of rules.

`tests/e2e/test_refused_deploys.py` shows that a real change set is refused in the same words.
"""

import re
from collections.abc import Iterator, Mapping

from tests.infra.template import Json, Template


def refusals(template: Template, given: Mapping[str, str]) -> list[str]:
    """Return why a deploy with these parameters would be refused; nothing if it would not."""
    declared = template.document["Parameters"]
    defaults = {name: str(each.get("Default", "")) for name, each in declared.items()}
    values = {**defaults, **given}
    bad = [name for name, each in declared.items() if not _is_allowed(each, values[name])]
    return [*bad, *_of_rules(template.document["Rules"], values)]


def _is_allowed(declared: Json, value: str) -> bool:
    pattern, allowed = declared.get("AllowedPattern"), declared.get("AllowedValues")
    members = value.split(",") if declared["Type"] == "CommaDelimitedList" else [value]
    if pattern is not None and not all(re.fullmatch(pattern, each) for each in members):
        return False
    if allowed is not None and value not in {str(each) for each in allowed}:
        return False
    if len(value) > declared.get("MaxLength", len(value)):
        return False
    if declared["Type"] != "Number":
        return True
    number = float(value)
    return bool(declared.get("MinValue", number) <= number <= declared.get("MaxValue", number))


def _of_rules(rules: Json, values: Mapping[str, str]) -> Iterator[str]:
    for rule in rules.values():
        if _plain(rule.get("RuleCondition", True), values):
            for assertion in rule["Assertions"]:
                if not _plain(assertion["Assert"], values):
                    yield assertion["AssertDescription"]


def _plain(value: Json, values: Mapping[str, str]) -> Json:
    """Evaluate what may stand in a rule; it knows no conditions, and of references parameters."""
    if isinstance(value, list):
        return [_plain(each, values) for each in value]
    if not isinstance(value, dict):
        return value
    ((name, argument),) = value.items()
    if name == "Ref":
        return values[argument]
    match name, _plain(argument, values):
        case "Fn::Equals", [left, right]:
            return left == right
        case "Fn::Not", [each]:
            return not each
        case "Fn::Contains", [members, each]:
            return each in members
    # The template uses no other; one that comes in must not pass unread
    raise NotImplementedError(name)

"""Expands the template as SAM CLI and SAM itself do, and prints what CloudFormation would get.

A script for SAM CLI's own environment, since its packages do not go together with ours:
`.venvs/sam/bin/python tests/infra/expand.py template.yaml '{"Stage": "production"}'`.
"""

import json
import sys
from pathlib import Path
from typing import Any

# Untyped, and only there in SAM CLI's own environment.
from samcli.lib.cfn_language_extensions.sam_integration import (  # type: ignore[import-not-found]
    expand_language_extensions,
)
from samcli.yamlhelper import yaml_parse  # type: ignore[import-not-found]
from samtranslator.translator.transform import transform  # type: ignore[import-not-found]

# Where a folder is once it was packaged; layers have another place when `layers` says so.
_PLACE = "s3://artifacts/"


class NoManagedPolicies:
    """Stands for the list of AWS's managed policies; the template uses none (S1)."""

    def load(self) -> dict[str, str]:
        """Return none."""
        return {}


def expand(template: dict[str, Any], parameters: dict[str, str]) -> dict[str, Any]:
    """Return the template as CloudFormation would get it."""
    unrolled: dict[str, Any] = expand_language_extensions(
        template, parameters, enabled=True
    ).expanded_template
    unrolled["Transform"] = "AWS::Serverless-2016-10-31"
    places = {"CodeUri": "code", "ContentUri": parameters.get("layers", "layers")}
    for resource in unrolled["Resources"].values():
        for name, place in places.items():
            if name in resource.get("Properties", {}):
                resource["Properties"][name] = _PLACE + place
    expanded: dict[str, Any] = transform(unrolled, parameters, NoManagedPolicies())
    return expanded


if __name__ == "__main__":
    source = yaml_parse(Path(sys.argv[1]).read_text())
    json.dump(expand(source, json.loads(sys.argv[2])), sys.stdout)

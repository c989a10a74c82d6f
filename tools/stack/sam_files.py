"""What `sam local invoke` needs of a local stack: its settings, and the environment of functions.

Both depend on this machine and on the ports of the day, so `make up` writes them beside the stack.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from tools.paths import REGION, ROOT, architecture
from tools.stack.deployed import Stack
from tools.stack.reach import ADD_HOST, Reach

ENV_FILE = "env.json"
SETTINGS_FILE = "samconfig.toml"
# Of the browser, which runs on this machine: no function calls it
_FOR_BROWSERS = frozenset({"CONNECT_URL"})
_SETTINGS = """# Written by `make up`, for this machine: `sam local invoke … --config-file`.
version = 0.1

[default.global.parameters]
language_extensions = true
region = "{region}"

[default.local_invoke.parameters]
parameter_overrides = ["Stage=local", "Architecture={architecture}", "AwsEndpointUrl={endpoint}"]
env_vars = "{env_file}"
add_host = ["{add_host}"]
# Docker fetches the image of the runtime where it is missing, so it is not asked for every time.
skip_pull_image = true
"""


def write_sam_files(stack: Stack, state: Path) -> None:
    """Write both; they are about the stack as it is deployed now."""
    env_file = (state / ENV_FILE).resolve()
    everything = {
        function: for_container(stack.variables(function), stack.reach)
        for function in stack.outputs
        if function.endswith("Function")
    }
    env_file.write_text(json.dumps(everything, indent=2) + "\n")
    endpoint = stack.reach.for_container(stack.aws_endpoint)
    (state / SETTINGS_FILE).write_text(settings(endpoint, env_file))


def settings(endpoint: str, env_file: Path) -> str:
    """Return the settings of `sam local invoke` on this machine."""
    return _SETTINGS.format(
        region=REGION,
        architecture=architecture(),
        endpoint=endpoint,
        env_file=env_file,
        add_host=ADD_HOST,
    )


def for_container(variables: Mapping[str, str], reach: Reach) -> dict[str, str]:
    """Return the variables of a function with the addresses that it calls from a container."""
    return {
        name: value if name in _FOR_BROWSERS else reach.for_container(value)
        for name, value in variables.items()
    }


def sam_command(function: str, state: Path) -> str:
    """Return a command of `sam local invoke` as a person types it at the top of the project."""
    there = state.relative_to(ROOT)
    return (
        "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test .venvs/sam/bin/sam local invoke "
        f"{function} --config-file {there / SETTINGS_FILE} "
        f"--event {there}/events/pull_accounts_direct.json"
    )

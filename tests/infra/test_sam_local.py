"""`sam local invoke` on Linux and with Docker Desktop, on x86 and on arm: what it is told."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tools.paths import SAM_BIN, STATE, architecture
from tools.stack.build import sam_environment
from tools.stack.engine import Engine, gateway_of
from tools.stack.reach import EVERYWHERE, FROM_CONTAINER, LOOPBACK, Reach
from tools.stack.sam_files import for_container, sam_command, settings

BRIDGE = "172.17.0.1"
ELSEWHERE = "192.0.2.77"  # an address that no machine has


@pytest.mark.parametrize(
    ("bind", "here", "from_container"),
    [
        (LOOPBACK, "http://127.0.0.1:81", "http://host.docker.internal:81"),
        (EVERYWHERE, "http://127.0.0.1:81", "http://host.docker.internal:81"),
        (BRIDGE, "http://172.17.0.1:81", "http://172.17.0.1:81"),
    ],
)
def test_a_server_has_an_address_here_and_one_for_containers(
    bind: str, here: str, from_container: str
) -> None:
    reach = Reach(bind)

    assert reach.url(81) == here
    assert reach.for_container(reach.url(81)) == from_container


def test_a_function_in_a_container_calls_this_machine_and_browsers_call_what_they_called() -> None:
    deployed = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:81",
        "PULL_QUEUE_URL": "http://127.0.0.1:81/000000000000/queue",
        # Registered with both apps as part of their redirect URI: another one is refused
        "CONNECT_URL": "http://127.0.0.1:81/login",
        "STAGE": "local",
    }

    assert for_container(deployed, Reach()) == {
        "AWS_ENDPOINT_URL": f"http://{FROM_CONTAINER}:81",
        "PULL_QUEUE_URL": f"http://{FROM_CONTAINER}:81/000000000000/queue",
        "CONNECT_URL": "http://127.0.0.1:81/login",
        "STAGE": "local",
    }


def test_the_settings_name_the_architecture_of_this_machine_and_make_it_known_in_a_container() -> (
    None
):
    told = tomllib.loads(settings("http://host.docker.internal:81", Path("/state/env.json")))
    invoke = told["default"]["local_invoke"]["parameters"]

    assert f"Architecture={architecture()}" in invoke["parameter_overrides"]
    assert "AwsEndpointUrl=http://host.docker.internal:81" in invoke["parameter_overrides"]
    assert invoke["add_host"] == ["host.docker.internal:host-gateway"]
    assert invoke["env_vars"] == "/state/env.json"
    assert told["default"]["global"]["parameters"]["language_extensions"] is True


def test_sam_knows_every_setting_that_it_is_given() -> None:
    told = tomllib.loads(settings("http://127.0.0.1:81", Path("/state/env.json")))
    shown = subprocess.run(  # noqa: S603 - SAM CLI, and a question of ours
        [SAM_BIN / "sam", "local", "invoke", "--help"],
        env=sam_environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    for name in told["default"]["local_invoke"]["parameters"]:
        assert re.search(rf"--{name.replace('_', '-')}\b", shown), name


def test_the_printed_command_is_that_of_the_readme() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()

    assert sam_command("PullAccountsFunction", STATE) in readme.replace(" \\\n ", "")


@pytest.mark.parametrize(
    ("pool", "gateway"),
    [
        ({"Subnet": "172.17.0.0/16", "Gateway": "172.17.0.9"}, "172.17.0.9"),
        ({"Subnet": "172.18.0.0/16"}, "172.18.0.1"),
    ],
)
def test_the_gateway_is_the_one_docker_names_or_the_first_address_of_its_pool(
    pool: dict[str, str], gateway: str
) -> None:
    assert gateway_of(pool) == gateway


@pytest.mark.parametrize(
    ("gateway", "bind"), [("127.0.0.1", "127.0.0.1"), (ELSEWHERE, LOOPBACK), ("", LOOPBACK)]
)
def test_servers_listen_at_a_gateway_that_is_this_machine_and_else_at_the_loopback_address(
    gateway: str, bind: str
) -> None:
    assert Engine("28.0", gateway).reach == Reach(bind)

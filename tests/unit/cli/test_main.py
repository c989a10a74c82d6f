"""How the command ends: exit codes, messages in place of traces, and the stack it works on."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import boto3
import pytest
from click.testing import CliRunner

from koppeling.cli.context import CliContext
from koppeling.cli.exits import Exit, StackUnreachable
from koppeling.cli.main import koppeling
from koppeling.cli.stack import Stack, StackLocation, local_stack, stack_in_aws
from tests.unit.cli.conftest import REGION, Office

ID = "veldhuis-advies-01"
OUTPUTS = """\
<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
  <DescribeStacksResult><Stacks><member>
    <StackName>koppeling-production</StackName>
    <CreationTime>2026-11-24T06:03:00Z</CreationTime>
    <StackStatus>CREATE_COMPLETE</StackStatus>
    <Outputs><member>
      <OutputKey>InboxBucket</OutputKey><OutputValue>inbox</OutputValue>
    </member></Outputs>
  </member></Stacks></DescribeStacksResult>
</DescribeStacksResponse>"""
REFUSAL = """\
<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
  <Error><Type>Sender</Type><Code>ValidationError</Code>
  <Message>Stack with id nothing does not exist</Message></Error>
</ErrorResponse>"""


class CloudFormation(BaseHTTPRequestHandler):
    """Knows one stack."""

    def do_POST(self) -> None:
        """Answer DescribeStacks."""
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        known = "StackName=koppeling-production" in asked
        body = (OUTPUTS if known else REFUSAL).encode()
        self.send_response(200 if known else 400)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:  # what it would say is no part of a test's output
        """Say nothing."""


@pytest.fixture
def cloudformation(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let DescribeStacks be answered here: moto's needs packages that we do not have."""
    with HTTPServer(("127.0.0.1", 0), CloudFormation) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDFORMATION", address)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "test")
        monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
        yield
        server.shutdown()


def test_help_is_there_at_once_and_needs_no_aws() -> None:
    script = (
        "import sys; from koppeling.cli.main import koppeling\n"
        "print(sorted({name.split('.')[0] for name in sys.modules}\n"
        " & {'boto3', 'botocore', 'pynamodb', 'rich', 'requests', 'cryptography', 'jsonschema'}))"
    )

    answer = subprocess.run(  # noqa: S603 - this very Python
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30
    )

    assert answer.stdout.strip() == "[]"


def test_every_command_explains_itself() -> None:
    for words in (["--help"], ["connections", "--help"], ["pull", "-h"]):
        result = CliRunner().invoke(koppeling, words)
        assert result.exit_code == Exit.OK
        assert "Usage: koppeling" in result.output


def test_every_command_answers_programs_too() -> None:
    commands = [
        *koppeling.commands.values(),
        *koppeling.commands["connections"].commands.values(),  # type: ignore[attr-defined] # a group
        *koppeling.commands["dead-letters"].commands.values(),  # type: ignore[attr-defined] # likewise
        *koppeling.commands["keys"].commands.values(),  # type: ignore[attr-defined] # likewise
        *koppeling.commands["mails"].commands.values(),  # type: ignore[attr-defined] # likewise
    ]

    without = [one.name for one in commands if "as_json" not in {each.name for each in one.params}]
    assert without == ["connections", "dead-letters", "keys", "mails"]


def test_without_a_local_stack_a_person_is_told_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(koppeling, ["status"])

    assert result.exit_code == Exit.UNREACHABLE
    assert "make up" in result.output


def test_the_local_stack_is_read_as_it_was_written_down(tmp_path: Path) -> None:
    file = tmp_path / "stack.json"
    file.write_text(
        json.dumps({"region": REGION, "outputs": {"A": "b"}, "aws_endpoint": "http://127.0.0.1:1"})
    )

    assert local_stack(file) == StackLocation(REGION, {"A": "b"}, "http://127.0.0.1:1")


def test_an_emulator_that_is_not_there_is_told_within_the_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".local").mkdir()
    stack = {
        "region": REGION,
        "outputs": {"PushSalesEntriesFunction": "push"},
        "aws_endpoint": "http://127.0.0.1:9",
    }
    (tmp_path / ".local" / "stack.json").write_text(json.dumps(stack))

    result = CliRunner().invoke(koppeling, ["connections", "list"])

    assert result.exit_code == Exit.UNREACHABLE
    assert "AWS could not be reached" in result.output


def test_a_stack_in_aws_is_known_by_its_outputs(cloudformation: None) -> None:
    del cloudformation

    assert stack_in_aws("koppeling-production") == StackLocation(REGION, {"InboxBucket": "inbox"})


def test_a_stack_that_does_not_exist_is_told(cloudformation: None) -> None:
    del cloudformation

    result = CliRunner().invoke(koppeling, ["--stack", "nothing", "status"])

    assert result.exit_code == Exit.UNREACHABLE
    assert "Stack with id nothing does not exist" in result.output
    assert "--stack" in result.output


def test_without_a_region_a_person_is_told_to_set_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")

    with pytest.raises(StackUnreachable, match="AWS_REGION"):
        stack_in_aws("koppeling-production")


def test_a_stack_of_an_earlier_release_is_told_what_it_lacks(office: Office) -> None:
    office.connect()
    office.stack.location = StackLocation(REGION, {})

    for words in (("connections", "link", ID), ("history", ID), ("retry", ID)):
        result = office.run(*words)
        assert result.exit_code in {Exit.USAGE, Exit.UNREACHABLE}, words
        assert "deploy the present release first" in result.output


def test_a_table_that_is_gone_is_no_trace_for_a_person(office: Office) -> None:
    boto3.client("dynamodb", region_name=REGION).delete_table(TableName="sync")

    result = office.run("status", ID)

    assert result.exit_code == Exit.UNREACHABLE
    assert "Traceback" not in result.output
    assert "ResourceNotFoundException" in result.output


def test_a_mistake_of_ours_shows_its_name_only_and_with_debug_everything(office: Office) -> None:
    office.connect()
    office.functions.answers = {"WatchFunction": []}  # a function that the fake has no answer for

    short = office.run("check", ID)
    long = office.run("--debug", "check", ID)

    assert short.exit_code == Exit.ATTENTION
    assert short.output == "Error: a mistake of ours (IndexError): --debug shows where\n"
    assert isinstance(long.exception, IndexError)


def test_what_a_command_does_not_know_is_a_usage_error() -> None:
    assert CliRunner().invoke(koppeling, ["fly"]).exit_code == Exit.USAGE
    assert CliRunner().invoke(koppeling, ["--lang", "fr", "status"]).exit_code == Exit.USAGE


def test_settings_are_those_that_the_functions_were_deployed_with(office: Office) -> None:
    iam = boto3.client("iam", region_name=REGION)
    role = iam.create_role(RoleName="any", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    boto3.client("lambda", region_name=REGION).create_function(
        FunctionName="stack-PushSalesEntries",
        Role=role,
        Runtime="python3.13",
        Handler="app.handler",
        Code={"ZipFile": b"none"},
        Environment={
            "Variables": {
                "SYNC_TABLE": "sync",
                "TOKENS_TABLE": "tokens",
                "APPS_SECRET_ARN": "apps",
                "MILESTONES_BASE_URL": "https://milestones.example",
            }
        },
    )
    outputs = {
        **office.stack.location.outputs,
        "PushSalesEntriesFunction": "stack-PushSalesEntries",
    }
    office.connect()
    stack = Stack(StackLocation(REGION, outputs), now=office.clock.now, pause=office.clock.advance)

    result = CliRunner().invoke(
        koppeling, ["connections", "list", "--json"], obj=CliContext(given_stack=stack)
    )

    assert [one["connection"] for one in json.loads(result.stdout)] == [ID]
    assert stack.wiring.aws.milestones_host == "milestones.example"

"""The deployed stack itself: events reach functions, functions reach their data, and no further."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.infra.pulls import PULLS, Pull
from tests.infra.template import TEMPLATE
from tools.paths import STATE
from tools.stack.deployed import Stack
from tools.stack.invoke import invoke
from tools.stack.processes import eventually
from tools.stack.sam_files import ENV_FILE, write_sam_files

pytestmark = pytest.mark.e2e

every_pull = pytest.mark.parametrize("pull", PULLS, ids=lambda pull: pull.name)


@every_pull
def test_a_pull_is_deployed_under_its_name_with_its_own_role_queue_and_schedule(
    stack: Stack, pull: Pull
) -> None:
    name = f"{stack.stack_name}-Pull{pull.entity}"
    function = stack.functions.get_function_configuration(FunctionName=name, Qualifier="live")
    schedule = stack.schedules.get_schedule(Name=name)
    variables = function["Environment"]["Variables"]

    assert f"Pull{pull.entity}Role" in function["Role"]
    assert (variables["ENTITY"], variables["PULL_QUEUE_URL"]) == (
        pull.name,
        stack.outputs[f"{pull.queue}Url"],
    )
    assert (schedule["State"], schedule["GroupName"]) == ("DISABLED", "default")
    assert schedule["Target"]["Arn"] == stack.outputs[f"{pull.function}Arn"]
    assert stack.outputs[f"{pull.function}Arn"].endswith(f":{name}:live")
    assert f"Pull{pull.entity}ScheduleRole" in schedule["Target"]["RoleArn"]


def test_every_queue_feeds_one_function_and_its_own(stack: Stack) -> None:
    mappings = stack.functions.list_event_source_mappings()["EventSourceMappings"]
    fed = {mapping["FunctionArn"]: mapping["EventSourceArn"] for mapping in mappings}

    # The invoices, and two for the watch: its rounds, and tokens that were handed on
    assert len(mappings) == len({each["EventSourceArn"] for each in mappings}) == len(PULLS) + 3
    assert len(fed) == len(PULLS) + 2
    for pull in PULLS:
        queue = stack.outputs[f"{pull.queue}Url"].rpartition("/")[2]
        assert fed[stack.outputs[f"{pull.function}Arn"]].endswith(f":{queue}")


@every_pull
def test_a_tick_of_every_schedule_is_answered_by_its_deployed_function(
    stack: Stack, pull: Pull
) -> None:
    answer = stack.tick(pull.entity, datetime(2026, 11, 24, 6, pull.minute, tzinfo=UTC))

    assert (answer["outcome"], answer["entity"]) == ("queued", pull.name)


@every_pull
def test_every_pull_answers_a_direct_event_under_the_real_runtime_client(
    stack: Stack, pull: Pull
) -> None:
    outcome = invoke(stack, pull.function, {"connection": "nobody"})

    assert outcome.error is None, outcome.log
    assert (outcome.payload["outcome"], outcome.payload["entity"]) == (
        "unknown-connection",
        pull.name,
    )


def test_a_document_in_the_inbox_reaches_the_push_and_leaves_its_queue_empty(stack: Stack) -> None:
    inbox = stack.outputs["InboxBucket"]
    stack.objects.put_object(Bucket=inbox, Key="nobody/1.json", Body=b"{")

    assert eventually(lambda: "nobody" in "".join(stack.log_lines("PushSalesEntriesFunction")))
    assert eventually(lambda: stack.waiting("SalesEntryQueueUrl") == 0)
    assert stack.waiting("SalesEntryDeadLetterQueueUrl") == 0


def test_the_pdf_of_an_invoice_starts_nothing(stack: Stack) -> None:
    stack.objects.put_object(Bucket=stack.outputs["InboxBucket"], Key="silent/1.pdf", Body=b"%PDF-")
    stack.objects.put_object(Bucket=stack.outputs["InboxBucket"], Key="loud/1.json", Body=b"{")

    assert eventually(lambda: "loud" in "".join(stack.log_lines("PushSalesEntriesFunction")))
    assert "silent" not in "".join(stack.log_lines("PushSalesEntriesFunction"))


@pytest.mark.parametrize(
    "attempt",
    [
        lambda stack, client: client("s3").get_object(
            Bucket=stack.outputs["InboxBucket"], Key="nobody/1.json"
        ),
        lambda stack, client: client("sqs").receive_message(
            QueueUrl=stack.outputs["SalesEntryQueueUrl"]
        ),
        lambda stack, client: client("dynamodb").scan(TableName=stack.outputs["TokensTable"]),
        lambda stack, client: client("sqs").send_message(
            QueueUrl=stack.outputs["PullItemsQueueUrl"], MessageBody="{}"
        ),
    ],
    ids=["read the inbox", "take an invoice", "read all tokens", "queue for another pull"],
)
def test_a_pull_is_refused_what_is_not_its_business(
    stack: Stack, attempt: Callable[..., object]
) -> None:
    with pytest.raises(Exception, match="AccessDenied"):
        attempt(stack, lambda service: stack.client_as("PullAccountsFunction", service))


def test_sam_local_invoke_passes_on_every_variable_of_the_environment_file(stack: Stack) -> None:
    write_sam_files(stack, STATE / "test")
    written = json.loads((STATE / "test" / ENV_FILE).read_text())
    declared = set(re.findall(r"^\s+([A-Z_]+):", TEMPLATE.read_text(), re.MULTILINE))

    doors = {"ConnectFunction", "PortalFunction", "IntakeFunction"}
    others = {"PushSalesEntriesFunction", "WatchFunction"}
    assert set(written) == {pull.function for pull in PULLS} | doors | others
    for variables in written.values():
        assert set(variables) <= declared


def test_the_stack_file_tells_what_a_client_needs(stack: Stack) -> None:
    written = json.loads((STATE / "test" / "stack.json").read_text())

    assert set(written) == {
        *("aws_endpoint", "region", "stack_name", "outputs"),
        *("exact_url", "milestones_url", "host"),
    }
    assert Stack.load(STATE / "test") == stack


def test_the_functions_find_the_credentials_of_both_apps(stack: Stack) -> None:
    stored = stack.secrets.get_secret_value(SecretId=stack.outputs["AppsSecretArn"])["SecretString"]

    for app in json.loads(stored).values():
        assert app["client_id"]
        assert app["client_secret"]

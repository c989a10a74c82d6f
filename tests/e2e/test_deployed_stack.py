"""The deployed stack itself: events reach functions, functions reach their data, and no further."""

import json
import re
from collections.abc import Callable

import pytest

from tests.infra.template import TEMPLATE
from tools.deployed import Stack
from tools.invoke import invoke, write_env_file
from tools.paths import ROOT, STATE
from tools.processes import eventually

pytestmark = pytest.mark.e2e

EVENTS = sorted(path.stem for path in (ROOT / "events").iterdir())


def event(name: str) -> object:
    return json.loads((ROOT / "events" / f"{name}.json").read_text())


def function_of(name: str) -> str:
    return (
        "PullAccountsFunction" if name.startswith("pull_accounts") else "PushSalesEntriesFunction"
    )


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_is_answered_by_its_function_under_the_real_runtime_client(
    stack: Stack, name: str
) -> None:
    outcome = invoke(stack, function_of(name), event(name))

    assert outcome.error is None, outcome.log


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_is_answered_by_its_deployed_function_with_iam_enforced(
    stack: Stack, name: str
) -> None:
    answer = stack.invoke(function_of(name), event(name))

    assert answer.get("batchItemFailures", []) == []


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
    ],
    ids=["read the inbox", "take an invoice", "read all tokens"],
)
def test_a_pull_is_refused_what_is_not_its_business(
    stack: Stack, attempt: Callable[..., object]
) -> None:
    with pytest.raises(Exception, match="AccessDenied"):
        attempt(stack, lambda service: stack.client_as("PullAccountsFunction", service))


def test_sam_local_invoke_passes_on_every_variable_of_the_environment_file(stack: Stack) -> None:
    written = json.loads(write_env_file(stack, STATE / "test").read_text())
    declared = set(re.findall(r"^\s+([A-Z_]+):", TEMPLATE.read_text(), re.MULTILINE))

    assert set(written) == {"PullAccountsFunction", "PushSalesEntriesFunction"}
    for variables in written.values():
        assert set(variables) <= declared


def test_the_stack_file_tells_what_a_client_needs(stack: Stack) -> None:
    written = json.loads((STATE / "test" / "stack.json").read_text())

    assert set(written) == {
        *("aws_endpoint", "region", "stack_name", "outputs"),
        *("exact_url", "milestones_url"),
    }
    assert Stack.load(STATE / "test") == stack


def test_the_functions_find_the_credentials_of_both_apps(stack: Stack) -> None:
    stored = stack.secrets.get_secret_value(SecretId=stack.outputs["AppsSecretArn"])["SecretString"]

    for app in json.loads(stored).values():
        assert app["client_id"]
        assert app["client_secret"]

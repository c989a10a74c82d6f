import pytest

from koppeling.bootstrap.batches import PULLS_AT_A_TIME
from koppeling.push.outbox import LIFE
from tests.infra.pulls import PULLS
from tests.infra.template import Template, expanded

WORK = [
    # queue, function, event source mapping, dead letters, deliveries, messages per invocation
    *(
        (pull.queue, pull.function, f"{pull.function}Messages", pull.dead_letters, 2, 20)
        for pull in PULLS
    ),
    (
        "SalesEntryQueue",
        "PushSalesEntriesFunction",
        "PushSalesEntriesFunctionInvoices",
        "SalesEntryDeadLetterQueue",
        5,
        5,
    ),
    ("TokenQueue", "WatchFunction", "WatchFunctionTokens", "WatchDeadLetterQueue", 5, 1),
    ("RoundQueue", "WatchFunction", "WatchFunctionRounds", "WatchDeadLetterQueue", 3, 1),
]


@pytest.mark.parametrize(("queue", "function", "mapping"), [row[:3] for row in WORK])
def test_a_message_stays_hidden_for_six_times_as_long_as_its_function_may_run(
    production: Template, queue: str, function: str, mapping: str
) -> None:
    hidden = production.resources("AWS::SQS::Queue")[queue]["VisibilityTimeout"]
    timeout = production.resources("AWS::Lambda::Function")[function]["Timeout"]

    wired = production.resources("AWS::Lambda::EventSourceMapping")[mapping]

    assert hidden >= 6 * timeout + wired.get("MaximumBatchingWindowInSeconds", 0)


def test_every_message_of_a_batch_of_pulls_begins_at_once(production: Template) -> None:
    mappings = production.resources("AWS::Lambda::EventSourceMapping")

    assert {mappings[f"{pull.function}Messages"]["BatchSize"] for pull in PULLS} == {
        PULLS_AT_A_TIME
    }


@pytest.mark.parametrize("pages", ["Connect", "Portal"])
def test_pages_may_have_executions_that_no_pull_can_take(production: Template, pages: str) -> None:
    def reserved(template: Template) -> object:
        function = template.resources("AWS::Lambda::Function")[f"{pages}Function"]
        return function.get("ReservedConcurrentExecutions")

    chosen = expanded("production", **{f"{pages}ReservedConcurrency": "20"})

    assert reserved(production) is None
    assert str(reserved(chosen)) == "20"


def test_an_interrupted_push_blocks_its_invoice_for_as_long_as_it_could_have_run(
    production: Template,
) -> None:
    push = production.resources("AWS::Lambda::Function")["PushSalesEntriesFunction"]

    assert push["Timeout"] == LIFE.total_seconds()


@pytest.mark.parametrize(
    ("queue", "dead_letters", "deliveries"), [(row[0], row[3], row[4]) for row in WORK]
)
def test_a_message_goes_to_its_own_dead_letter_queue_after_a_fixed_number_of_deliveries(
    production: Template, queue: str, dead_letters: str, deliveries: int
) -> None:
    assert production.resources("AWS::SQS::Queue")[queue]["RedrivePolicy"] == {
        "maxReceiveCount": deliveries,
        "deadLetterTargetArn": f"${{{dead_letters}.Arn}}",
    }


@pytest.mark.parametrize(("queue", "function", "mapping", "_", "__", "batch"), WORK)
def test_a_function_takes_messages_in_batches_of_which_one_may_fail_alone(
    production: Template, queue: str, function: str, mapping: str, _: str, __: int, batch: int
) -> None:
    wired = production.resources("AWS::Lambda::EventSourceMapping")[mapping]

    assert wired["EventSourceArn"] == f"${{{queue}.Arn}}"
    # Pulls and push are reached by their alias only, which a release takes over (R40)
    alias = "" if function == "WatchFunction" else "Aliaslive"
    assert wired["FunctionName"] == f"${{{function}{alias}}}"
    assert wired["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert wired["BatchSize"] == batch


@pytest.mark.parametrize(
    "parameter",
    [*(f"{pull.entity}MaximumConcurrency" for pull in PULLS), "PushMaximumConcurrency"],
)
def test_concurrency_is_a_parameter_of_at_least_two(production: Template, parameter: str) -> None:
    mappings = production.resources("AWS::Lambda::EventSourceMapping").values()
    wired = {int(mapping["ScalingConfig"]["MaximumConcurrency"]) for mapping in mappings}

    assert wired == {10}
    assert production.document["Parameters"][parameter]["MinValue"] == 2


def test_every_queue_that_is_worked_on_has_a_mapping(production: Template) -> None:
    redriven = {
        f"${{{name}.Arn}}"
        for name, queue in production.resources("AWS::SQS::Queue").items()
        if "RedrivePolicy" in queue
    }
    mapped = {
        mapping["EventSourceArn"]
        for mapping in production.resources("AWS::Lambda::EventSourceMapping").values()
    }

    assert redriven == mapped


def test_dead_letters_and_invoices_are_kept_for_14_days_and_pull_messages_for_one(
    production: Template,
) -> None:
    kept = {
        name: queue["MessageRetentionPeriod"] // 86400
        for name, queue in production.resources("AWS::SQS::Queue").items()
    }

    assert kept == {
        **{pull.queue: 1 for pull in PULLS},
        **{pull.dead_letters: 14 for pull in PULLS},
        "SalesEntryQueue": 14,
        "SalesEntryDeadLetterQueue": 14,
        "WatchDeadLetterQueue": 14,
        "TokenQueue": 14,
        "RoundQueue": 1,
    }


def test_only_documents_in_the_inbox_start_work(production: Template) -> None:
    bucket = production.resources("AWS::S3::Bucket")["InboxBucket"]

    assert bucket["NotificationConfiguration"]["QueueConfigurations"] == [
        {
            "Event": "s3:ObjectCreated:*",
            "Queue": "${SalesEntryQueue.Arn}",
            "Filter": {"S3Key": {"Rules": [{"Name": "suffix", "Value": ".json"}]}},
        }
    ]


def test_only_our_own_inbox_may_put_messages_in_the_queue_of_invoices(
    production: Template,
) -> None:
    policies = production.resources("AWS::SQS::QueuePolicy")
    (statement, _) = policies["SalesEntryQueuePolicy"]["PolicyDocument"]["Statement"]
    bucket = production.resources("AWS::S3::Bucket")["InboxBucket"]["BucketName"]

    assert statement["Condition"] == {
        "ArnEquals": {"aws:SourceArn": f"arn:aws:s3:::{bucket}"},
        "StringEquals": {"aws:SourceAccount": "111122223333"},
    }

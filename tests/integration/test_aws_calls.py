"""What a piece of work costs at AWS, in calls and units: whoever adds one changes a bound here.

A bound is what was counted when the work last became cheaper. `make cost` says what it comes to.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

import pytest

from tests.environment import Environment, environment
from tests.sandbox.invoices import build_invoice
from tools.cost import scenes
from tools.cost.meter import Work

# Each of the seven ticks notes that it was, once for all connections; a warm process reads the
# secret of the apps again after a quarter of an hour
EMPTY_TICK = {
    "dynamodb.GetItem": 35,
    "dynamodb.Query": 9,
    "dynamodb.UpdateItem": 9,
    "secretsmanager.GetSecretValue": 1,
    "sqs.SendMessageBatch": 7,
}
TEN_CHANGES = {
    "dynamodb.BatchGetItem": 6,
    "dynamodb.BatchWriteItem": 2,
    "dynamodb.GetItem": 6,
    # One asks what people chose about likely doubles, for customers that are new
    "dynamodb.Query": 7,
    "dynamodb.UpdateItem": 19,  # one of them is the line in the log
    "kms.Decrypt": 1,
    "kms.GenerateDataKey": 1,
    "secretsmanager.GetSecretValue": 2,
    "sqs.SendMessageBatch": 1,
}
# The look at the counter of invoices rides along with a run, once an hour. It refreshes the token
# of QicsMilestones, which has aged since; with an invoice since, that is looked for and noted
NUMBERS = {
    "dynamodb.GetItem": 2,
    "dynamodb.UpdateItem": 2,
    "kms.Decrypt": 1,
    "kms.GenerateDataKey": 1,
    "secretsmanager.GetSecretValue": 1,
}
NUMBERS_MOVED = {**NUMBERS, "dynamodb.BatchGetItem": 1, "dynamodb.UpdateItem": 3}
INVOICE = {
    "dynamodb.BatchGetItem": 1,
    "dynamodb.GetItem": 9,
    "dynamodb.PutItem": 7,
    "dynamodb.Query": 5,
    "dynamodb.UpdateItem": 2,
    "s3.GetObject": 2,
    "s3.PutObject": 1,
    "s3.PutObjectTagging": 1,
}
# Of a hundred accounts, of which each is new in QicsMilestones
FIRST_LOAD = {
    "dynamodb.BatchGetItem": 12,
    "dynamodb.BatchWriteItem": 26,
    "dynamodb.GetItem": 23,
    # A line in the journal for each, before it is created: so it can be undone
    "dynamodb.PutItem": 108,
    "dynamodb.Query": 11,
    "dynamodb.UpdateItem": 117,
    "kms.Decrypt": 2,
    "kms.GenerateDataKey": 2,
    "secretsmanager.GetSecretValue": 2,
    "sqs.SendMessageBatch": 1,
}


def more_than(work: Work, bounds: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Return what was called more often than its bound: how often, and the bound."""
    return {
        name: (count, bounds.get(name, 0))
        for name, count in work.by_operation().items()
        if count > bounds.get(name, 0)
    }


@pytest.fixture
def small_company() -> Iterator[Environment]:
    with environment(accounts=30) as h:
        yield h


def test_a_tick_of_all_entities_without_changes(small_company: Environment) -> None:  # P6, P7, P8
    work = scenes.empty_tick(small_company)

    assert more_than(work, EMPTY_TICK) == {}
    assert work.read_units <= 26
    assert work.write_units <= 9
    assert work.log_bytes <= 5_450
    assert work.to_exact <= 10
    assert work.to_milestones == 0


def test_a_tick_of_one_entity_without_changes_logs_one_summary_line_and_little(
    small_company: Environment,
) -> None:
    """The line says that the connections were queued; each invocation adds its metrics (P7)."""
    work = scenes.empty_tick(small_company, ("accounts",))

    assert len(work.outcomes) == 1
    assert len(work.metric_lines) == len(work.log_lines) - 1
    assert work.log_bytes <= 800


def test_a_tick_with_ten_changes(small_company: Environment) -> None:
    work = scenes.changes(small_company, 10)

    assert more_than(work, TEN_CHANGES) == {}
    assert work.read_units <= Decimal("22.5")
    assert work.write_units <= 50
    assert work.log_bytes <= 1_120


def test_a_look_at_the_counter_of_invoices_an_hour_after_the_last(
    small_company: Environment,
) -> None:  # P6
    scenes.settle(small_company)

    without_news = scenes.numbers(small_company)
    with_an_invoice = scenes.numbers(small_company, invoices=1)

    assert more_than(without_news, NUMBERS) == {}
    assert (without_news.read_units, without_news.write_units) <= (2, 2)
    # One for the token, one for the counter
    assert (without_news.to_milestones, without_news.to_exact) == (2, 0)
    assert more_than(with_an_invoice, NUMBERS_MOVED) == {}
    assert (with_an_invoice.read_units, with_an_invoice.write_units) <= (3, 3)


def test_an_invoice_with_its_pdf(small_company: Environment) -> None:  # P3
    scenes.settle(small_company)
    for number in ("20261001", "20261002"):
        scenes.invoice(small_company, build_invoice(number))

    work = scenes.invoice(small_company, build_invoice("20261003"))

    assert work.outcomes == ("push booked",)
    assert more_than(work, INVOICE) == {}
    assert work.read_units <= 11
    # The item has two kilobytes once its file is announced; three are of the index of its month,
    # which is written as its row changes: offered, booked without its PDF, booked
    assert work.write_units <= 17
    assert work.log_bytes <= 570
    assert work.to_exact == 3


def test_a_first_load_of_a_hundred() -> None:
    with environment(accounts=100) as h:
        work = scenes.first_load(h)

    assert more_than(work, FIRST_LOAD) == {}
    assert work.read_units / Decimal(100) <= 7
    assert work.write_units / Decimal(100) <= 12

"""What a month of so many connections uses, and what that costs."""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from koppeling.bootstrap.batches import PUSHES_AT_A_TIME
from koppeling.push.asked import due
from koppeling.push.unseen import YOUNG_ENOUGH
from koppeling.push.unused_files import PDF_UNTIL, TOLD_AFTER
from tools.cost.facts import CHANGES, COPIES, FOUR_HOURLY, QUARTERLY, Facts
from tools.cost.logged import bytes_beside_work, bytes_of_work
from tools.cost.meter import Work
from tools.cost.prices import assumed, measured, prices
from tools.cost.runtime import (
    SPREAD_SECONDS,
    Piece,
    batch_seconds,
    concurrency,
    empty_pull,
    messages_together,
    one_invoice,
    piece,
    processor_seconds,
    ten_changes,
)
from tools.cost.stack import Stack

GB = 1024**3
KB = 1024
HOUR = 3600
# Units for an invoice of a comparison: half a one for the item, and its part of the index
READ_OF_INVOICE = 0.5 + 0.1
ROWS_OF_A_PAGE = 60  # of Exact (X47)
ENTITIES = len(QUARTERLY) + len(FOUR_HOURLY)
WATCHES_A_DAY = 96  # every quarter of an hour, day and night
# Comparisons with the journal that the watch makes by itself in a month
COMPARISONS = sum(len(due(date(2026, 1, 1) + timedelta(days=day))) for day in range(365)) / 12
SENT_TOGETHER, LISTED_TOGETHER = 10, 1000  # by one call to SQS, by one to S3
PARTS: Mapping[str, tuple[str, ...]] = {
    "Lambda": ("lambda_request", "lambda_gb_second"),
    "DynamoDB": (
        "dynamodb_read_unit",
        "dynamodb_write_unit",
        "dynamodb_gb_month",
        "dynamodb_backup_gb_month",
    ),
    "SQS": ("sqs_request",),
    "mail": ("mail",),
    "KMS": ("kms_request", "kms_key_month"),
    "HTTPS API": ("http_api_request",),
    "logs": ("log_gb", "log_gb_month"),
    "S3": ("s3_write_request", "s3_read_request", "s3_tag_month", "s3_gb_month"),
    "metrics, alarms, dashboard": ("metric_month", "alarm_month", "dashboard_month"),
    "schedules, secrets": ("schedule_call", "secret_month", "secret_call"),
}


@dataclass(frozen=True, slots=True)
class Month:
    """What a month of so many connections uses, by the names of the prices."""

    connections: int
    used: Mapping[str, float]

    def dollars(self, *names: str) -> float:
        """Return what some of it costs; without a name, all of it."""
        ask = prices()
        return sum(ask.of(name, self.used.get(name, 0)) for name in names or self.used)

    @property
    def per_connection(self) -> float:
        """The part of one connection."""
        return self.dollars() / self.connections


@dataclass(frozen=True, slots=True)
class _Times:
    """How often each piece of work is done in a month, by all connections together."""

    quarterly: float
    four_hourly: float
    changes: float
    invoices: float
    connections: int
    pulls_together: float
    looks: float
    hours: float
    comparisons: float
    mails: float
    years: float

    @property
    def ticks(self) -> float:
        """Of one entity, however many connections there are."""
        return (
            self.quarterly * len(QUARTERLY) + self.four_hourly * len(FOUR_HOURLY)
        ) / self.connections

    @property
    def runs(self) -> float:
        """Messages of pulls."""
        return self.ticks * self.connections


def month(connections: int, facts: Facts, stack: Stack, years: float | None = None) -> Month:
    """Return what a month uses, by connections of so many years; without a number, as assumed."""
    told = assumed()["month"]
    times = _Times(
        quarterly=told["ticks_of_quarter_hourly"] * told["days"] * connections,
        four_hourly=told["ticks_of_four_hourly"] * told["days"] * connections,
        changes=told["ticks_with_changes"] * connections,
        invoices=told["invoices"] * connections,
        connections=connections,
        pulls_together=messages_together(stack.pulls, connections / SPREAD_SECONDS),
        looks=told["days"] * connections,
        hours=told["days"] * told["hours_of_window"] * connections,
        comparisons=COMPARISONS * connections,
        mails=told["mails"] * connections,
        years=assumed()["storage"]["years"] if years is None else years,
    )
    used = Counter[str]()
    for add in (_functions, _tables, _queues, _keys, _logs, _objects, _standing):
        used.update(add(times, facts, stack))
    return Month(connections, used)


def _all(times: _Times, facts: Facts, of: Callable[[Work], float]) -> float:
    """Return how much of something all the work of a month takes.

    What a tick takes to queue all connections is told apart from the runs of each of them. Looks at
    the counter ride along with runs; at most each invoice comes in an hour of its own. Of a batch
    only the first message asks for what its process knows.
    """
    queueing = of(facts.fan_out_of_one)
    per_copy = (of(facts.fan_out_of_many) - queueing) / (COPIES - 1)
    empty = of(facts.empty_quarterly) - queueing * len(QUARTERLY)
    four_hourly = of(facts.empty_four_hourly) - queueing * len(FOUR_HOURLY)
    more = of(facts.changes) - queueing - empty / len(QUARTERLY)
    return (
        empty * times.quarterly
        + four_hourly * times.four_hourly
        + more * times.changes
        + of(facts.invoice) * times.invoices
        + (queueing + per_copy * (times.connections - 1)) * times.ticks
        + of(facts.look) * times.looks
        + of(facts.numbers) * times.hours
        + (of(facts.numbers_moved) - of(facts.numbers)) * min(times.invoices, times.hours)
        + of(facts.comparison) * times.comparisons
        + of(facts.mail) * times.mails
        - of(facts.outage_read) * (times.runs - times.runs / times.pulls_together)
    )


def _invocations(times: _Times, stack: Stack) -> tuple[float, float, float]:
    """Return invocations of ticks and watches, of pulls, and of pushes."""
    days = assumed()["month"]["days"]
    # Invoices come in the hours of the window, each for itself
    a_second = times.invoices / (days * assumed()["month"]["hours_of_window"] * HOUR)
    pushed = messages_together(stack.push, a_second)
    return (
        times.ticks + WATCHES_A_DAY * days + times.looks + times.mails,
        times.runs / times.pulls_together,
        times.invoices / pushed,
    )


def _functions(times: _Times, facts: Facts, stack: Stack) -> dict[str, float]:
    scheduled, pulls, pushes = _invocations(times, stack)
    pull, push = stack.pulls.memory_mb, stack.push.memory_mb
    empty = empty_pull(facts.empty_quarterly, len(QUARTERLY))
    together, invoices = times.runs / pulls, times.invoices / pushes
    seconds = batch_seconds(empty, together, pull) * pulls
    changed = ten_changes(facts.changes).seconds(pull) - empty.seconds(pull)
    seconds += changed * times.changes
    cold = assumed()["processor"]["cold_start_seconds"] * times.ticks
    queueing = processor_seconds(times.connections * 0.2, pull) * times.ticks
    pushed = batch_seconds(one_invoice(facts.invoice), invoices, push, PUSHES_AT_A_TIME) * pushes
    hourly = piece(measured()["milliseconds"]["numbers"], facts.numbers)
    seconds += batch_seconds(hourly, together, pull) * times.hours / together
    looked = piece(measured()["milliseconds"]["empty_run"], facts.look).seconds(pull) * times.looks
    looked += _compared(times, facts).seconds(pull) * times.comparisons
    looked += piece(measured()["milliseconds"]["empty_run"], facts.mail).seconds(pull) * times.mails
    gb_seconds = ((seconds + cold + queueing + looked) * pull + pushed * push) / KB
    return {"lambda_request": scheduled + pulls + pushes, "lambda_gb_second": gb_seconds}


def _compared(times: _Times, facts: Facts) -> Piece:
    """Return a comparison: the journal of a month comes in pages."""
    pages = math.ceil(times.invoices / times.connections / ROWS_OF_A_PAGE)
    work = replace(facts.comparison, to_exact=facts.comparison.to_exact + pages - 1)
    return piece(measured()["milliseconds"]["empty_run"], work)


def _tables(times: _Times, facts: Facts, stack: Stack) -> dict[str, float]:
    del stack
    # The look of a day asks for each invoice of the last days, with a consistent read
    asked = times.looks * times.invoices / times.connections / assumed()["month"]["days"]
    months = times.years * 12
    invoices = times.invoices * months * facts.invoice_item_bytes
    kept = (facts.table_bytes * times.connections + invoices) / GB
    return {
        "dynamodb_read_unit": _all(times, facts, lambda work: float(work.read_units))
        + asked * YOUNG_ENOUGH.days
        # And for the invoice of each PDF that lies there for a day, with a cheaper read
        + asked * (PDF_UNTIL - TOLD_AFTER).days * READ_OF_INVOICE
        # A comparison reads each invoice of its month, of which few lie there as it is counted
        + times.invoices * times.comparisons / times.connections * READ_OF_INVOICE,
        "dynamodb_write_unit": _all(times, facts, lambda work: work.write_units),
        "dynamodb_gb_month": kept,
        "dynamodb_backup_gb_month": kept,
    }


def _queues(times: _Times, facts: Facts, stack: Stack) -> dict[str, float]:
    """Each invocation receives once and deletes once; sends are counted; polls never stop."""
    _, pulls, pushes = _invocations(times, stack)
    sent = _all(times, facts, lambda work: work.of("sqs"))
    told, days = assumed()["sqs"], assumed()["month"]["days"]
    polls = stack.queues_read * told["idle_pollers"] * days * 24 * HOUR / told["poll_seconds"]
    # The bucket sends one message for each document; the looks of a day are sent by tens, and each
    # has a receive and a delete of its own
    looks = times.looks * (2 + 1 / SENT_TOGETHER)
    return {"sqs_request": sent + 2 * (pulls + pushes) + times.invoices + polls + looks}


def _keys(times: _Times, facts: Facts, stack: Stack) -> dict[str, float]:
    """Count the smaller: what was counted for a connection, or what processes can ask for.

    Each process makes one data key an hour, and opens each of the others' once.
    """
    counted = _all(times, facts, lambda work: work.of("kms"))
    days, hours = assumed()["month"]["days"], assumed()["month"]["hours_of_window"]
    running = processes(times.connections, facts, stack)
    bound = running * running * hours * days
    each = 3 * days * 24 * HOUR / assumed()["sqs"]["data_key_seconds"]
    return {
        "kms_request": min(counted, bound) + each * stack.queues_read,
        "kms_key_month": stack.keys,
    }


def processes(connections: int, facts: Facts, stack: Stack) -> int:
    """Return how many processes run side by side: those of all pulls, and as many for pushes."""
    empty = empty_pull(facts.empty_quarterly, len(QUARTERLY))
    rate = connections / SPREAD_SECONDS
    together = messages_together(stack.pulls, rate)
    seconds = batch_seconds(empty, together, stack.pulls.memory_mb)
    return (ENTITIES + 1) * concurrency(seconds, rate / together)


def _logs(times: _Times, facts: Facts, stack: Stack) -> dict[str, float]:
    """Lines for what was done, and for each invocation one of metrics and those of Lambda."""
    done = _all(times, facts, bytes_of_work)
    logged = (done + sum(_invocations(times, stack)) * bytes_beside_work(facts)) / GB
    return {"log_gb": logged, "log_gb_month": logged * assumed()["logs"]["kept_part"]}


def _objects(times: _Times, facts: Facts, stack: Stack) -> dict[str, float]:
    a_month = assumed()["month"]["days"]
    pdf = assumed()["storage"]["pdf_kb"] * KB
    kept = pdf * stack.pdf.days + facts.document_bytes * stack.document.days
    kept += facts.evidence_bytes * min(stack.evidence.days, times.years * 365)
    invoice = facts.invoice
    written = invoice.of("s3", "PutObject", "ListObjectsV2", "PutObjectTagging")
    # A look lists the folder of its connection
    lying = assumed()["month"]["invoices"] * (stack.pdf.listed_days + stack.document.listed_days)
    lying /= a_month
    listed = math.ceil(lying / LISTED_TOGETHER) * times.looks
    return {
        # The document and the PDF are put by QicsMilestones
        "s3_write_request": (written + 2) * times.invoices + listed,
        "s3_read_request": invoice.of("s3", "GetObject", "HeadObject") * times.invoices,
        # Each PDF has one while it lies there
        "s3_tag_month": times.invoices * stack.pdf.days / a_month,
        "s3_gb_month": kept / a_month * times.invoices / GB,
    }


def _standing(times: _Times, facts: Facts, stack: Stack) -> dict[str, float]:
    days = assumed()["month"]["days"]
    return {
        "metric_month": facts.metrics(ENTITIES),
        "alarm_month": stack.alarmed_metrics,
        "dashboard_month": stack.dashboards,
        "mail": times.mails,
        "schedule_call": times.ticks + WATCHES_A_DAY * days,
        "secret_month": stack.secrets,
        "secret_call": processes(times.connections, facts, stack) * 2 * 24 * days,
    }


__all__ = ["CHANGES", "PARTS", "Month", "month", "processes"]

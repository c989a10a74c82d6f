"""Logs and metrics: one summary line per piece of work, and no secret in any of them."""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any, cast

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType

from koppeling.core.measures import Metric, is_news, measures_of
from koppeling.core.summary import Summary

# S3: at DEBUG these libraries write tokens and secrets
_KEPT_AT_WARNING = ("requests_oauthlib", "oauthlib", "urllib3", "botocore", "boto3", "pynamodb")

# The one dimension. Powertools would take the name of each function, and every one costs money
SERVICE = "link"


@cache
def logger() -> Logger:
    """Return the log of this function; libraries that would log secrets stay at WARNING."""
    for name in _KEPT_AT_WARNING:
        logging.getLogger(name).setLevel(logging.WARNING)
    return Logger(utc=True)


@cache
def metrics() -> Metrics:
    """Return the metrics of the stack, which all functions share; its name is their namespace."""
    return Metrics(service=SERVICE)


@cache
def _one_at_a_time() -> Lock:
    """Return the lock of the metrics, whose lists no two threads may extend at the same time."""
    return Lock()


def _measure(metric: Metric, value: float, unit: MetricUnit = MetricUnit.Count) -> None:
    with _one_at_a_time():
        metrics().add_metric(metric, unit, value)


def report(summary: Summary) -> Summary:
    """Write the one line of a piece of work that did something, and measure what it did."""
    facts = {
        "story": summary.story,
        "outcome": summary.outcome,
        "connection": summary.connection,
        "entity": summary.entity,
        "detail": summary.detail,
        "counts": dict(summary.counts),
    }
    extra = {name: value for name, value in facts.items() if value}
    write = logger().info if is_news(summary) else logger().debug
    write("%s %s", summary.story, summary.outcome, extra=extra)
    for metric, value in measures_of(summary).items():
        _measure(metric, value)
    return summary


@contextmanager
def invocation(context: Any) -> Generator[None]:  # noqa: ANN401 - Lambda's own object
    """Add the request id to every line, and write the metrics at the end."""
    logger().append_keys(request_id=getattr(context, "aws_request_id", ""))
    granted = context.get_remaining_time_in_millis()
    try:
        yield
    finally:
        used = 100 * (1 - context.get_remaining_time_in_millis() / max(granted, 1))
        _measure(Metric.TIME_USED, round(used, 1), MetricUnit.Percent)
        metrics().flush_metrics()


def batch_processor() -> BatchProcessor:
    """Return a processor that logs each failure and reports to SQS which messages failed."""
    return BatchProcessor(
        EventType.SQS,
        raise_on_entire_batch_failure=False,
        # Powertools' Logger forwards every call to the logger it wraps
        logger=cast("logging.Logger", logger()),
    )

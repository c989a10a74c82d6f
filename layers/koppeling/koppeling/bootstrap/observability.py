"""Logs and metrics: one summary line per piece of work, and no secret in any of them."""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType

from koppeling.core.summary import Summary

# S3: at DEBUG these libraries write tokens and secrets
_KEPT_AT_WARNING = ("requests_oauthlib", "oauthlib", "urllib3", "botocore", "boto3", "pynamodb")

# Every metric costs money each month: only what a graph or an alarm needs is one
_MEASURED = frozenset({"calls", "created", "changed", "parked"})


@cache
def logger() -> Logger:
    """Return the log of this function; libraries that would log secrets stay at WARNING."""
    for name in _KEPT_AT_WARNING:
        logging.getLogger(name).setLevel(logging.WARNING)
    return Logger(utc=True)


@cache
def metrics() -> Metrics:
    """Return the metrics of this function; a dimension per connection would cost too much."""
    return Metrics()


def report(summary: Summary) -> Summary:
    """Write the one line of a piece of work, and count what it did."""
    facts = {
        "story": summary.story,
        "outcome": summary.outcome,
        "connection": summary.connection,
        "entity": summary.entity,
        "detail": summary.detail,
        "counts": dict(summary.counts),
    }
    extra = {name: value for name, value in facts.items() if value}
    logger().info("%s %s", summary.story, summary.outcome, extra=extra)
    metrics().add_metric(f"{summary.story}.{summary.outcome}", MetricUnit.Count, 1)
    for name in _MEASURED & summary.counts.keys():
        metrics().add_metric(name, MetricUnit.Count, summary.counts[name])
    return summary


@contextmanager
def invocation(context: Any) -> Generator[None]:  # noqa: ANN401 - Lambda's own object
    """Add the request id to every line, and write the metrics at the end."""
    logger().append_keys(request_id=getattr(context, "aws_request_id", ""))
    try:
        yield
    finally:
        if metrics().metric_set:
            metrics().flush_metrics()


def batch_processor() -> BatchProcessor:
    """Return a processor that logs each failure and reports to SQS which messages failed."""
    return BatchProcessor(
        EventType.SQS,
        raise_on_entire_batch_failure=False,
        # Powertools' Logger forwards every call to the logger it wraps
        logger=cast("logging.Logger", logger()),
    )

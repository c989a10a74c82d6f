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

# S3, DF10: at DEBUG these write tokens and secrets, so they never get that far
_TALKATIVE = ("requests_oauthlib", "oauthlib", "urllib3", "botocore", "boto3", "pynamodb")

# Each metric costs by the month, so only what a graph or an alarm is made of is one
_MEASURED = frozenset({"calls", "created", "changed", "parked"})


@cache
def logger() -> Logger:
    """Return the log of this function, with the talkative libraries kept at WARNING."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    return Logger(utc=True)


@cache
def metrics() -> Metrics:
    """Return the metrics of this function. A connection is never a dimension: each would cost."""
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
    told = {name: value for name, value in facts.items() if value}
    logger().info("%s %s", summary.story, summary.outcome, extra=told)
    metrics().add_metric(f"{summary.story}.{summary.outcome}", MetricUnit.Count, 1)
    for name in _MEASURED & summary.counts.keys():
        metrics().add_metric(name, MetricUnit.Count, summary.counts[name])
    return summary


@contextmanager
def invocation(context: Any) -> Generator[None]:  # noqa: ANN401 - Lambda's own object
    """Give every line the request it belongs to, and hand the metrics over at the end."""
    logger().append_keys(request_id=getattr(context, "aws_request_id", ""))
    try:
        yield
    finally:
        if metrics().metric_set:
            metrics().flush_metrics()


def batch_processor() -> BatchProcessor:
    """Return a processor that logs what failed in a message, and tells SQS of each one apart."""
    return BatchProcessor(
        EventType.SQS,
        raise_on_entire_batch_failure=False,
        # Powertools' Logger hands everything on to the logger it wraps
        logger=cast("logging.Logger", logger()),
    )

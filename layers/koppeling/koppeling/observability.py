"""Logs and metrics: one summary line per piece of work, and no secret in any of them."""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from koppeling.domain.summary import Summary

# S3, DF10: at DEBUG these write tokens and secrets, so they never get that far
_TALKATIVE = ("requests_oauthlib", "oauthlib", "urllib3", "botocore", "boto3", "pynamodb")


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
        **summary.counts,
    }
    told = {name: value for name, value in facts.items() if value != ""}
    logger().info("%s %s", summary.story, summary.outcome, extra=told)
    measured = metrics()
    measured.add_metric(f"{summary.story}.{summary.outcome}", MetricUnit.Count, 1)
    for name, count in summary.counts.items():
        measured.add_metric(f"{summary.story}.{name}", MetricUnit.Count, count)
    return summary


@contextmanager
def invocation(context: Any) -> Generator[None]:  # noqa: ANN401 - Lambda's own object
    """Give every line the request it belongs to, and hand the metrics over at the end."""
    logger().append_keys(request_id=getattr(context, "aws_request_id", ""))
    try:
        yield
    finally:
        metrics().flush_metrics(raise_on_empty_metrics=False)

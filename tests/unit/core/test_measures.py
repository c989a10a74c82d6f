"""What a piece of work measures, and whether anybody wants to read about it."""

import pytest

from koppeling.core.measures import Metric, is_news, measures_of
from koppeling.core.summary import Summary
from koppeling.push.job import PushOutcome

WORKED = {Metric.EXACT_FAILED: 0}


@pytest.mark.parametrize(
    ("summary", "measured"),
    [
        (Summary("pull", "done"), {Metric.PULL_MISSED: 0, **WORKED}),
        (Summary("pull", "stale"), {Metric.PULL_MISSED: 1}),
        (Summary("pull", "paused"), {Metric.PULL_MISSED: 0}),
        (Summary("pull", "milestones-unavailable"), {Metric.PULL_MISSED: 1, **WORKED}),
        (Summary("pull", "exact-unavailable"), {Metric.PULL_MISSED: 0, Metric.EXACT_FAILED: 1}),
        (
            Summary("pull", "exact-error-budget"),
            {Metric.PULL_MISSED: 0, **WORKED, Metric.REFUSALS: 1},
        ),
        # A customer who has to log in is told so; the share of missed pulls is about us
        (Summary("pull", "exact-reconnect-needed"), {Metric.PULL_MISSED: 0, **WORKED}),
        (
            Summary("pull", "token-key-unavailable"),
            {Metric.PULL_MISSED: 1, Metric.AWS_REFUSED: 1},
        ),
        (Summary("push", "booked"), WORKED),
        (Summary("push", "exact-unavailable"), {Metric.EXACT_FAILED: 1}),
        (Summary("push", PushOutcome.STRAY), {Metric.INBOX_UNSEEN: 1}),
        (Summary("push", "rejected", counts={"for_qics": 1}), {Metric.INBOX_UNSEEN: 1, **WORKED}),
        (Summary("warning", "handed-over", detail="exact-reconnect-needed"), {Metric.REFUSALS: 1}),
        (Summary("warning", "mailed", detail="exact-reconnect-needed"), {}),
        (Summary("warning", "not-mailed", detail="x"), {Metric.AWS_REFUSED: 1}),
        (Summary("tokens", "not-written"), {Metric.AWS_REFUSED: 1}),
        (Summary("tokens", "written"), {}),
        (Summary("ticks", "looked", counts={"missed": 2}), {Metric.TICKS_MISSED: 2}),
        (
            Summary("waiting", "looked", counts={"oldest_minutes": 9, "unknown_for_an_hour": 1}),
            {Metric.OLDEST_INVOICE: 9, Metric.UNKNOWN_INVOICES: 1},
        ),
        (Summary("dead-letters", "counted", counts={"lying": 3}), {Metric.DEAD_LETTERS: 3}),
        (
            Summary("strays", "looked", counts={"found": 4, "offered": 1}),
            {Metric.INBOX_UNSEEN: 4},
        ),
        (Summary("connect", "shown"), {}),
    ],
    ids=lambda value: f"{value.story} {value.outcome}" if isinstance(value, Summary) else "",
)
def test_work_measures(summary: Summary, measured: dict[Metric, int]) -> None:
    assert measures_of(summary) == measured


@pytest.mark.parametrize(
    "summary",
    [
        Summary("pull", "done", counts={"pages": 1, "read": 60, "unchanged": 60, "calls": 3}),
        Summary("pull", "stretched", counts={"stretched_minutes": 30}),
        Summary("pull", "paused"),
        Summary("push", "early", counts={"delay_seconds": 900, "attempt": 0}),
        Summary("tick", "queued", counts={"queued": 0}),
        Summary("ticks", "looked", counts={"missed": 0}),
        Summary("settling", "entries", counts={"unknown": 2, "sent": 0}),
    ],
    ids=lambda each: f"{each.story} {each.outcome}",
)
def test_of_an_empty_run_nobody_reads(summary: Summary) -> None:
    assert not is_news(summary)


@pytest.mark.parametrize(
    "summary",
    [
        Summary("pull", "done", counts={"read": 60, "changed": 1}),
        Summary("pull", "done", counts={"failed": 1}),
        Summary("pull", "done", detail="accounts/1: KeyError at pull/upsert.py"),
        Summary("pull", "stale"),
        Summary("pull", "exact-unavailable"),
        Summary("push", "booked", counts={"pdf_bytes": 0}),
        Summary("ticks", "looked", counts={"missed": 1}),
    ],
    ids=lambda each: f"{each.story} {each.outcome}",
)
def test_of_what_did_something_or_stopped_there_is_a_line(summary: Summary) -> None:
    assert is_news(summary)

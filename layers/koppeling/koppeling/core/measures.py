"""What is measured: every metric of the link, and which piece of work says what about it.

Each name costs money every month, so there are ten at the most (R37), and none has a dimension for
a connection. A share is a metric of zeros and ones: its average is the share, its number of samples
the work that was done.
"""

from collections.abc import Mapping
from enum import StrEnum

from koppeling.core.problems import LOST_LOGINS
from koppeling.core.summary import Summary


class Metric(StrEnum):
    """The metrics, each with what one value of it means."""

    TICKS_MISSED = "TicksMissed"
    """How many schedules have not fired when they should have; every quarter of an hour."""
    PULL_MISSED = "PullMissed"
    """1 for a connection that was not pulled in its slot through no fault of its own, else 0."""
    EXACT_FAILED = "ExactFailed"
    """1 for work that stopped because Exact has an outage, 0 for work that did not."""
    REFUSALS = "Refusals"
    """1 for a login that was lost or refused, or an endpoint that rests after counted errors."""
    OLDEST_INVOICE = "OldestInvoice"
    """Minutes since the oldest invoice that only the link works on; every quarter of an hour."""
    UNKNOWN_INVOICES = "UnknownInvoices"
    """How many invoices have had an unknown outcome for an hour; every quarter of an hour."""
    DEAD_LETTERS = "DeadLetters"
    """How many messages lie in all dead-letter queues; every quarter of an hour."""
    INBOX_UNSEEN = "InboxUnseen"
    """How many files in the inbox nobody handles, or wait for Qics alone.

    It is measured when such a file arrives, and once a day while it lies there.
    """
    AWS_REFUSED = "AwsRefused"
    """1 for work that a service of AWS refused: a key, the table of tokens, a mail."""
    TIME_USED = "TimeUsed"
    """Which percentage of its time-out an invocation used."""


OUTAGE = "exact-unavailable"
FOR_QICS = "for_qics"
"""Counts invoices that wait until Qics has done something."""
# An outcome of work that says nothing about Exact, since it was not asked
_NOT_ASKED = frozenset(
    {"stale", "paused", "switched-off", "busy", "unknown-connection", "early", "stretched"}
    | {"connection-paused", "connection-not-started", "not-started", "waits"}
    | {"belongs-to-nobody", "token-key-unavailable"}
)
# A pull that was missed through no fault of Exact or of the customer
_MISSED = frozenset(
    {"stale", "milestones-unavailable", "exact-app-misconfigured", "token-key-unavailable"}
)
_REFUSED = frozenset({"exact-error-budget", "exact-app-misconfigured"})
_KEY_REFUSED = "token-key-unavailable"
_TOKENS_REFUSED = frozenset({"not-written", "not-sent", "handed-on", "lost"})
_LOST = frozenset({"handed-over", "lost"})
_MAILS_REFUSED = frozenset({"not-mailed", "given-up", "failed"})


def measures_of(summary: Summary) -> Mapping[Metric, int]:
    """Return what a piece of work measured."""
    match summary.story:
        case "pull" | "push":
            return _of_work(summary)
        case "tokens":
            return _if(Metric.AWS_REFUSED, summary.outcome in _TOKENS_REFUSED)
        case "warning":
            return _of_warning(summary)
        case _:
            return _of_look(summary)


def _of_work(summary: Summary) -> Mapping[Metric, int]:
    outcome, found = summary.outcome, {}
    if summary.story == "pull":
        found[Metric.PULL_MISSED] = int(outcome in _MISSED)
    if outcome not in _NOT_ASKED:
        found[Metric.EXACT_FAILED] = int(outcome == OUTAGE)
    return {
        **found,
        **_if(Metric.REFUSALS, outcome in _REFUSED),
        **_if(Metric.AWS_REFUSED, outcome == _KEY_REFUSED),
        **_if(Metric.INBOX_UNSEEN, outcome == "belongs-to-nobody" or FOR_QICS in summary.counts),
    }


def _of_warning(summary: Summary) -> Mapping[Metric, int]:
    """Count a login that was lost where that was first seen, whatever becomes of the mail."""
    lost = summary.outcome in _LOST and summary.detail in LOST_LOGINS
    return {
        **_if(Metric.REFUSALS, lost),
        **_if(Metric.AWS_REFUSED, summary.outcome in _MAILS_REFUSED),
    }


# What a look of the watch counts, by its story: the count and its metric
_LOOKS: Mapping[str, Mapping[str, Metric]] = {
    "ticks": {"missed": Metric.TICKS_MISSED},
    "waiting": {
        "oldest_minutes": Metric.OLDEST_INVOICE,
        "unknown_for_an_hour": Metric.UNKNOWN_INVOICES,
    },
    "dead-letters": {"lying": Metric.DEAD_LETTERS},
    "strays": {"found": Metric.INBOX_UNSEEN},
    "unseen": {"found": Metric.INBOX_UNSEEN},
}


def _of_look(summary: Summary) -> Mapping[Metric, int]:
    wanted = _LOOKS.get(summary.story, {})
    return {wanted[name]: count for name, count in summary.counts.items() if name in wanted}


def _if(metric: Metric, counts: bool) -> Mapping[Metric, int]:  # noqa: FBT001 - says whether
    return {metric: 1} if counts else {}


# Work that ended like this, and counted nothing else, did nothing that anybody wants to read
_QUIET = frozenset(
    {"done", "stretched", "paused", "switched-off", "busy", "early", "looked", "queued", "offered"}
    | {"entries", "uploads", "counted", "not-started", "dropped", "closed", "waits"}
)
_NO_NEWS = frozenset(
    {"pages", "read", "unchanged", "calls", "stretched_minutes", "delay_seconds", "attempt"}
    | {"chains", "unused", "unknown", "oldest_minutes", "open"}
)


def is_news(summary: Summary) -> bool:
    """Say whether a piece of work did something, or did not end as it should.

    An empty run is the rule: a line for each would be most of what logs cost.
    """
    if summary.outcome not in _QUIET or summary.detail:
        return True
    return any(count for name, count in summary.counts.items() if name not in _NO_NEWS)

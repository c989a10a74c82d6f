"""Answers of Exact to a post that prove nothing: what is kept of them, and what follows (X165).

Such a post is looked for. When nothing is found it is made again, and what the answer said counts
after all: a missing right stops the work, and an answer that stays unclear becomes a problem.
"""

from typing import Any

from koppeling.core.errors import Consequence, Fatal, Reject, Uncertain
from koppeling.push.outbox import OutboxItem

# Codes of answers that are about the whole connection: its work waits, and no invoice is refused
STOPS = frozenset({"exact-no-rights", "exact-division-blocked"})
NOT_CONFIRMED = "entry-not-confirmed"
# How often a post is made that stays unclear: with a text of Exact it is likely a refusal, without
# an answer likely an outage
POSTS_WITH_TEXT, POSTS_WITHOUT_ANSWER = 3, 6

# Fields of an item before a post, and once a post was answered clearly
NO_ANSWER_YET: dict[str, Any] = {"unclear_code": "", "unclear_values": {}}
NOTHING_UNCLEAR: dict[str, Any] = {**NO_ANSWER_YET, "unclear_posts": 0}


def unclear(item: OutboxItem, lost: Uncertain) -> dict[str, Any]:
    """Return the fields of an item that keep an unclear answer."""
    values = {"message": lost.detail} | dict(lost.values)
    return {
        "unclear_code": lost.code,
        "unclear_values": values,
        "unclear_posts": item.unclear_posts + 1,
    }


def text_of_answer(item: OutboxItem) -> str:
    """Return what Exact answered to the last post, for people."""
    return item.unclear_values.get("message", "")


def stop_of(item: OutboxItem) -> Consequence | None:
    """Return what stops the work now that the post is surely absent; None when nothing does."""
    if item.unclear_code not in STOPS:
        return None
    values = {name: text for name, text in item.unclear_values.items() if name != "message"}
    return Fatal(item.unclear_code, text_of_answer(item), **values)


def is_enough(item: OutboxItem) -> bool:
    """Say whether a post has stayed unclear so often that a person must look at it."""
    return item.unclear_posts >= (POSTS_WITHOUT_ANSWER if _is_outage(item) else POSTS_WITH_TEXT)


def is_likely_refusal(item: OutboxItem) -> bool:
    """Say whether the last unclear answer had a text of Exact about this one post."""
    return not _is_outage(item) and item.unclear_code not in STOPS


def not_confirmed(item: OutboxItem) -> Reject:
    """Return the refusal of an invoice whose post stays unclear, with what Exact answered."""
    return Reject(NOT_CONFIRMED, "every post stayed unclear", answer=text_of_answer(item))


def _is_outage(item: OutboxItem) -> bool:
    return item.unclear_code in ("", "exact-unavailable")

"""A page that is shown instead of the one that was asked for."""

from enum import StrEnum


class Trouble(StrEnum):
    """Why; `messages/portal/trouble.*.toml` has a title, a sentence and a cure for each."""

    NOT_FOUND = "not-found"
    NOT_ALLOWED = "not-allowed"
    SESSION_OVER = "session-over"
    FORGED = "forged"
    LOOK_ONLY = "look-only"
    TOO_LONG = "too-long"
    UNREADABLE = "unreadable"
    LINK_OVER = "link-over"
    TOO_SLOW = "too-slow"
    FAILURE = "failure"


STATUS = {
    Trouble.NOT_FOUND: 404,
    Trouble.NOT_ALLOWED: 405,
    Trouble.SESSION_OVER: 403,
    Trouble.FORGED: 403,
    Trouble.LOOK_ONLY: 403,
    Trouble.TOO_LONG: 413,
    Trouble.UNREADABLE: 400,
    Trouble.LINK_OVER: 410,
    Trouble.TOO_SLOW: 503,
    Trouble.FAILURE: 500,
}


class PageRefused(Exception):  # noqa: N818 - it names what happened
    """What was asked for is not done; the page about `trouble` says why, and what helps."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class SignInFirst(Exception):  # noqa: N818 - it names what happened
    """Nobody is signed in; afterwards the reader gets to the page that was asked for."""

"""Errors, named by what has to happen next.

    Consequence
    ├── Retry         something failed that may work later: the queue offers the work again
    ├── Defer         work may go on at a known moment: a limit, a lease, little time left
    ├── Park          this record waits for a reference; the others go on
    ├── Reject        a person must mend something; not offered again by itself
    │   └── Gone      the record does not exist any more
    ├── Uncertain     a write got no answer: nobody knows yet whether it was carried out
    ├── Reauthorise   the consent is lost: work waits for a login
    └── Fatal         a mistake of ours or of the set-up: stop and raise an alarm

Each has a code of the catalogue, which a person may see, and a detail for our log. A detail holds
codes, ids and statuses, never a secret and never a personal name.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime


class Consequence(Exception):  # noqa: N818 - named by what follows, see the tree above
    """An error that says what has to happen next."""

    def __init__(self, code: str, detail: str = "", /, **values: str) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.values: Mapping[str, str] = values


class Retry(Consequence):
    """Something failed that may work later."""


class Defer(Consequence):
    """Work may go on at a known moment."""

    def __init__(self, code: str, until: datetime, detail: str = "", /, **values: str) -> None:
        super().__init__(code, detail, **values)
        self.until = until


class Park(Consequence):
    """This record waits for a reference that is not there yet."""


class Reject(Consequence):
    """A person must mend something before this can go on."""


class Gone(Reject):
    """The record does not exist any more."""


class Uncertain(Consequence):
    """A write got no answer, so it may have been carried out or not (X169)."""


class Reauthorise(Consequence):
    """The consent is lost; work waits for a login."""


class Fatal(Consequence):
    """A mistake of ours or of the set-up."""


# The errors that end a run, the most severe first; all others say less about the cause
_GRAVITY: tuple[type[Consequence], ...] = (Fatal, Reauthorise, Uncertain, Retry)


def most_severe(failures: Iterable[Consequence]) -> Consequence | None:
    """Return the failure that explains best why several workers stopped; None without any.

    When one worker of a run meets an outage, the others stop because they wait for its token or its
    pause. A person should read about the outage and not about that wait.
    """

    def gravity(failure: Consequence) -> int:
        ranks = (rank for rank, kind in enumerate(_GRAVITY) if isinstance(failure, kind))
        return next(ranks, len(_GRAVITY))

    return min(failures, key=gravity, default=None)

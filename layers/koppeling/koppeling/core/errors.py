"""Errors, named by what has to happen next.

    Consequence
    ├── Retry         something failed that may work later: the queue offers the work again
    ├── Defer         work may go on at a known moment: a limit, a lease, little time left
    ├── Park          this record waits for a reference; the others go on
    ├── Reject        a person must mend something; not offered again by itself
    │   └── Gone      the record it was about is not there any more
    ├── Uncertain     a write got no answer: nobody knows yet whether it was carried out
    ├── Reauthorise   the consent is gone: work waits for a login
    └── Fatal         a mistake of ours or of the set-up: stop and raise an alarm

Each carries a code of the catalogue, which a person may see, and a detail, which is for our log.
A detail holds codes, ids and statuses, never a secret and never a personal name.
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
    """The record it was about is not there any more."""


class Uncertain(Consequence):
    """A write got no answer, so it may or may not have been carried out (X169)."""


class Reauthorise(Consequence):
    """The consent is gone; work waits for a login."""


class Fatal(Consequence):
    """A mistake of ours or of the set-up."""


# What ends a run, the gravest first: a pause says least of a cause that two workers ran into
_GRAVITY: tuple[type[Consequence], ...] = (Fatal, Reauthorise, Uncertain, Retry)


def most_severe(failures: Iterable[Consequence]) -> Consequence | None:
    """Return the failure that tells most of why several pieces of work stopped; None without any.

    Which worker of a run meets an outage first is chance. The others then wait for its token or its
    pause, and that wait is not what a person should read.
    """

    def gravity(failure: Consequence) -> int:
        ranks = (rank for rank, kind in enumerate(_GRAVITY) if isinstance(failure, kind))
        return next(ranks, len(_GRAVITY))

    return min(failures, key=gravity, default=None)

"""Files in the folder of a connection that nothing will ever use: each is told after a day.

once a day, from the list of the folder that is made anyway
    a file that starts no work, such as `1.JSON`  ──► problem
    a PDF that no invoice names                   ──► problem
    the file is gone, or an invoice names it now  ──► the problem closes

No file is read. An invoice keeps the name of its PDF in the outbox.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice

from koppeling.core.clock import Now
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Problems
from koppeling.core.problems import Problem, number_in
from koppeling.push.acceptance import inbox_subjects
from koppeling.push.invoice import folder_of, key_of
from koppeling.push.outbox import OutboxItem
from koppeling.push.ports import Outbox, Placed
from koppeling.push.strays import DOCUMENT

MISNAMED = "inbox-file-misnamed"
UNCLAIMED = "inbox-pdf-unclaimed"
TOLD_AFTER = timedelta(days=1)
# A look may fall out for a day. A PDF that is older was looked at before
PDF_UNTIL = timedelta(days=3)
# An invoice of an earlier release kept no name of its PDF. One that moved this lately may be the
# one of a PDF that lies there: it waits 7 days for it
NAMELESS_UNTIL = timedelta(days=10)
# More files than this have one cause; the problems of these show it
MOST = 100

_CODES = frozenset({MISNAMED, UNCLAIMED})
_KIND = "file/"
_PDF = ".pdf"
# What handing in over HTTPS puts behind the number
_DIGEST = re.compile(r"-[0-9a-f]{12}$")


@dataclass(frozen=True, slots=True)
class UnusedFiles:
    """Tells which files of a folder nothing uses."""

    outbox: Outbox
    problems: Problems
    now: Now

    def look(
        self, connection: ConnectionId, placed: Sequence[Placed], opened: Iterable[Problem]
    ) -> int:
        """Open and close problems; returns how many files are unused now."""
        opened = list(opened)
        told = {each.subject.removeprefix(_KIND) for each in opened if each.code in _CODES}
        folder = _Folder(connection, frozenset(each.key for each in placed), opened)
        now = self.now()
        pdfs = {each.key for each in placed if _is_new_pdf(each, now)}
        pdfs |= {key for key in told & folder.keys if key.endswith(_PDF)}
        unclaimed = self._unclaimed(folder, pdfs, now) if pdfs else set[str]()
        misnamed = {each.key for each in placed if _is_misnamed(each, now)}
        unused = unclaimed | misnamed
        for key in told - unused:
            self.problems.close(connection, f"{_KIND}{key}")
        for key in islice(sorted(unused - told), max(0, MOST - len(told & unused))):
            code = MISNAMED if key in misnamed else UNCLAIMED
            values = {"key": key.removeprefix(folder_of(connection))}
            self.problems.open(Problem(connection, f"{_KIND}{key}", code, values))
        return len(unused)

    def _unclaimed(self, folder: "_Folder", pdfs: set[str], now: datetime) -> set[str]:
        """Return those of these PDFs that no invoice names, as far as that is known."""
        numbers = {key: _number_of(folder.name_of(key)) for key in pdfs}
        found = self.outbox.numbered(folder.connection, numbers.values())
        items = {item.number: item for item in found}
        left = {
            key
            for key, number in numbers.items()
            if not folder.expects(number, key, items.get(number))
        }
        if not left:
            return left
        # Few customers name a PDF by anything but its invoice
        everything = list(self.outbox.all(folder.connection))
        if any(_may_name_any(item, now) for item in everything):
            return set()
        names = {item.pdf_name for item in everything}
        return {key for key in left if folder.name_of(key) not in names}


@dataclass(frozen=True)
class _Folder:
    """What lies in a folder, and what is told about its invoices."""

    connection: ConnectionId
    keys: frozenset[str]
    opened: Collection[Problem]

    @cached_property
    def subjects(self) -> frozenset[str]:
        return frozenset(each.subject for each in self.opened)

    @cached_property
    def told_numbers(self) -> frozenset[str | None]:
        return frozenset(map(number_in, self.subjects))

    def name_of(self, key: str) -> str:
        return key.removeprefix(folder_of(self.connection))

    def expects(self, number: str, key: str, item: OutboxItem | None) -> bool:
        """Say whether a PDF is that of an invoice, or a person looks at that invoice already."""
        document = key_of(self.connection, number)
        if number in self.told_numbers or inbox_subjects(document) & self.subjects:
            return True
        if item is None:
            return document in self.keys
        return item.pdf_name is None or item.pdf_name == self.name_of(key)


def _number_of(name: str) -> str:
    """Return the number that a PDF is mostly called after, such as that of `2026/20260412.pdf`."""
    return _DIGEST.sub("", name.rpartition("/")[2].removesuffix(_PDF))


def _is_misnamed(placed: Placed, now: datetime) -> bool:
    """Say whether a file starts no work and is no PDF; a console shows a folder by a `/`."""
    is_known = placed.key.endswith((DOCUMENT, _PDF, "/"))
    return not is_known and now - placed.modified >= TOLD_AFTER


def _is_new_pdf(placed: Placed, now: datetime) -> bool:
    return placed.key.endswith(_PDF) and TOLD_AFTER <= now - placed.modified <= PDF_UNTIL


def _may_name_any(item: OutboxItem, now: datetime) -> bool:
    moved: Iterator[datetime] = (at for _, at in item.history[-1:])
    return item.pdf_name is None and any(now - at <= NAMELESS_UNTIL for at in moved)

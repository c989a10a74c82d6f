"""What a program may see: how an invoice stands, which there are, whether the link works."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from koppeling.core.clock import Now, today
from koppeling.core.connection import Connection
from koppeling.core.problems import (
    Problem,
    doubled_subject,
    entry_subject,
    invoice_subject,
    is_lost_login,
)
from koppeling.intake.ports import DocumentInbox, Invoices, OpenProblems, Rows
from koppeling.intake.problem import ApiFinding, ApiTrouble, RequestRefused, explained
from koppeling.push.acceptance import inbox_subjects
from koppeling.push.invoice import key_of
from koppeling.push.invoice_row import InvoiceRow, Standing, row_of
from koppeling.push.journal import Period

RECEIVED = "received"
"""In the inbox, and not taken up yet: a matter of seconds."""

_FROM_A_ROW = ("entry_number", "amount_incl_vat", "currency", "invoice_date", "code")
STATES = (RECEIVED, *Standing)
FIRST_DAY = date(2000, 1, 1)
# Months that one answer looks through at most, and invoices that it shows
MONTHS_A_PAGE = 12
ROWS_A_PAGE = 200
# An invoice may be dated ahead a little
AHEAD = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which invoices a list is to show: of a state, from a day on, after a place."""

    state: str = ""
    since: str = ""
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Looking:
    """Reads the states of invoices, and of the connection itself."""

    inbox: DocumentInbox
    invoices: Invoices
    rows: Rows
    problems: OpenProblems
    now: Now

    def invoice(self, connection: Connection, number: str, language: str) -> Mapping[str, Any]:
        """Return how one invoice stands.

        Raises:
            RequestRefused: nobody handed it in.
        """
        item = self.invoices.get(connection.id, number)
        key = key_of(connection.id, number)
        if item is None and self.inbox.stored(key) is None:
            raise RequestRefused(ApiTrouble.NOT_FOUND)
        row = None if item is None else row_of(item)
        subjects = {
            *(of(number) for of in (invoice_subject, entry_subject, doubled_subject)),
            *inbox_subjects(key),
        }
        found = [one for one in self.problems.opened(connection.id) if one.subject in subjects]
        return {**state_of(number, row), "problems": _told(found, language)}

    def invoices_of(self, connection: Connection, wanted: Wanted) -> Mapping[str, Any]:
        """Return a page of the invoices by their dates, and where the next page begins.

        A page may be short or empty although there are more: the cursor alone says that.

        Raises:
            RequestRefused: the state, the day or the cursor is none.
        """
        since, begins, after = self._range(wanted)
        until = Period.of(today(self.now()) + AHEAD)
        shown: list[InvoiceRow] = []
        month, looked = begins, 0
        while month.first <= until.first and looked < MONTHS_A_PAGE:
            for row in self.rows.of_month(connection.id, month):
                if row.number <= after or not _is_wanted(row, wanted.state, since):
                    continue
                if len(shown) == ROWS_A_PAGE:
                    return _page(shown, f"{month}~{shown[-1].number}")
                shown.append(row)
            month, after, looked = Period.of(month.after), "", looked + 1
        return _page(shown, "" if month.first > until.first else f"{month}~")

    def status(self, connection: Connection, language: str) -> Mapping[str, Any]:
        """Return whether the link works, and how much of it waits for a person."""
        found = list(self.problems.opened(connection.id))
        logins = [one for one in found if is_lost_login(one)]
        return {
            "connection_id": connection.id,
            "state": _state_of(connection, logins),
            "waiting": len(found),
            "problems": _told(logins, language),
        }

    def _range(self, wanted: Wanted) -> tuple[date, Period, str]:
        """Return from which day, from which month and after which number a page shows."""
        if wanted.state and wanted.state not in STATES:
            raise RequestRefused(ApiTrouble.NOT_VALID, [ApiFinding("query-state", "")])
        month = Period.of(today(self.now())).first
        try:
            since = date.fromisoformat(wanted.since) if wanted.since else month
        except ValueError:
            since = date.min
        if since < FIRST_DAY:
            raise RequestRefused(ApiTrouble.NOT_VALID, [ApiFinding("query-since", "")])
        begins, _, after = wanted.cursor.partition("~")
        try:
            return since, Period.parse(begins) if wanted.cursor else Period.of(since), after
        except ValueError:
            raise RequestRefused(ApiTrouble.NOT_VALID, [ApiFinding("query-cursor", "")]) from None


def state_of(number: str, row: InvoiceRow | None) -> dict[str, Any]:
    """Return the state of an invoice; without a row it lies in the inbox alone."""
    if row is None:
        unknown = dict.fromkeys(_FROM_A_ROW)
        return {"invoice_number": number, "state": RECEIVED, **unknown}
    day = None if row.invoice_date is None else row.invoice_date.isoformat()
    known = (row.entry_number or None, str(row.amount), row.currency, day, row.code or None)
    fields = dict(zip(_FROM_A_ROW, known, strict=True))
    return {"invoice_number": number, "state": row.standing.value, **fields}


def _state_of(connection: Connection, logins: Sequence[Problem]) -> str:
    """Return whether the link works; one that is not started is stored as paused too."""
    if not connection.started:
        return "not-started"
    return "paused" if connection.paused else "login-needed" if logins else "active"


def _is_wanted(row: InvoiceRow, state: str, since: date) -> bool:
    in_time = row.invoice_date is None or row.invoice_date >= since
    return in_time and state in {"", row.standing.value}


def _page(rows: list[InvoiceRow], cursor: str) -> Mapping[str, Any]:
    return {"invoices": [state_of(row.number, row) for row in rows], "next": cursor or None}


def _told(problems: Iterable[Problem], language: str) -> list[Mapping[str, Any]]:
    return [_problem(one, language) for one in problems]


def _problem(one: Problem, language: str) -> Mapping[str, Any]:
    text, cure = explained(one.code, one.values, language)
    since = None if one.since is None else one.since.isoformat().replace("+00:00", "Z")
    return {"code": one.code, "text": text, "what_to_do": cure, "since": since}

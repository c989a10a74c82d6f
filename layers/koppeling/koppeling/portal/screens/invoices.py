"""Facturen: the invoices of a month, or those that are looked for, each with where it stands."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from koppeling.core import catalogue, rendering
from koppeling.core.ports import Problems
from koppeling.core.problems import number_in
from koppeling.portal.csv_file import csv_file
from koppeling.portal.months import (
    asked_month,
    month_after,
    month_before,
    month_name,
    months_to_choose,
)
from koppeling.portal.page import Answer, Download, PageRequest, PortalPage
from koppeling.portal.paging import Pages, asked_page
from koppeling.portal.totals import by_standing, tally
from koppeling.push.invoice_row import InvoiceList, InvoiceRow, Standing
from koppeling.push.journal import Period

PER_PAGE = 50
LONGEST_SEARCH = 100
# A file holds all that was found; more than this nobody looks through
MOST_IN_A_FILE = 10_000
# Of all months at once only these can be listed: there are never many, and they are the work
EVERY_MONTH = "all"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the address asks for: a month or, of what waits, every month; a standing; a text."""

    period: Period | None
    standing: Standing | None
    text: str

    @classmethod
    def of(cls, request: PageRequest) -> "_Asked":
        everywhere = request.query.get("month") == EVERY_MONTH
        standing = request.query.get("standing", "")
        known = Standing(standing) if standing in set(Standing) else None
        text = request.query.get("search", "").strip()[:LONGEST_SEARCH]
        period = asked_month(request)
        return cls(None if everywhere else period, known, text)

    @property
    def in_address(self) -> Mapping[str, str]:
        """The same as it stands in an address."""
        standing = "" if self.standing is None else str(self.standing)
        month = EVERY_MONTH if self.period is None else str(self.period)
        return {"month": month, "standing": standing, "search": self.text}


@dataclass(frozen=True, slots=True)
class InvoicesScreen:
    """Shows invoices. A page reads one month; a search reads one list more, whatever there is."""

    invoices: InvoiceList
    problems: Problems

    def show(self, request: PageRequest) -> Answer:
        """Return the page, or the list as a file."""
        asked = _Asked.of(request)
        is_file = request.query.get("file") == "csv"
        if asked.period is None:
            return self._waiting(request, asked, is_file=is_file)
        rows = self.invoices.of_month(request.connection.id, asked.period)
        most = MOST_IN_A_FILE if is_file else PER_PAGE
        known = self._searched(request, asked.text, rows, most) if asked.text else rows
        found = [row for row in known if asked.standing in {None, row.standing}]
        found.sort(key=_latest, reverse=True)
        if is_file:
            return _file(request, asked, found)
        own = {
            "period": asked.period,
            "month": month_name(asked.period, request.language),
            "before": month_before(asked.period),
            "after": month_after(asked.period, request.now),
            "all": tally(rows),
            "standings": by_standing(rows),
        }
        return _page(request, asked, Pages(found, PER_PAGE, asked_page(request)), own)

    def _searched(
        self, request: PageRequest, text: str, rows: list[InvoiceRow], most: int
    ) -> list[InvoiceRow]:
        """Return what has a text in its number or debtor, or whose number begins with it.

        Of other months these are at most `most`.
        """
        wanted = _plain(text)
        found = {row.number: row for row in rows if wanted in _plain(f"{row.number}\n{row.debtor}")}
        elsewhere = self.invoices.starting_with(request.connection.id, text, most)
        return list((found | {row.number: row for row in elsewhere}).values())

    def _waiting(self, request: PageRequest, asked: _Asked, *, is_file: bool) -> Answer:
        """Return what waits for a person, of every month: what has a problem open."""
        of = request.connection.id
        numbers = sorted(
            {
                number
                for problem in self.problems.opened(of)
                if (number := number_in(problem.subject)) is not None
                and catalogue.level_of(problem, request.now) != "notice"
            }
        )
        if is_file:
            return _file(request, asked, self.invoices.numbered(of, numbers))
        pages = Pages(numbers, PER_PAGE, asked_page(request))
        rows = self.invoices.numbered(of, pages.shown)
        return _page(request, asked, pages, {"period": None}, rows)


def _page(
    request: PageRequest,
    asked: _Asked,
    pages: Pages[Any],
    own: Mapping[str, Any],
    rows: list[InvoiceRow] | None = None,
) -> PortalPage:
    chosen = asked.period or asked_month(request)
    months = months_to_choose(chosen, request.now)
    values = {
        "rows": list(pages.shown) if rows is None else rows,
        "pages": pages,
        "asked": asked,
        "query": asked.in_address,
        "months": [(month, month_name(month, request.language)) for month in months],
        **own,
    }
    return PortalPage("invoices", values)


def _file(request: PageRequest, asked: _Asked, rows: list[InvoiceRow]) -> Download:
    texts = rendering.load("portal/invoices", request.language)
    standings = rendering.load("portal/layout", request.language)["standing"]
    columns = texts["columns"]
    head = [columns[name] for name in texts["file"]["columns"]]
    lines = [
        (
            row.number,
            row.invoice_date,
            row.debtor,
            row.amount,
            row.currency,
            standings[row.standing],
            row.entry_number,
        )
        for row in rows
    ]
    when = asked.in_address["month"]
    which = texts["file"]["every_month"] if asked.period is None else when
    return csv_file(f"{texts['file']['name']}-{which}.csv", head, lines)


def _latest(row: InvoiceRow) -> tuple[str, list[tuple[int, str]]]:
    """Return what sorts by invoice date and then by number, as people count: 9 before 10."""
    parts = re.findall(r"[0-9]+|[^0-9]+", row.number)
    counted = [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
    return (row.invoice_date.isoformat() if row.invoice_date else "", counted)


def _plain(text: str) -> str:
    """Return a text as a person types it who looks for it: without case and accents."""
    parted = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parted if not unicodedata.combining(sign))

"""Maand: whether a month is right, what it holds by invoice date, and its comparison with Exact."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from koppeling.core import catalogue, rendering
from koppeling.core.ids import ConnectionId
from koppeling.core.ports import Problems
from koppeling.core.problems import number_in
from koppeling.portal.csv_file import csv_file
from koppeling.portal.month_state import FOUND_WRONG, MonthComparisons, MonthState, share_of
from koppeling.portal.month_words import MonthWords
from koppeling.portal.months import (
    asked_month,
    month_after,
    month_before,
    month_name,
    months_to_choose,
    present_month,
)
from koppeling.portal.page import Answer, Download, GoTo, NoSuchPage, PageRequest
from koppeling.portal.patience import asked_at, asked_moment, patience_of, waiting_page
from koppeling.portal.statement import statement
from koppeling.push.invoice_row import InvoiceList
from koppeling.push.journal import Period
from koppeling.push.missing_numbers import MissingNumbers

SHOWN = 50
"""How many things of a list a page shows; the files hold all of them."""


@dataclass(frozen=True, slots=True)
class MonthScreen:
    """Shows a month: one read each of its invoices, problems, numbers and comparison.

    Without comparisons with Exact there is no button for one.
    """

    invoices: InvoiceList
    problems: Problems
    comparisons: MonthComparisons | None = None
    numbers: MissingNumbers | None = None

    def show(self, request: PageRequest) -> Answer:
        """Return the page, or the month as a file."""
        period = asked_month(request)
        of = request.connection.id
        rows = sorted(self.invoices.of_month(of, period), key=lambda row: row.number)
        last = None if self.comparisons is None else self.comparisons.last(of, period)
        month = self._with_numbers(MonthState(rows, last), of, period)
        match request.query.get("file"):
            case "csv":
                return _csv(request, period, month)
            case "pdf":
                return statement(request, period, month, self._causes(request))
            case _:
                return self._page(request, period, month)

    def _with_numbers(
        self, month: MonthState, connection: ConnectionId, period: Period
    ) -> MonthState:
        """Return a month with the numbers that are missing in it."""
        if self.numbers is None:
            return month
        state = self.numbers.of(connection)
        missing = self.numbers.missing(connection, state) if state.gaps else []
        own = tuple(gap for gap in missing if gap.period == period)
        return replace(month, missing=own, is_counter_read=state.is_counter_read)

    def compare(self, request: PageRequest) -> GoTo:
        """Ask for a comparison; the page then waits for it.

        Raises:
            NoSuchPage: the form names no month, or nothing is compared here.
        """
        try:
            period = Period.parse(request.form.get("month", "")[:7])
        except ValueError:
            raise NoSuchPage("month") from None
        if self.comparisons is None:
            raise NoSuchPage(str(period))
        self.comparisons.ask(request.connection.id, period)
        asked = {"month": str(period), "asked": asked_at(request.now)}
        return GoTo("month", asked, "month-compared")

    def _page(self, request: PageRequest, period: Period, month: MonthState) -> Answer:
        since = asked_moment(request)
        compared = month.comparison
        if since is not None and compared is not None and compared.at >= since:
            return GoTo("month", {"month": str(period)})
        choices = months_to_choose(period, request.now)
        values = {
            "period": period,
            "month": month_name(period, request.language),
            "before": month_before(period),
            "after": month_after(period, request.now),
            "months": [(each, month_name(each, request.language)) for each in choices],
            "is_present": period == present_month(request.now),
            "state": month,
            "words": MonthWords(request, period, month),
            "compared": compared,
            "shown": SHOWN,
            "found_wrong": FOUND_WRONG,
            "causes": self._causes(request) if month.not_right else {},
            "may_decide": request.may_decide,
            "may_compare": self.comparisons is not None,
            "share_of": share_of,
            **patience_of(since, request.now),
        }
        return waiting_page("month", values)

    def _causes(self, request: PageRequest) -> Mapping[str, str]:
        """Return the first sentence of each open problem of an invoice, by its number."""
        found: dict[str, str] = {}
        for problem in self.problems.opened(request.connection.id):
            number = number_in(problem.subject)
            if number is not None and problem.code in catalogue.codes():
                title = catalogue.title(problem.code, request.language, problem.values)
                found.setdefault(number, title)
        return found


def _csv(request: PageRequest, period: Period, month: MonthState) -> Download:
    texts = rendering.load("portal/month", request.language)
    columns = [texts["columns"][name] for name in texts["file"]["columns"]]
    lines = [
        (
            row.number,
            row.invoice_date,
            row.debtor,
            row.amount,
            row.currency,
            texts["share"][share_of(row)],
            row.entry_number,
        )
        for row in month.rows
    ]
    return csv_file(f"{texts['file']['name']}-{period}.csv", columns, lines)

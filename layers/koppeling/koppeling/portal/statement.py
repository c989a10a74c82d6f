"""The statement of a month as a PDF: what it comes to, and what is not right."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from koppeling.core import rendering
from koppeling.portal.month_state import FOUND_WRONG, MonthState, share_of
from koppeling.portal.month_words import MonthWords
from koppeling.portal.months import month_name
from koppeling.portal.page import Download, PageRequest
from koppeling.portal.pages.paper import Column, Paper
from koppeling.push.journal import Period


def statement(
    request: PageRequest, period: Period, month: MonthState, causes: Mapping[str, str]
) -> Download:
    """Return a month as a PDF of as many pages as it needs."""
    return _Statement(request, period, month, causes).made()


@dataclass(frozen=True, slots=True)
class _Statement:
    request: PageRequest
    period: Period
    month: MonthState
    causes: Mapping[str, str]

    def made(self) -> Download:
        words = MonthWords(self.request, self.period, self.month)
        say, connection = words.say, self.request.connection
        name = month_name(self.period, self.request.language)
        title = say("statement.title", month=name)
        paper = Paper(f"{title}, {connection.administration_name}", self.request.language)
        paper.title(title)
        paper.text(f"{connection.administration_name} ({connection.division})")
        if words.counts:
            paper.text(words.counts)
        paper.heading(words.sentence)
        for text in filter(None, (words.explained, words.numbers)):
            paper.text(text)
        self._totals(paper, words)
        self._compared(paper, words)
        if self.month.not_right:
            self._not_right(paper, words)
        made = self._moment(self.request.now.isoformat())
        footer = say("statement.footer", made=made, page="{page}", pages="{pages}")
        file = rendering.load("portal/month", self.request.language)["file"]["name"]
        return Download(f"{file}-{self.period}.pdf", "application/pdf", paper.written(footer))

    def _totals(self, paper: Paper, words: MonthWords) -> None:
        paper.heading(words.say("totals"))
        columns = (
            Column(words.say("columns.share"), 260),
            Column(words.say("columns.count"), 80, is_amount=True),
            Column(words.say("columns.amount"), 143, is_amount=True),
        )
        shares = [(words.say(f"share.{name}"), own) for name, own in self.month.shares.items()]
        everything = [*shares, (words.say("share.invoiced"), self.month.invoiced)]
        rows = [
            (
                label if place == 0 else "",
                rendering.count(own.count, self.request.language) if place == 0 else "",
                self._amount(*total),
            )
            for label, own in everything
            for place, total in enumerate(own.amounts or ((Decimal(0), "EUR"),))
        ]
        paper.table(columns, rows)

    def _compared(self, paper: Paper, words: MonthWords) -> None:
        paper.heading(words.say("compared.title"))
        compared = self.month.comparison
        if compared is None:
            paper.text(words.say("compared.never"))
            return
        paper.text(words.say("compared.at", at=self._moment(compared.at.isoformat())))
        columns = (
            Column(words.say("columns.currency"), 63),
            *(
                Column(words.say(f"columns.{name}"), 140, is_amount=True)
                for name in ("ours", "theirs", "difference")
            ),
        )
        rows = [
            (
                each.currency,
                self._amount(each.amount_invoices, each.currency),
                self._amount(each.amount_entries, each.currency),
                self._amount(each.difference, each.currency),
            )
            for each in compared.found.sums
        ]
        if rows:
            paper.table(columns, rows)
        for name in (*FOUND_WRONG, "others"):
            found = getattr(compared.found, name)
            if found and name == "others":
                paper.text(words.say("compared.others"))
            for each in found:
                paper.text(rendering.plain(words.mismatch(name, each)))
            if left := compared.count(name) - len(found):
                more = rendering.count(left, self.request.language)
                paper.text(words.say("compared.more", count=more))

    def _not_right(self, paper: Paper, words: MonthWords) -> None:
        paper.heading(words.say("not_right"))
        columns = (
            Column(words.say("columns.number"), 80),
            Column(words.say("columns.date"), 78),
            Column(words.say("columns.debtor"), 108),
            Column(words.say("columns.cause"), 130),
            Column(words.say("columns.amount"), 87, is_amount=True),
        )
        rows = [
            (
                row.number,
                self._moment(row.invoice_date.isoformat()) if row.invoice_date else "",
                row.debtor,
                self.causes.get(row.number) or words.say(f"share.{share_of(row)}"),
                self._amount(row.amount, row.currency),
            )
            for row in self.month.not_right
        ]
        paper.table(columns, rows)

    def _amount(self, value: Decimal, currency: str) -> str:
        return rendering.amount(value, currency, self.request.language)

    def _moment(self, value: str) -> str:
        return rendering.moment(value, self.request.language)

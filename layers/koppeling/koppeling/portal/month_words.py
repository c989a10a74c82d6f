"""What is said about a month, on the page and on paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from koppeling.core import rendering
from koppeling.portal.month_state import MonthState, Verdict
from koppeling.portal.months import month_name, present_month
from koppeling.portal.page import PageRequest
from koppeling.portal.pages.renderer import Sayings
from koppeling.push.journal import Period
from koppeling.push.month_count import month_count
from koppeling.push.reconciliation import Mismatch


@dataclass(frozen=True, slots=True)
class MonthWords:
    """The sentences about one month, in the language of who asks."""

    request: PageRequest
    period: Period
    month: MonthState

    @property
    def say(self) -> Sayings:
        """The texts of the screen."""
        language = self.request.language
        own = rendering.load("portal/month", language)
        return Sayings(own, rendering.load("portal/layout", language), language)

    @property
    def sentence(self) -> str:
        """Say in one sentence whether the month is right."""
        name = month_name(self.period, self.request.language)
        verdict = self.month.verdict
        if verdict is Verdict.WRONG:
            parts = [
                self.say.many(f"wrong.{kind}", count) for kind, count in self.month.wrong.items()
            ]
            return self.say("verdict.wrong", month=name, what=self._listed(parts))
        if verdict is Verdict.RIGHT and self.period == present_month(self.request.now):
            verdict_key = "right-so-far"
        else:
            verdict_key = str(verdict)
        return self.say(f"verdict.{verdict_key}", month=name)

    @property
    def counts(self) -> str:
        """Say in one line how many invoices were processed, and what became of them."""
        found = month_count(self.month.rows, self.month.missing, self.period)
        if not found.processed:
            return ""
        key = "counts" if self.request.connection.with_pdfs else "counts_without_pdf"
        names = ("processed", "offered", "booked", "with_pdf", "waiting", "missing")
        language = self.request.language
        values = {name: rendering.count(getattr(found, name), language) for name in names}
        return self.say(key, **values)

    @property
    def numbers(self) -> str:
        """Say which numbers are missing, and what of them cannot be seen."""
        parts = []
        if self.month.missing:
            parts.append(self.say("missing_numbers", numbers=self.month.missing_numbers))
        if not self.month.is_counter_read:
            parts.append(self.say("counter_not_read"))
        return " ".join(parts)

    @property
    def explained(self) -> str:
        """Say what that sentence means, or what to do."""
        count = self.month.invoiced.count
        shown = rendering.count(count, self.request.language)
        name = month_name(self.period, self.request.language)
        return self.say(f"explained.{self.month.verdict}", count=shown, month=name)

    def mismatch(self, kind: str, each: Mismatch) -> str:
        """Say one thing that a comparison found."""
        ours = self._currencies.get(each.invoice, self.request.connection.currency)
        theirs = each.entry_currency or ours
        key = kind
        if kind == "differing" and (each.amount_invoice, ours) == (each.amount_entry, theirs):
            key = "differing-lines"
        if not each.invoice:
            key = "nameless"
        return self.say(
            f"mismatch.{key}",
            invoice=each.invoice,
            entry=each.entry_number,
            ours=self._amount(each.amount_invoice, ours),
            theirs=self._amount(each.amount_entry, theirs),
        )

    @property
    def _currencies(self) -> Mapping[str, str]:
        return {row.number: row.currency for row in self.month.rows}

    def _amount(self, amount: Decimal | None, currency: str) -> str:
        known = Decimal(0) if amount is None else amount
        return rendering.amount(known, currency, self.request.language)

    def _listed(self, parts: list[str]) -> str:
        lowered = [f"{part[:1].lower()}{part[1:]}" for part in parts]
        if len(lowered) == 1:
            return lowered[0]
        return f"{', '.join(lowered[:-1])} {self.say('and').lower()} {lowered[-1]}"

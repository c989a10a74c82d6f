"""The first half of a check: logins, administration, rights, journals, period."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from koppeling.check.collector import FindingCollector, System
from koppeling.check.findings import Finding, Level
from koppeling.check.inspection import RETURN, SALES, Journal
from koppeling.check.ports import Systems
from koppeling.core.administration import DivisionFacts, same_name
from koppeling.core.clock import today
from koppeling.core.connection import Connection
from koppeling.core.csv_table import Table
from koppeling.core.errors import Fatal
from koppeling.core.ids import ExactId


@dataclass(slots=True)
class SetUpCheck:
    """Looks at what a connection stands on, one item after another.

    `receivable` is the G/L account of the sales journal, once that was seen.
    """

    connection: Connection
    systems: Systems
    collector: FindingCollector
    now: datetime
    receivable: ExactId | None = None

    def run(self) -> None:
        """Look at everything that has to be right before lists are worth comparing."""
        look, exact = self.collector.run, System.EXACT
        look("exact-login", self._administration, exact)
        look("milestones-login", self._company, System.MILESTONES)
        look("rights", self._rights, exact)
        look("sales-journal", self._journals, exact, needs="journals")
        look("period", self._period, exact, needs="periods")

    def _administration(self) -> Iterator[Finding]:
        user, division = self.connection.exact_user, str(self.connection.division)
        found = self.systems.exact.administration()
        # Whatever the answer was, Exact knew the user
        yield Finding(Level.OK, "exact-login", values={"exact_user": user})
        if found is None:
            self.collector.close(System.EXACT)
            values = {"division": division, "exact_user": user}
            yield _blocking("administration", "exact-division-not-accessible", values)
            return
        facts = DivisionFacts(found.status, found.blocking_status, None, self.now)
        if not facts.is_open:
            self.collector.close(System.EXACT)
            values = {"division": found.name, "state": facts.state}
            yield _blocking("administration", "exact-division-blocked", values)
            return
        agreed = self.connection.administration_name
        values = {"division": division, "name": found.name, "configured": agreed}
        if same_name(agreed) == same_name(found.name):
            yield Finding(Level.OK, "administration", values=values)
        else:
            yield _blocking("administration", "check-administration-name", values)

    def _company(self) -> Iterator[Finding]:
        companies = self.systems.milestones.companies()
        own = self.connection.company_id
        found = next((company for company in companies if company.id == own), None)
        if found is not None:
            yield Finding(Level.OK, "milestones-login", values={"company": found.name})
            return
        self.collector.close(System.MILESTONES)
        if not companies:
            yield _blocking("milestones-login", "milestones-no-rights", {"entity": "companies"})
            return
        table = Table(("key", "name"), tuple((each.id, each.name) for each in companies))
        yield _blocking("company", "check-company-unknown", {"company": own}, table)

    def _rights(self) -> Iterator[Finding]:
        missing: list[str] = []
        for needed in self.systems.rights.needed_by(self.connection):
            try:
                allowed = self.systems.exact.has_right(needed.endpoint, needed.action)
            except Fatal:
                # X40: a function that was refused is not called again
                allowed = None
            if allowed is None:
                yield Finding(Level.WARNING, "rights", "check-rights-not-asked")
                return
            if not allowed and needed.entity not in missing:
                missing.append(needed.entity)
                self.collector.refuse(needed.entity)
                yield self.collector.no_right("rights", needed.entity, System.EXACT)
        if not missing:
            user = self.connection.exact_user
            yield Finding(Level.OK, "rights", values={"exact_user": user})

    def _journals(self) -> Iterator[Finding]:
        sales, credit = self.connection.sales_journal, self.connection.credit_journal
        wanted = {"sales-journal": sales, **({"credit-journal": credit} if credit else {})}
        found = self.systems.exact.journals(tuple(wanted.values()))
        if sales in found:
            self.receivable = found[sales].gl_account
        for item, code in wanted.items():
            types = {SALES} if item == "sales-journal" else {SALES, RETURN}
            yield self._journal(item, code, found.get(code), types)

    def _journal(self, item: str, code: str, found: Journal | None, types: set[int]) -> Finding:
        own = self.connection.debtor_gl_account
        if found is None:
            return _blocking(item, "journal-unknown", {"journal": code})
        if found.type not in types or found.blocked:
            return _blocking(item, "journal-not-sales", {"journal": code})
        account = found.gl_account_code or ""
        values = {"journal": code, "account_relation": own, "account_journal": account}
        if account != own:
            return _blocking(item, "debtor-account-mismatch", values)
        return Finding(Level.OK, item, values=values)

    def _period(self) -> Iterator[Finding]:
        day = today(self.now)
        found = self.systems.exact.period(day)
        if found is None:
            year = {"year": str(day.year)}
            yield Finding(Level.WARNING, "period", "fiscal-year-unknown", year)
        else:
            period = {"period": f"{found.year}-{found.number:02d}"}
            yield Finding(Level.OK, "period", values=period)


def _blocking(item: str, code: str, values: dict[str, str], table: Table | None = None) -> Finding:
    return Finding(Level.BLOCKING, item, code, values, table)

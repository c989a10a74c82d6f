"""What a bookkeeper sets up: journals, ledger accounts, percentages, periods.

A period shows that it exists; whether it is open is told by no endpoint (X117), only by a refusal.
"""

from tests.sandbox.exact_online.body import typed
from tests.sandbox.exact_online.generator.masters import add_year, ledger_of_journal
from tests.sandbox.exact_online.registry import Resource
from tests.sandbox.exact_online.values import Row
from tests.sandbox.exact_online.world import World

PATHS = {
    "journals": "financial/Journals",
    "gl_accounts": "financial/GLAccounts",
    "cost_units": "hrm/Costunits",
    "vat_percentages": "vat/VatPercentages",
}


class SetUp:
    """The set-up of the administration of the connection, by the codes that people see."""

    def __init__(self, world: World, registry: dict[str, Resource]) -> None:
        self._world = world
        self._registry = registry

    def change(self, name: str, code: str, changes: dict[str, object]) -> Row:
        """Change a row; a percentage goes by the code of its VAT code.

        Raises:
            LookupError: there is no such row, or no such table.
            RequestError: no such property, or no value for it.
        """
        if name not in PATHS:
            raise LookupError(f"there is no table {name}; known are: {', '.join(PATHS)}")
        resource = self._registry[PATHS[name]]
        with self._world.lock:
            row = self._found(name, resource, code)
            written = typed(changes, resource.fields)
            if name == "journals" and "GLAccountCode" in written:
                written |= ledger_of_journal(self._world, written["GLAccountCode"])
            return self._world.change(resource.endpoint.table, row["ID"], written)

    def close_period(self, year: int, period: int, *, closed: bool = True) -> None:
        """Close a period for entries, or open it again (X155).

        Raises:
            LookupError: there is no such period.
        """
        with self._world.lock:
            if not any(row["FinPeriod"] == period for row in self._periods(year)):
                raise LookupError(f"there is no period {year}-{period}")
            change = (
                self._world.closed_periods.add if closed else self._world.closed_periods.discard
            )
            change((year, period))

    def remove_year(self, year: int) -> None:
        """Take a fiscal year away, as if it was not made yet (X156).

        Raises:
            LookupError: there is no such year.
        """
        with self._world.lock:
            periods = self._periods(year)
            if not periods:
                raise LookupError(f"there is no fiscal year {year}")
            for row in periods:
                self._world.delete("FinancialPeriods", row["ID"])

    def add_year(self, year: int) -> None:
        """Make a fiscal year with its twelve periods.

        Raises:
            ValueError: it exists.
        """
        with self._world.lock:
            if self._periods(year):
                raise ValueError(f"the fiscal year {year} exists")
            add_year(self._world, year)

    def _periods(self, year: int) -> list[Row]:
        return [row for row in self._world.tables["FinancialPeriods"] if row["FinYear"] == year]

    def _found(self, name: str, resource: Resource, code: str) -> Row:
        by, wanted = "Code", code.strip()
        if name == "vat_percentages":
            by, wanted = "VATCodeID", str(self._world.coded("vat_codes", code)[0]["ID"])
        for row in self._world.tables[resource.endpoint.table]:
            if str(row[by]).strip() == wanted:
                return row
        raise LookupError(f"there is no {name.removesuffix('s')} {code}")

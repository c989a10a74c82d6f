"""Both systems as a readiness check sees them: all is well, unless a test changes something."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from koppeling.bootstrap.clients import exact_rights
from koppeling.check.findings import Finding, Report
from koppeling.check.inspection import (
    SALES,
    Account,
    CodeInUse,
    Customer,
    ExactVatCode,
    FinancialPeriod,
    Journal,
    MilestonesVatCode,
)
from koppeling.check.ports import Systems
from koppeling.check.service import Checks
from koppeling.core.administration import Administration, Company
from koppeling.core.connection import Connection
from koppeling.core.errors import Consequence
from koppeling.core.ids import ConnectionId, ExactId, MilestonesId
from koppeling.pull.entities.registry import ENTITIES
from tests.sandbox.connecting import company_connection
from tests.unit.fakes import FakeConnections

NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
RECEIVABLE = ExactId("1300-id")


@dataclass(slots=True)
class _Fake:
    """Notes what was asked; a question in `troubles` is answered by raising."""

    asked: list[str] = field(default_factory=list)
    troubles: dict[str, Consequence] = field(default_factory=dict)

    def _ask(self, question: str) -> None:
        self.asked.append(question)
        if question in self.troubles:
            raise self.troubles[question]


@dataclass(slots=True)
class FakeExact(_Fake):
    """An administration with one customer, one VAT code, one condition and one cost centre."""

    company: Administration | None = field(
        default_factory=lambda: Administration(
            987654, company_connection().administration_name, 1, 0
        )
    )
    rights: dict[tuple[str, str], bool | None] = field(default_factory=dict)
    books: dict[str, Journal] = field(
        default_factory=lambda: {"70": Journal("70", SALES, blocked=False, **_DEBTORS)}
    )
    now: FinancialPeriod | None = field(default_factory=lambda: FinancialPeriod(2026, 11))
    relations: list[Account] = field(default_factory=lambda: [Account("1068", "A", "C")])
    vat: list[ExactVatCode] = field(
        default_factory=lambda: [
            ExactVatCode("2", "Hoog", Decimal(21), "E", "B", blocked=False, reverse_charge=False)
        ]
    )
    conditions: set[str] = field(default_factory=lambda: {"30"})
    centers: set[str] = field(default_factory=lambda: {"ADV"})

    def administration(self) -> Administration | None:
        """Return the administration."""
        self._ask("administration")
        return self.company

    def has_right(self, endpoint: str, action: str) -> bool | None:
        """Say yes, unless a test says otherwise."""
        self._ask("has_right")
        return self.rights.get((endpoint, action), True)

    def journals(self, codes: tuple[str, ...]) -> dict[str, Journal]:
        """Return those of the journals that exist."""
        self._ask("journals")
        return {code: self.books[code] for code in codes if code in self.books}

    def period(self, day: date) -> FinancialPeriod | None:
        """Return the period of the day of these tests."""
        self._ask("period")
        return self.now if day == date(2026, 11, 24) else None

    def accounts(self) -> Iterable[Account]:
        """Yield the relations."""
        self._ask("accounts")
        yield from self.relations

    def vat_codes(self, day: date) -> Sequence[ExactVatCode]:
        """Return the VAT codes."""
        self._ask(f"vat_codes {day}")
        return self.vat

    def codes(self, entity: str, day: date) -> set[str]:
        """Return the codes of the conditions or of the cost centres."""
        self._ask(entity)
        assert day == date(2026, 11, 24)  # noqa: S101 - a fake checks how it is used
        return {"payment_conditions": self.conditions, "cost_centers": self.centers}[entity]


_REFERENCES = {"payment_conditions": MilestonesId("11"), "cost_centers": MilestonesId("21")}
_DEBTORS: dict[str, Any] = {"gl_account": RECEIVABLE, "gl_account_code": "1300"}


@dataclass(slots=True)
class FakeMilestones(_Fake):
    """A company whose lists agree with those of the administration."""

    firms: list[Company] = field(default_factory=lambda: [Company("1", "Veldhuis Advies B.V.")])
    people: list[Customer] = field(
        default_factory=lambda: [Customer("1068", "A", dict(_REFERENCES))]
    )
    vat: list[MilestonesVatCode] = field(
        default_factory=lambda: [MilestonesVatCode("2", "Hoog", Decimal(21), reverse_charge=False)]
    )
    conditions: list[CodeInUse] = field(
        default_factory=lambda: [CodeInUse(MilestonesId("11"), "30", "Binnen 30 dagen")]
    )
    centers: list[CodeInUse] = field(
        default_factory=lambda: [CodeInUse(MilestonesId("21"), "ADV", "Advies")]
    )

    def companies(self) -> Sequence[Company]:
        """Return the companies."""
        self._ask("companies")
        return self.firms

    def customers(self) -> Sequence[Customer]:
        """Return the customers."""
        self._ask("customers")
        return self.people

    def vat_codes(self) -> Sequence[MilestonesVatCode]:
        """Return the VAT codes."""
        self._ask("vat_codes")
        return self.vat

    def codes(self, entity: str) -> Sequence[CodeInUse]:
        """Return the payment conditions or the cost centres."""
        self._ask(entity)
        return {"payment_conditions": self.conditions, "cost_centers": self.centers}[entity]


@dataclass(slots=True)
class CheckFixture:
    """A connection between both fakes, and the check of it."""

    exact: FakeExact = field(default_factory=FakeExact)
    milestones: FakeMilestones = field(default_factory=FakeMilestones)
    connection: Connection = field(default_factory=company_connection)
    closed: int = 0

    def change(self, **changes: Any) -> None:  # noqa: ANN401 - the fields of a connection vary
        """Change the configuration."""
        self.connection = replace(self.connection, **changes)

    def run(self, connection: str = "") -> Report:
        """Check the connection, or another one."""
        checks = Checks(FakeConnections(self.connection), self._open, lambda: NOW)
        return checks.run(ConnectionId(connection or self.connection.id))

    def found(self, item: str) -> list[Finding]:
        """Check, and return what was found about one item."""
        return [finding for finding in self.run().findings if finding.item == item]

    def codes(self) -> dict[str, str]:
        """Check, and return the code of each item that is not fine."""
        return {each.item: each.code for each in self.run().findings if each.code}

    def _open(self, connection: Connection) -> Systems:
        assert connection == self.connection  # noqa: S101 - a fake checks how it is used
        return Systems(
            self.exact,
            self.milestones,
            rights=exact_rights(ENTITIES),
            code_lists=tuple(_REFERENCES),
            calls=lambda: len(self.exact.asked),
            close=self._close,
        )

    def _close(self) -> None:
        self.closed += 1

"""What the readiness check needs: both systems, read only."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from koppeling.check.inspection import (
    Account,
    CodeInUse,
    Customer,
    ExactVatCode,
    FinancialPeriod,
    Journal,
    MilestonesVatCode,
)
from koppeling.core.administration import Administration, Company
from koppeling.core.exact_rights import ExactRights


class ExactInspector(Protocol):
    """The administration of a connection, read only."""

    def administration(self) -> Administration | None:
        """Return the administration; None when this user does not see it."""

    def has_right(self, endpoint: str, action: str) -> bool | None:
        """Say whether the user may do this; None when the answer is unclear."""

    def journals(self, codes: tuple[str, ...]) -> dict[str, Journal]:
        """Return the journals that exist with these codes, by code."""

    def period(self, day: date) -> FinancialPeriod | None:
        """Return the financial period that contains a day."""

    def accounts(self) -> Iterable[Account]:
        """Return every relation."""

    def vat_codes(self, day: date) -> Sequence[ExactVatCode]:
        """Return the VAT codes with their percentages on a day."""

    def codes(self, entity: str, day: date) -> set[str]:
        """Return the codes of an entity that have not ended."""


class MilestonesInspector(Protocol):
    """The company of a connection, read only."""

    def companies(self) -> Sequence[Company]:
        """Return every company that the user sees."""

    def customers(self) -> Sequence[Customer]:
        """Return the active customers."""

    def vat_codes(self) -> Sequence[MilestonesVatCode]:
        """Return the VAT codes."""

    def codes(self, entity: str) -> Sequence[CodeInUse]:
        """Return the active records of an entity."""


@dataclass(frozen=True, slots=True)
class Systems:
    """Both systems of one connection; `calls` counts calls to Exact, `close` comes last.

    `code_lists` are the entities of which every code that QicsMilestones uses must exist in Exact.
    """

    exact: ExactInspector
    milestones: MilestonesInspector
    rights: ExactRights
    code_lists: Sequence[str]
    calls: Callable[[], int]
    close: Callable[[], None]

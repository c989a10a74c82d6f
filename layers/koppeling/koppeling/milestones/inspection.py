"""A company of QicsMilestones as the readiness check looks at it: lists only, no writing."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from koppeling.check.inspection import CodeInUse, Customer, MilestonesVatCode
from koppeling.core.administration import Company
from koppeling.core.ids import MilestonesId
from koppeling.core.text import clean
from koppeling.milestones import api as contract
from koppeling.milestones.api import Target
from koppeling.milestones.lists import Lists
from koppeling.milestones.transport import Transport

type Row = Mapping[str, Any]


class MilestonesInspection:
    """Reads what a connection stands on in one company of a tenant.

    Lists are read whole: rows of other companies, and what is not active, are passed over here,
    since how far a filter goes is assumed (M17).
    """

    def __init__(self, transport: Transport, *, base_url: str, company_id: str) -> None:
        self._lists = Lists(transport, f"{base_url}{contract.API_PATH}")
        self._company_id = company_id

    def companies(self) -> list[Company]:
        """Return every company that the user sees; none means that its role shows nothing (M13)."""
        rows = self._lists.all(contract.COMPANY.path)
        return [Company(_key(row, contract.COMPANY), _text(row, contract.NAME)) for row in rows]

    def customers(self) -> list[Customer]:
        """Return the active customers."""
        return [
            Customer(
                number=_code(row, contract.CUSTOMER_COMPANY),
                name=_text(row, contract.NAME),
                payment_condition=_reference(row, contract.PAYMENT_CONDITION_ID),
                cost_center=_reference(row, contract.COST_CENTER_ID),
            )
            for row in self._own(contract.CUSTOMER_COMPANY)
            if row.get(contract.IS_ACTIVE) is not False
        ]

    def vat_codes(self) -> list[MilestonesVatCode]:
        """Return the VAT codes, which all companies of the tenant share."""
        return [
            MilestonesVatCode(
                code=_code(row, contract.VAT_CODE),
                name=_text(row, contract.NAME),
                percentage=_decimal(row.get(contract.PERCENTAGE)),
                reverse_charge=row.get(contract.REVERSE_CHARGE) is True,
            )
            for row in self._own(contract.VAT_CODE)
        ]

    def payment_conditions(self) -> list[CodeInUse]:
        """Return the payment conditions, of which none can be made inactive."""
        conditions = contract.PAYMENT_CONDITION
        return [_listed(row, conditions) for row in self._own(conditions)]

    def cost_centers(self) -> list[CodeInUse]:
        """Return the active cost centres."""
        return [
            _listed(row, contract.COST_CENTER)
            for row in self._own(contract.COST_CENTER)
            if row.get(contract.IS_ACTIVE) is not False
        ]

    def _own(self, target: Target) -> Iterator[Row]:
        for row in self._lists.all(target.path):
            mine = not target.per_company or _is_mine(row, self._company_id)
            if mine and _code(row, target):
                yield row


def _is_mine(row: Row, company_id: str) -> bool:
    return str(row.get(contract.COMPANY_ID)) == company_id


def _listed(row: Row, target: Target) -> CodeInUse:
    return CodeInUse(_key(row, target), _code(row, target), _text(row, contract.NAME))


def _key(row: Row, target: Target) -> MilestonesId:
    return MilestonesId(str(row.get(target.key) or ""))


def _reference(row: Row, name: str) -> MilestonesId | None:
    key = row.get(name)
    return MilestonesId(str(key)) if key else None


def _code(row: Row, target: Target) -> str:
    return _text(row, target.code)


def _text(row: Row, name: str) -> str:
    return clean(row.get(name)) or ""


def _decimal(value: object) -> Decimal | None:
    """Return a percentage; None when it is empty or no number (M14)."""
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None

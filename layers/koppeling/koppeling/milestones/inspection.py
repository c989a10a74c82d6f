"""A company of QicsMilestones as the readiness check reads it: lists only, no writing."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

from koppeling.check.inspection import CodeInUse, Customer, MilestonesVatCode
from koppeling.core.administration import Company
from koppeling.core.ids import MilestonesId
from koppeling.core.text import clean, code_of
from koppeling.milestones import api as contract
from koppeling.milestones.lists import Lists
from koppeling.milestones.transport import Transport
from koppeling.pull.entities.entity import Target
from koppeling.pull.link_values import Row


class MilestonesInspection:
    """Reads what a connection needs in one company of a tenant.

    Lists are read whole and filtered here, by company and by activity: how much a filter of the
    API can do is assumed (M17). `code_lists` are the entities that customers refer to by key.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        company_id: str,
        targets: Mapping[str, Target],
        code_lists: Iterable[str],
    ) -> None:
        self._lists = Lists(transport)
        self._company_id = company_id
        self._targets = targets
        self._code_lists = tuple(code_lists)

    def companies(self) -> list[Company]:
        """Return an empty list when the user's role shows nothing (M13)."""
        rows = self._lists.all(contract.COMPANY.path)
        return [Company(_key(row, contract.COMPANY), _text(row, contract.NAME)) for row in rows]

    def customers(self) -> list[Customer]:
        target = self._targets["accounts"]
        return [
            Customer(_code(row, target), _text(row, contract.NAME), self._references(row))
            for row in self._own(target)
            if row.get(contract.IS_ACTIVE) is not False
        ]

    def vat_codes(self) -> list[MilestonesVatCode]:
        target = self._targets["vat_codes"]
        return [
            MilestonesVatCode(
                code=_code(row, target),
                name=_text(row, contract.NAME),
                percentage=_decimal(row.get(contract.PERCENTAGE)),
                reverse_charge=row.get(contract.REVERSE_CHARGE) is True,
            )
            for row in self._own(target)
        ]

    def codes(self, entity: str) -> list[CodeInUse]:
        target = self._targets[entity]
        return [
            CodeInUse(_key(row, target), _code(row, target), _text(row, contract.NAME))
            for row in self._own(target)
            if row.get(contract.IS_ACTIVE) is not False
        ]

    def _references(self, row: Row) -> dict[str, MilestonesId]:
        """Return what a customer refers to; a reference is named as the key of its entity."""
        fields = {entity: self._targets[entity].key for entity in self._code_lists}
        return {
            entity: MilestonesId(str(row[field]))
            for entity, field in fields.items()
            if row.get(field)
        }

    def _own(self, target: Target) -> Iterator[Row]:
        for row in self._lists.all(target.path):
            mine = not target.per_company or _is_mine(row, self._company_id)
            if mine and _code(row, target):
                yield row


def _is_mine(row: Row, company_id: str) -> bool:
    return str(row.get(contract.COMPANY_ID)) == company_id


def _key(row: Row, target: Target) -> MilestonesId:
    return MilestonesId(str(row.get(target.key) or ""))


def _code(row: Row, target: Target) -> str:
    return code_of(row.get(target.code)) or ""


def _text(row: Row, name: str) -> str:
    return clean(row.get(name)) or ""


def _decimal(value: object) -> Decimal | None:
    """Return a percentage; None when it is empty or no number."""
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None

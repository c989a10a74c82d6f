"""Records of Exact that an invoice refers to by code, remembered for a day (P3).

What would stop an invoice is asked once more, since it may have been mended a minute ago.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from koppeling.core.ids import ConnectionId, ExactId
from koppeling.core.ports import LookupCache
from koppeling.exact import odata
from koppeling.exact.client import ExactClient
from koppeling.pull.ports import LinkedRecords
from koppeling.push.sales_entry import CustomerCard, GlAccountCard, VatCodeCard

_CUSTOMER = ("ID", "Code", "Status", "Blocked", "EndDate")
_GL_ACCOUNT = ("ID", "Code", "Type", "IsBlocked", "UseCostcenter", "UseCostunit")
_VAT_CODE = ("Code", "Type", "VATTransactionType", "IsBlocked", "Percentage")
_PROJECT = ("ID", "Code")
CUSTOMER = "C"  # X78
INCLUDING = "I"  # X81
PURCHASE = "P"  # X82


class Lookups:
    """Finds what a code of an invoice stands for in one administration."""

    def __init__(
        self,
        connection: ConnectionId,
        client: ExactClient,
        links: LinkedRecords,
        memory: LookupCache,
    ) -> None:
        self._connection = connection
        self._client = client
        self._links = links
        self._memory = memory

    def customer(self, code: str) -> CustomerCard | None:
        """Return the relation with this code: the copy of the pulls, while one can book on it."""
        stored = self._stored_customer(code)
        if stored is not None and _takes_entries(stored):
            return stored
        where = odata.equals("Code", odata.text(odata.account_code(code)))
        return self._first("crm/Accounts", _CUSTOMER, where, code, _customer)

    def gl_account(self, code: str) -> GlAccountCard | None:
        """Return the G/L account with this code."""
        held = self._held("gl_account", code)
        if held is not None and not (card := _gl_account(held)).blocked:
            return card
        where = odata.equals("Code", odata.text(code))
        found = self._asked("gl_account", code, "financial/GLAccounts", _GL_ACCOUNT, where)
        return None if found is None else _gl_account(found)

    def vat_code(self, code: str) -> VatCodeCard | None:
        """Return the VAT code with this trimmed code, with its padding as it was read (X73)."""
        held = self._held("vat_code", code)
        if held is not None and _takes_sales(card := _vat_code(held)):
            return card
        where = f"trim(Code) eq {odata.text(code)}"
        found = self._asked("vat_code", code, "vat/VATCodes", _VAT_CODE, where)
        return None if found is None else _vat_code(found)

    def project(self, code: str) -> ExactId | None:
        """Return the id of the project with this code."""
        where = odata.equals("Code", odata.text(code))
        found = self._held("project", code) or self._asked(
            "project", code, "project/Projects", _PROJECT, where
        )
        return None if found is None else ExactId(found["ID"])

    def _stored_customer(self, code: str) -> CustomerCard | None:
        record = self._links.find_by_code(self._connection, "accounts", code)
        rows = record.sources.get("accounts", {}) if record is not None else {}
        return next((_customer(row) for row in rows.values()), None)

    def _held(self, kind: str, code: str) -> dict[str, Any] | None:
        return self._memory.get(self._connection, "exact", kind, code)

    def _asked(
        self, kind: str, code: str, endpoint: str, select: tuple[str, ...], where: str
    ) -> dict[str, Any] | None:
        found = self._first(endpoint, select, where, code, _storable)
        if found is not None:
            self._memory.put(self._connection, "exact", kind, code, found)
        return found

    def _first[Card](
        self,
        endpoint: str,
        select: tuple[str, ...],
        where: str,
        code: str,
        card: Callable[[Mapping[str, Any]], Card],
    ) -> Card | None:
        rows = self._client.rows(endpoint, select, where)
        return next((card(row) for row in rows if str(row["Code"]).strip() == code), None)


def _takes_entries(card: CustomerCard) -> bool:
    return card.status == CUSTOMER and not card.blocked and card.end_date is None


def _takes_sales(card: VatCodeCard) -> bool:
    return not card.blocked and card.type != INCLUDING and card.transaction_type != PURCHASE


def _customer(row: Mapping[str, Any]) -> CustomerCard:
    ended = row.get("EndDate")
    return CustomerCard(
        id=ExactId(row["ID"]),
        code=str(row["Code"]).strip(),
        status=str(row.get("Status") or ""),
        blocked=bool(row.get("Blocked")),
        end_date=date.fromisoformat(ended) if ended else None,
    )


def _gl_account(row: Mapping[str, Any]) -> GlAccountCard:
    return GlAccountCard(
        id=ExactId(row["ID"]),
        type=int(row["Type"]),
        blocked=bool(row.get("IsBlocked")),
        use_cost_center=int(row.get("UseCostcenter") or 0),
        use_cost_unit=int(row.get("UseCostunit") or 0),
    )


def _vat_code(row: Mapping[str, Any]) -> VatCodeCard:
    fraction = row.get("Percentage")
    return VatCodeCard(
        raw=str(row["Code"]),
        type=str(row.get("Type") or "E").strip(),
        transaction_type=str(row.get("VATTransactionType") or "B").strip(),
        blocked=bool(row.get("IsBlocked")),
        percentage=None if fraction is None else Decimal(str(fraction)) * 100,  # X77
    )


def _storable(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as it can be remembered: a Decimal as text, which reads back the same."""
    return {name: str(v) if isinstance(v, Decimal) else v for name, v in row.items()}

"""Records of Exact that an invoice refers to by code, cached for a day (P3).

What was cached is asked anew when it would stop an invoice, when Exact refuses one that names
it, and when a person offers an invoice again: somebody may have mended it a minute ago.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from koppeling.core.clock import Now, today
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.core.ports import LookupCache
from koppeling.core.text import code_of
from koppeling.exact import odata
from koppeling.exact.client import ExactClient
from koppeling.exact.gl_account_card import READ_AT, gl_account_card
from koppeling.exact.reading import Shape, readable, whole
from koppeling.pull.entities.days import day_of
from koppeling.pull.entities.fields import (
    LISTED,
    FieldKind,
    Fields,
    UnreadableFieldError,
    check_fields,
    of_kind,
)
from koppeling.pull.link_values import Row
from koppeling.pull.ports import LinkedRecords
from koppeling.pull.record import Record
from koppeling.push.sales_entry import CustomerCard, GlAccountCard, VatCodeCard, VatPeriod

_CUSTOMER = ("ID", "Code", "Name", "Status", "Blocked", "EndDate")
_GL_ACCOUNT = ("ID", "Code", "Type", "IsBlocked", "UseCostcenter", "UseCostunit")
_VAT_CODE = ("ID", "Code", "Type", "VATTransactionType", "IsBlocked", "Percentage")
_PERCENTAGE = ("Percentage", "StartDate", "EndDate", "Type")
_CODED: Fields = {**LISTED, "Code": FieldKind.CODE}
# What a row must hold to be relied on
_CUSTOMER_SHAPE = Shape(
    {**_CODED, "Status": FieldKind.TEXT, "Blocked": FieldKind.FLAG}, frozenset({"Code"})
)
_GL_ACCOUNT_SHAPE = Shape(
    {
        **_CODED,
        "IsBlocked": FieldKind.FLAG,
        **of_kind(FieldKind.NUMBER, "Type", "UseCostcenter", "UseCostunit"),
    },
    frozenset({"Code", "Type"}),
)
_VAT_CODE_SHAPE = Shape(
    {
        **_CODED,
        **of_kind(FieldKind.TEXT, "Type", "VATTransactionType"),
        "IsBlocked": FieldKind.FLAG,
        "Percentage": FieldKind.NUMBER,
    },
    frozenset({"Code"}),
)
_PERCENTAGE_SHAPE = Shape(of_kind(FieldKind.NUMBER, "Type", "Percentage"), frozenset())
_PROJECT_SHAPE = Shape(_CODED, frozenset({"Code"}))
_PERCENTAGES = "vat/VatPercentages"
# Where a cached VAT code holds its percentages by date; Exact has no such property
_PERIODS = "Periods"
# And the day on which it was read, as ISO text
_READ_ON = "ReadOn"
_NORMAL = 0  # the type of a percentage that is no extra duty
_PROJECT = ("ID", "Code")
# What the copy of a pull must tell of a customer
_STORED_CUSTOMER = {
    **LISTED,
    "Code": FieldKind.CODE,
    "Status": FieldKind.TEXT,
    "Blocked": FieldKind.FLAG,
    "EndDate": FieldKind.DAY,
}
CUSTOMER = "C"  # X78
INCLUDING = "I"  # X81
PURCHASE = "P"  # X82


class ExactLookups:
    """Finds what a code of an invoice stands for in one administration."""

    def __init__(  # noqa: PLR0913 - wired once, by name, in bootstrap
        self,
        connection: ConnectionId,
        client: ExactClient,
        records: LinkedRecords,
        cache: LookupCache,
        *,
        now: Now,
        anew: bool = False,
    ) -> None:
        self._connection = connection
        self._client = client
        self._records = records
        self._cache = cache
        self._now = now
        self._anew = anew
        self._asked: dict[tuple[str, str], Row | None] = {}

    def find_customer(self, code: str, *, anew: bool = False) -> CustomerCard | None:
        """Return the relation that QicsMilestones has under this number.

        Where a pull linked it, its ID decides (L14): in Exact the number may be of another relation
        by now, and an invoice on the wrong one would be worse than one call. Only for a relation
        that is not linked, or that Exact has no more, the number decides. The stored copy is
        trusted unless it takes no entries.
        """
        record = self._records.find_by_code(self._connection, "accounts", code)
        if record is not None and record.gone:
            record = None
        stored = None if record is None or anew or self._anew else _stored_customer(record, code)
        if stored is not None and _takes_entries(stored):
            return stored
        found = None
        if record is not None and record.milestones_id is not None:
            found = self._customer(odata.equals("ID", odata.guid(record.exact_id)))
        if found is None:
            found = self._customer(odata.equals("Code", odata.text(odata.account_code(code))), code)
        return None if found is None else _customer(found)

    def find_gl_account(self, code: str, *, anew: bool = False) -> GlAccountCard | None:
        read = partial(self._gl_account_with_moment, code)
        held = None if anew else self._held("gl_account", code, gl_account_card)
        if held is not None and not held.blocked:
            return held
        return self._remember("gl_account", code, read, gl_account_card)

    def find_vat_code(self, code: str, *, anew: bool = False) -> VatCodeCard | None:
        """Return the VAT code with the padding that it was read with (X73), and its percentages."""
        read = partial(self._vat_code_with_periods, code)
        held = None if anew else self._held("vat_code", code, _vat_code)
        if held is not None and _takes_sales(held):
            return held
        return self._remember("vat_code", code, read, _vat_code)

    def find_project(self, code: str, *, anew: bool = False) -> ExactId | None:
        where = odata.equals("Code", odata.text(code))
        read = partial(self._first, "project/Projects", _PROJECT, _PROJECT_SHAPE, where, code)
        held = None if anew else self._held("project", code, _project)
        return held or self._remember("project", code, read, _project)

    def _customer(self, where: str, code: str | None = None) -> Row | None:
        read = partial(self._first, "crm/Accounts", _CUSTOMER, _CUSTOMER_SHAPE, where, code)
        return self._ask("customer", where, read)

    def _held[Card](self, kind: str, code: str, card: Callable[[Row], Card]) -> Card | None:
        """Return the cached record; None also when it is unreadable or all is to be asked anew."""
        if self._anew:
            return None
        row = self._cache.get(self._connection, "exact", kind, code)
        try:
            return None if row is None else card(row)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            return None

    def _remember[Card](
        self, kind: str, code: str, read: Callable[[], Row | None], card: Callable[[Row], Card]
    ) -> Card | None:
        """Ask Exact, and let the cache hold what it says now."""
        if (kind, code) not in self._asked:
            row = self._ask(kind, code, read)
            if row is None:
                self._cache.forget(self._connection, "exact", kind, code)
            else:
                self._cache.put(self._connection, "exact", kind, code, _storable(row))
        found = self._asked[kind, code]
        return None if found is None else card(found)

    def _ask(self, kind: str, code: str, read: Callable[[], Row | None]) -> Row | None:
        """Ask Exact, at most once in the life of these look-ups."""
        if (kind, code) not in self._asked:
            self._asked[kind, code] = read()
        return self._asked[kind, code]

    def _gl_account_with_moment(self, code: str) -> Row | None:
        where = odata.equals("Code", odata.text(code))
        row = self._first("financial/GLAccounts", _GL_ACCOUNT, _GL_ACCOUNT_SHAPE, where, code)
        return None if row is None else {**row, READ_AT: self._now().isoformat()}

    def _vat_code_with_periods(self, code: str) -> Row | None:
        """Return the row of a VAT code with its percentages by date (L37)."""
        where = f"trim(Code) eq {odata.text(code)}"
        row = self._first("vat/VATCodes", _VAT_CODE, _VAT_CODE_SHAPE, where, code)
        if row is None:
            return None
        of_code = odata.equals("VATCodeID", odata.guid(row["ID"]))
        rows = self._client.rows(_PERCENTAGES, _PERCENTAGE, of_code)
        normal = readable(_PERCENTAGES, rows, _is_normal)
        periods = [_storable(each) for each, counts in zip(rows, normal, strict=True) if counts]
        return {**row, _PERIODS: periods, _READ_ON: today(self._now()).isoformat()}

    def _first(
        self, endpoint: str, select: tuple[str, ...], shape: Shape, where: str, code: str | None
    ) -> Row | None:
        """Return the first row that is found, with exactly this code where one is given.

        Raises:
            Retry: a row cannot be read.
        """
        rows = self._client.rows(endpoint, select, where)
        readable(endpoint, rows, shape.check)
        return next((row for row in rows if code in (None, code_of(row["Code"]))), None)


def _stored_customer(record: Record, code: str) -> CustomerCard | None:
    """Return the copy that the pulls stored; of a relation without a link only under its number."""
    row = record.sources.get("accounts", {}).get(record.exact_id)
    if row is None or not _is_readable(row):
        return None
    card = _customer(row)
    return card if card.code == code or record.milestones_id is not None else None


def _takes_entries(card: CustomerCard) -> bool:
    return card.status == CUSTOMER and not card.blocked and card.end_date is None


def _takes_sales(card: VatCodeCard) -> bool:
    """Say whether a code may be booked with; one that an earlier release cached lacks its dates."""
    usable = not card.blocked and card.type != INCLUDING and card.transaction_type != PURCHASE
    return usable and card.periods is not None and card.read_on is not None


def _customer(row: Row) -> CustomerCard:
    return CustomerCard(
        id=ExactId(row["ID"]),
        code=code_of(row["Code"]) or "",
        status=str(row.get("Status") or ""),
        blocked=bool(row.get("Blocked")),
        end_date=_day(row.get("EndDate")),
        name=str(row.get("Name") or "").strip(),
    )


def _is_readable(row: Row) -> bool:
    """Say whether the pulls could read a stored row; otherwise Exact is asked."""
    try:
        check_fields(row, _STORED_CUSTOMER)
    except UnreadableFieldError:
        return False
    return True


def _day(value: object) -> date | None:
    """Return a day; None also where it cannot be read, since then Exact itself decides."""
    try:
        return day_of(value)
    except ValueError:
        return None


def _project(row: Row) -> ExactId:
    return ExactId(row["ID"])


def _is_normal(row: Row) -> bool:
    _PERCENTAGE_SHAPE.check(row)
    return whole(row.get("Type") or 0) == _NORMAL and row.get("Percentage") not in (None, "")


def _vat_code(row: Row) -> VatCodeCard:
    periods = row.get(_PERIODS)
    return VatCodeCard(
        raw=str(row["Code"]),
        type=str(row.get("Type") or "E").strip(),
        transaction_type=str(row.get("VATTransactionType") or "B").strip(),
        blocked=bool(row.get("IsBlocked")),
        percentage=_percentage(row.get("Percentage")),
        periods=None if periods is None else tuple(_period(each) for each in periods),
        read_on=date.fromisoformat(row[_READ_ON]) if _READ_ON in row else None,
    )


def _period(row: Row) -> VatPeriod:
    return VatPeriod(
        Decimal(str(row["Percentage"])) * 100,
        start=_day(row.get("StartDate")),
        end=_day(row.get("EndDate")),
    )


def _percentage(fraction: object) -> Decimal | None:
    """Return 21 for 21 % (X77)."""
    return None if fraction in (None, "") else Decimal(str(fraction)) * 100


def _storable(row: Row) -> dict[str, Any]:
    """Return a row as the cache takes it: a Decimal as text, which reads back the same."""
    return {name: str(v) if isinstance(v, Decimal) else v for name, v in row.items()}

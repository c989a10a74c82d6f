"""An administration of Exact as the readiness check reads it: lists and look-ups, no writing."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from koppeling.check.inspection import Account, ExactVatCode, FinancialPeriod, Journal
from koppeling.core.administration import Administration
from koppeling.core.ids import Division, ExactId, SyncTimestamp
from koppeling.core.text import clean, code_of
from koppeling.exact import odata
from koppeling.exact.client import ExactClient
from koppeling.exact.divisions import both_lists, named_administration
from koppeling.exact.reading import Row, readable, whole
from koppeling.pull.entities.days import is_active_on
from koppeling.pull.entities.entity import Feed
from koppeling.pull.entities.mapping import number
from koppeling.pull.entities.vat_codes import REVERSED

RIGHTS = "users/UserHasRights"
_JOURNAL = ("Code", "Type", "IsBlocked", "GLAccount", "GLAccountCode")
_PERIOD = ("FinYear", "FinPeriod", "StartDate", "EndDate")
_ACCOUNT = ("ID", "Timestamp", "Code", "Name", "Status", "GLAR")
_PERCENTAGE = ("VATCodeID", "Percentage", "StartDate", "EndDate", "Type")
_VAT_CODE = (
    *("ID", "Code", "Description", "Percentage", "Charged"),
    *("Type", "VATTransactionType", "IsBlocked"),
)
# X91: a feed from this Timestamp is the whole feed
_FIRST = SyncTimestamp(1)
_JOURNALS, _PERIODS = "financial/Journals", "financial/FinancialPeriods"
_PERCENTAGES = "vat/VatPercentages"
_NORMAL = 0  # the type of a VAT percentage that is no extra duty


class ExactInspection:
    """Reads what a connection needs in one administration."""

    def __init__(
        self, client: ExactClient, division: Division, code_lists: Mapping[str, Feed]
    ) -> None:
        self._client = client
        self._division = division
        self._code_lists = code_lists

    def administration(self) -> Administration | None:
        return named_administration(self._division, both_lists(self._client))

    def has_right(self, endpoint: str, action: str) -> bool | None:
        return _has_right(self._client.ask(RIGHTS, {"endpoint": endpoint, "action": action}))

    def journals(self, codes: tuple[str, ...]) -> dict[str, Journal]:
        where = " or ".join(f"trim(Code) eq {odata.text(code)}" for code in codes)
        rows = self._client.rows(_JOURNALS, _JOURNAL, where)
        found = readable(_JOURNALS, rows, _journal)
        return {journal.code: journal for journal in found if journal.code in codes}

    def period(self, day: date) -> FinancialPeriod | None:
        where = f"StartDate le {odata.day(day)} and EndDate ge {odata.day(day)}"
        rows = self._client.rows(_PERIODS, _PERIOD, where)
        return next(iter(readable(_PERIODS, rows, _period)), None)

    def accounts(self) -> Iterator[Account]:
        for page in self._client.pages("sync/CRM/Accounts", _ACCOUNT, _FIRST, None):
            yield from (account for row in page.rows if (account := _account(row)).number)

    def vat_codes(self, day: date) -> list[ExactVatCode]:
        dated = self._percentages(day)
        rows = self._whole("vat/VATCodes", _VAT_CODE)
        return readable("vat/VATCodes", rows, lambda row: _vat_code(row, dated))

    def codes(self, entity: str, day: date) -> set[str]:
        feed = self._code_lists[entity]
        return {
            code
            for row in self._whole(feed.endpoint, feed.select)
            if _is_active(day, None, row.get("EndDate"))
            and (code := code_of(row.get("Code"))) is not None
        }

    def _percentages(self, day: date) -> dict[str, Decimal]:
        rows = self._whole(_PERCENTAGES, _PERCENTAGE)
        read = readable(_PERCENTAGES, rows, lambda row: _percentage(row, day))
        return dict(pair for pair in read if pair is not None)

    def _whole(self, endpoint: str, select: Iterable[str]) -> Iterator[dict[str, Any]]:
        for page in self._client.whole(endpoint, select):
            yield from page.rows


def _is_active(day: date, start: object, end: object) -> bool:
    """Say whether a row is active; one whose days cannot be read is told of by the pull."""
    try:
        return is_active_on(day, start, end)
    except ValueError:
        return True


def _has_right(answer: Any) -> bool | None:  # noqa: ANN401 - the JSON edge
    """Return the one value in an answer, wrapped or bare: its shape is assumed (X33)."""
    while isinstance(answer, dict | list) and len(answer) == 1:
        answer = answer[0] if isinstance(answer, list) else next(iter(answer.values()))
    if isinstance(answer, dict):
        answer = answer.get("UserHasRights")
    if isinstance(answer, str):
        answer = {"true": True, "false": False}.get(answer.strip().lower())
    return answer if isinstance(answer, bool) else None


def _percentage(row: Row, day: date) -> tuple[str, Decimal] | None:
    """Return the VAT code and its percentage on a day; None for another day or an extra duty."""
    fraction = number(row.get("Percentage"))
    if fraction is None or whole(row.get("Type") or 0) != _NORMAL:
        return None
    is_active = _is_active(day, row.get("StartDate"), row.get("EndDate"))
    return (str(row["VATCodeID"]), fraction) if is_active else None


def _period(row: Row) -> FinancialPeriod:
    return FinancialPeriod(whole(row["FinYear"]), whole(row["FinPeriod"]))


def _journal(row: Mapping[str, Any]) -> Journal:
    return Journal(
        code=code_of(row["Code"]) or "",
        type=whole(row["Type"]),
        blocked=bool(row.get("IsBlocked")),
        gl_account=_id(row.get("GLAccount")),
        gl_account_code=code_of(row.get("GLAccountCode")),
    )


def _account(row: Mapping[str, Any]) -> Account:
    return Account(
        number=code_of(row.get("Code")) or "",
        name=clean(row.get("Name")) or "",
        status=str(row.get("Status") or ""),
        receivable=_id(row.get("GLAR")),
    )


def _vat_code(row: Mapping[str, Any], dated: Mapping[str, Decimal]) -> ExactVatCode:
    name = clean(row.get("Description")) or ""
    fraction = dated.get(str(row["ID"]), number(row.get("Percentage")))
    return ExactVatCode(
        code=code_of(row["Code"]) or "",
        name=name,
        percentage=None if fraction is None else fraction * 100,  # X77
        type=clean(row.get("Type")) or "",
        use=clean(row.get("VATTransactionType")) or "",
        blocked=bool(row.get("IsBlocked")),
        reverse_charge=bool(row.get("Charged")) or REVERSED in name.lower(),
    )


def _id(value: object) -> ExactId | None:
    """Return an id; an absent one comes as null or as zeros (X75)."""
    return ExactId(str(value).lower()) if value and str(value).strip("0-") else None

"""What must be true of the six entities beside the accounts, worked out apart from the mappings.

Each is told from Exact's own rows and the tables on paper (L 3.1 to 3.7), so that the two can
disagree.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from koppeling.core.ids import ExactId
from tests.environment import Environment
from tests.integration import truth

type Row = Mapping[str, Any]

TAXES_IN_EU = {"S": "Services", "L": "Goods", "T": "Triangulation"}
ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
PROJECT_TYPES = (2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Kind:
    """One entity: where it stands on both sides, and what the link owes to it."""

    table: str
    target: str
    key: str
    code: Callable[[Row], object]
    owed: Callable[[Environment, Row], bool]
    values: Callable[[Environment, Row], dict[str, Any]]
    link_fields: frozenset[str]


def differences(env: Environment) -> list[str]:
    """Return every link field of any entity that QicsMilestones does not hold as Exact does."""
    found = truth.differences(env)
    for name in KINDS:
        found.extend(_differences(env, name))
    return [*found, *_ended_accounts(env)]


def doubles(env: Environment) -> list[str]:
    """Return the codes that more than one record of an entity has."""
    found: list[str] = []
    for target, key in targets().items():
        codes = Counter(row[key] for row in env.milestones.world.records(target))
        found.extend(f"{target} {code}" for code, times in codes.items() if times > 1)
    return found


def targets() -> dict[str, str]:
    """Return the seven entities of QicsMilestones with the field by which records are matched."""
    return {"CustomerCompany": "CustomerCode"} | {k.target: k.key for k in KINDS.values()}


def not_ours(target: str, row: Row) -> dict[str, Any]:
    """Return the fields of a record that the link must leave alone (R17)."""
    if target == "CustomerCompany":
        return truth.not_ours(row)
    (kind,) = [kind for kind in KINDS.values() if kind.target == target]
    return {name: held for name, held in row.items() if name not in kind.link_fields}


def linked(env: Environment, name: str, ids: list[str]) -> set[str]:
    """Return which records of Exact have their counterpart."""
    wanted = [ExactId(each) for each in ids]
    records = env.wiring.stores.pull_stores.records.get_many(env.connection.id, name, wanted)
    return {str(key) for key, record in records.items() if record.milestones_id is not None}


def _differences(env: Environment, name: str) -> Iterator[str]:
    kind = KINDS[name]
    rows = list(env.exact.world.tables[kind.table])
    by = "Code" if name == "payment_conditions" else "ID"
    known = linked(env, name, [row[by] for row in rows])
    for row in rows:
        is_owed = kind.owed(env, row)
        if not is_owed and (row[by] not in known or not _may_be_written(env, name, row)):
            continue
        code = kind.code(row)
        held = env.milestones.world.find(kind.target, **{kind.key: code})
        if name == "vat_codes" and row["ID"] not in known and _means_otherwise(env, row, held):
            continue
        if len(held) != 1:
            yield f"{kind.target} {code}: {len(held)} records"
            continue
        for field, value in kind.values(env, row).items():
            if not _same(held[0].get(field), value):
                yield f"{kind.target} {code}.{field}: {held[0].get(field)!r}, not {value!r}"


def _may_be_written(env: Environment, name: str, row: Row) -> bool:
    """Say whether a record that was linked before still follows its row."""
    if name == "payment_conditions":
        return False  # of instalments only one row speaks
    return name != "projects" or _customer(env, row) is not None


def _means_otherwise(env: Environment, row: Row, held: Sequence[Row]) -> bool:
    """Say whether a VAT code stood there with another percentage before it was ever linked.

    Then it is left as it is, and a person is told (M 5.6).
    """
    subject, code = f"vat_codes/{row['ID']}", "vat-percentage-mismatch"
    is_told = any((each.subject, each.code) == (subject, code) for each in env.problems())
    return is_told and len(held) == 1 and not _same(held[0]["Percentage"], row["Percentage"] * 100)


def _ended_accounts(env: Environment) -> Iterator[str]:
    """An account that is no customer any more stays, inactive."""
    importable = {row["ID"] for row in env.exact.world.importable_accounts()}
    others = [row for row in env.exact.world.tables["Accounts"] if row["ID"] not in importable]
    known = linked(env, "accounts", [row["ID"] for row in others])
    for row in others:
        code = row["Code"].strip()
        held = env.milestones.world.find("CustomerCompany", CustomerCode=code)
        is_inactive = len(held) == 1 and held[0]["IsActive"] is False
        # One whose type alone changed is a customer still, since only a new one needs type A
        if row["ID"] in known and row["Type"] == "A" and not is_inactive:
            yield f"CustomerCompany {code}: {held}, not one that is inactive"


def _same(held: object, value: object) -> bool:
    if isinstance(value, Decimal):
        return held is not None and Decimal(str(held)) == value
    return (held or None) == (value or None)


def _clean(value: object) -> str | None:
    return " ".join(str(value if value is not None else "").split()) or None


def _code(row: Row) -> object:
    return _clean(row["Code"])


def _runs(env: Environment, end: datetime | None) -> bool:
    return end is None or end >= env.exact.world.today()


def _reference(env: Environment, row: Row, source: str) -> dict[str, Any]:
    """Return the key of a VAT code; nothing when it is missing, since the field then stays."""
    code = _clean(row.get(source))
    if code is None:
        return {"VatCodeId": None}
    found = env.milestones.world.find("VatCode", Code=code)
    return {"VatCodeId": found[0]["VatCodeId"]} if found else {}


def _customer(env: Environment, row: Row) -> str | None:
    code = _clean(row.get("AccountCode"))
    found = env.milestones.world.find("CustomerCompany", CustomerCode=code) if code else []
    return str(found[0]["CustomerCompanyId"]) if len(found) == 1 else None


def _vat_code(_: Environment, row: Row) -> dict[str, Any]:
    return {
        "Name": _clean(row["Description"]),
        "Percentage": row["Percentage"] * 100,
        "ReverseCharge": bool(row["Charged"]) or "verlegd" in row["Description"].lower(),
        "IcpReturn": TAXES_IN_EU.get(row["EUSalesListing"]),
    }


def _condition(_: Environment, row: Row) -> dict[str, Any]:
    return {"Name": _clean(row["Description"]), "TermsInDays": row["PaymentDays"] or 0}


def _cost_center(env: Environment, row: Row) -> dict[str, Any]:
    return {"Name": _clean(row["Description"]), "IsActive": _runs(env, row.get("EndDate"))}


def _item(env: Environment, row: Row) -> dict[str, Any]:
    starts = row.get("StartDate")
    has_begun = starts is None or starts <= env.exact.world.today()
    revenue = _clean(row.get("GLRevenueCode"))
    return {
        "Name": _clean(row["Description"]),
        "LongDescription": _clean(row.get("ExtraDescription")),
        "IsActive": bool(row["IsSalesItem"]) and has_begun and _runs(env, row.get("EndDate")),
        **_reference(env, row, "SalesVatCode"),
        **({"GLAccountRevenue": revenue} if revenue else {}),
    }


def _employee(env: Environment, row: Row) -> dict[str, Any]:
    addresses = re.split(r"[;,\s]+", row.get("BusinessEmail") or "")
    valid = [each for each in addresses if ADDRESS.fullmatch(each)]
    return {
        "FirstName": _clean(row.get("FirstName")) or _clean(row.get("Initials")) or "-",
        "MiddleName": _clean(row.get("MiddleName")),
        "LastName": _clean(row["LastName"]),
        "PhoneNumber": _clean(row.get("BusinessPhone")) or _clean(row.get("BusinessMobile")),
        "IsActive": row.get("IsActive") is not False and _runs(env, row.get("EndDate")),
        **({"EmailAddress": valid[0]} if valid else {}),
    }


def _project(env: Environment, row: Row) -> dict[str, Any]:
    days = {name: row.get(name) for name in ("StartDate", "EndDate")}
    return {
        "Name": _clean(row["Description"]),
        "LongDescription": _clean(row.get("Notes")),
        "CustomerCompanyId": _customer(env, row),
        **{name: day and f"{day:%Y-%m-%d}T00:00:00" for name, day in days.items()},
        "IsActive": _runs(env, row.get("EndDate")),
    }


def _is_a_number(_: Environment, row: Row) -> bool:
    return str(row["Code"]).strip().isdecimal()


def _speaks_for_all(env: Environment, row: Row) -> bool:
    rows = [r for r in env.exact.world.tables["PaymentConditions"] if r["Code"] == row["Code"]]
    last = max(rows, key=lambda other: (other["PaymentDays"] or 0, other["ID"]))
    return row is last


KINDS: Mapping[str, Kind] = {
    "vat_codes": Kind(
        *("VATCodes", "VatCode", "Code", _code),
        lambda _, row: row["VATTransactionType"] != "P" and not row["IsBlocked"],
        _vat_code,
        frozenset({"Code", "Name", "Percentage", "ReverseCharge", "IcpReturn"}),
    ),
    "payment_conditions": Kind(
        *("PaymentConditions", "PaymentCondition", "Code", _code, _speaks_for_all, _condition),
        frozenset({"Code", "Name", "TermsInDays"}),
    ),
    "cost_centers": Kind(
        *("Costcenters", "CostCenter", "Code", _code, lambda _, __: True, _cost_center),
        frozenset({"Code", "Name", "IsActive"}),
    ),
    "items": Kind(
        *("Items", "ItemCompany", "ItemCode", _code),
        lambda env, row: bool(_item(env, row)["IsActive"]),
        _item,
        frozenset(
            {"ItemCode", "Name", "LongDescription", "IsActive", "GLAccountRevenue", "VatCodeId"}
        ),
    ),
    "employees": Kind(
        *("Employees", "EmployeeCompany", "EmployeeNumber", lambda row: int(row["Code"])),
        _is_a_number,
        _employee,
        frozenset(
            {"EmployeeNumber", "FirstName", "MiddleName", "LastName", "EmailAddress", "IsActive"}
            | {"PhoneNumber"}
        ),
    ),
    "projects": Kind(
        *("Projects", "Project", "ProjectCode", _code),
        lambda env, row: row["Type"] in PROJECT_TYPES and _customer(env, row) is not None,
        _project,
        frozenset(
            {"ProjectCode", "Name", "LongDescription", "CustomerCompanyId", "StartDate", "EndDate"}
            | {"IsActive"}
        ),
    ),
}

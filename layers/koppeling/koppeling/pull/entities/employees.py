"""Employees, as an EmployeeCompany (L 3.6). No private data is read (S13)."""

import re

from koppeling.core.connection import EmployeeNumber
from koppeling.core.text import clean
from koppeling.pull.entities.days import is_active_on, next_change
from koppeling.pull.entities.emails import Addresses, addresses
from koppeling.pull.entities.entity import FOUR_HOURS, Entity, Feed, Target, WireKind
from koppeling.pull.entities.fields import SYNCED, FieldKind, of_kind
from koppeling.pull.entities.mapping import (
    LinkField,
    MappingContext,
    map_fields,
    only_row,
    source_fields,
)
from koppeling.pull.link_values import LinkValue, Mapped, Notice, Row
from koppeling.pull.record import Sources

NUMBER_FIELDS = {EmployeeNumber.CODE: "Code", EmployeeNumber.HID: "EmployeeHID"}
# QicsMilestones keeps the number as an integer of at most ten digits
_WHOLE_NUMBER = re.compile(r"[0-9]{1,10}")
NOBODY = "-"  # QicsMilestones wants a first name

EMPLOYEE = (
    LinkField("MiddleName", "MiddleName"),
    LinkField("LastName", "LastName", stays=True),
)
_FIELDS = {
    **SYNCED,
    **source_fields(EMPLOYEE),
    **of_kind(FieldKind.CODE, "Code", "EmployeeHID"),
    **of_kind(FieldKind.TEXT, "FirstName", "Initials"),
    **of_kind(FieldKind.TEXT, "BusinessEmail", "BusinessPhone", "BusinessMobile"),
    **of_kind(FieldKind.FLAG, "IsActive"),
    **of_kind(FieldKind.DAY, "EndDate"),
}


def map_employee(rows: Sources, context: MappingContext) -> Mapped | None:
    """Return what an employee means for QicsMilestones; without a whole number it is refused."""
    row, connection = only_row(rows), context.connection
    if row is None:
        return None
    held = clean(row.get(NUMBER_FIELDS[connection.employee_number])) or NOBODY
    number = int(held) if _WHOLE_NUMBER.fullmatch(held) else None
    emails = addresses(row.get("BusinessEmail"))
    values: dict[str, LinkValue] = {
        "FirstName": clean(row.get("FirstName")) or clean(row.get("Initials")) or NOBODY,
        **map_fields(EMPLOYEE, row),
        "PhoneNumber": clean(row.get("BusinessPhone")) or clean(row.get("BusinessMobile")),
        "IsActive": row.get("IsActive") is not False
        and is_active_on(context.today, None, row.get("EndDate")),
    }
    if emails.first:  # L26: an address is never emptied
        values["EmailAddress"] = emails.first
    if number is not None:
        values["EmployeeNumber"] = number
    return Mapped(
        code=held if number is None else str(number),
        values=values,
        on_create={"NormHoursPerWeek": connection.norm_hours_per_week},
        changes_on=next_change(context.today, None, row.get("EndDate")),
        notices=_notices(row, emails),
        refused=_not_numeric(row, held) if number is None else None,
    )


def _not_numeric(row: Row, held: str) -> Notice:
    return Notice("employee-number-not-numeric", {"name": _full_name(row), "code": held})


def _notices(row: Row, emails: Addresses) -> tuple[Notice, ...]:
    if not emails.invalid:
        return ()
    values = {"debtor": _full_name(row), "value": " ".join(emails.invalid)}
    return (Notice("email-invalid", values),)


def _full_name(row: Row) -> str:
    parts = (row.get("FirstName"), row.get("MiddleName"), row.get("LastName"))
    return " ".join(name for part in parts if (name := clean(part))) or NOBODY


EMPLOYEES = Entity(
    name="employees",
    feeds=(Feed("employees", "sync/Payroll/Employees", _FIELDS, deletion_type=42),),
    right="Medewerkers bekijken",  # X32: assumed
    target=Target(
        "EmployeeCompany",
        code="EmployeeNumber",
        kinds={"EmployeeNumber": WireKind.INTEGER, "NormHoursPerWeek": WireKind.DECIMAL},
    ),
    map=map_employee,
    interval_minutes=FOUR_HOURS,
)

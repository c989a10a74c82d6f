"""What people may do to records of Exact, as values that Hypothesis can draw and shrink."""

from dataclasses import dataclass
from datetime import timedelta

from hypothesis import strategies as st

from tests.environment import Environment
from tests.sandbox.exact_online.entities import entity as entity_of

TEXTS = (
    "O'Brien & Zn",
    "Café  Zuiderzee ",
    "Zo'n naam die langer is dan de vijftig tekens die over de streep passen",
    '100% "échte" koffie; thee, en %27',
)
EMAILS = ("een@klant.example; twee@klant.example", "drie@klant.example", "geen adres", None)
CUSTOMERS = ("1068", "0000215", "1071", "2001", None)
# So many days from today a record begins or ends; None is an empty field
DAYS = (-1, 0, 1, None)
VAT_CODES = ("1", "2", "8", "9", None)

# Of each entity the fields that people change, and what they may put in
FIELDS: dict[str, dict[str, tuple[object, ...]]] = {
    "vat_codes": {
        "Description": (*TEXTS, "Btw verlegd"),
        "Percentage": ("0.055", "0.21"),
        "EUSalesListing": ("S", "L", "T", "N"),
        "IsBlocked": (True, False),
    },
    "payment_conditions": {"Description": TEXTS, "PaymentDays": (0, 8, 90)},
    "cost_centers": {"Description": TEXTS, "EndDate": DAYS},
    "accounts": {
        "Name": TEXTS,
        "City": ("Epe", None),
        "Email": EMAILS,
        "Blocked": (True, False),
        "Status": ("C", "P"),
        "EndDate": DAYS,
        "SalesVATCode": VAT_CODES,
        "PaymentConditionSales": ("30", "EM", "XX", None),
        "InvoiceAccountCode": CUSTOMERS,
        "Language": ("NL", "EN"),
    },
    "items": {
        "Description": TEXTS,
        "ExtraDescription": (TEXTS[2], None),
        "IsSalesItem": (True, False),
        "EndDate": DAYS,
        "StartDate": DAYS,
        "GLRevenueCode": ("8000", "8020", None),
        "SalesVatCode": VAT_CODES,
    },
    "employees": {
        "LastName": TEXTS,
        "MiddleName": ("van 't", None),
        "BusinessEmail": EMAILS,
        "BusinessPhone": ("0570-123456", None),
        "IsActive": (True, False),
        "EndDate": DAYS,
    },
    "projects": {
        "Description": TEXTS,
        "Notes": (TEXTS[0], None),
        "AccountCode": CUSTOMERS,
        "Type": (1, 3),
        "StartDate": DAYS,
        "EndDate": DAYS,
    },
}
NAMES = tuple(FIELDS)
FIRST_ADDED = 9001
INVOICE = 3  # X80: the type of an invoice address
BETWEEN = "8999"  # the number that a swap goes through
ACTS = ("change", "change", "change", "add", "delete")
# Numbers of these move in Exact; the rows of a list have no sync feed that could tell of it
MOVING = ("accounts", "items", "projects")


@dataclass(frozen=True, slots=True)
class Edit:
    """One act of a person in Exact: on the record of an entity that `pick` points at."""

    act: str
    entity: str
    field: str
    value: object
    pick: int

    def carry_out(self, env: Environment) -> None:
        """Do it."""
        values = {self.field: self._as_written(env)}
        if self.act == "add":
            fresh = {"Percentage": "0.21"} if self.entity == "vat_codes" else {}
            code = _free_code(env, self.entity)
            env.exact.add(self.entity, Code=code, **{**fresh, **values})
            return
        codes = _codes(env, self.entity)
        if self.act == "change":
            env.exact.change(self.entity, codes[self.pick % len(codes)], **values)
            return
        # Exact deletes nothing that other records refer to, so only what was added here goes
        added = [code for code in codes if code.isdecimal() and int(code) >= FIRST_ADDED]
        if added:
            self._move(env, added)

    def _move(self, env: Environment, added: list[str]) -> None:
        """Delete a record that was added, or let its number go to another one."""
        code, other = added[self.pick % len(added)], added[(self.pick + 1) % len(added)]
        if self.act == "renumber":
            env.exact.change(self.entity, code, Code=_free_code(env, self.entity))
        elif self.act == "swap" and code != other:
            env.exact.change(self.entity, code, Code=BETWEEN)
            env.exact.change(self.entity, other, Code=code)
            env.exact.change(self.entity, BETWEEN, Code=other)
        elif self.act in ("delete", "recreate"):
            env.exact.delete(self.entity, code)
            if self.act == "recreate":
                env.exact.add(self.entity, Code=code)

    def _as_written(self, env: Environment) -> object:
        if self.field not in ("StartDate", "EndDate") or not isinstance(self.value, int):
            return self.value
        day = env.exact.world.today() + timedelta(days=self.value)
        return day.date().isoformat()


@dataclass(frozen=True, slots=True)
class PartEdit:
    """One act of a person on the contact or address that `pick` points at."""

    act: str
    table: str
    pick: int
    to: int

    def carry_out(self, env: Environment) -> None:
        """Delete it, or hang it on another account."""
        # Of addresses only those of invoices reach QicsMilestones (X80)
        rows = [
            row for row in env.exact.world.tables[self.table] if row.get("Type", INVOICE) == INVOICE
        ]
        key, codes = rows[self.pick % len(rows)]["ID"], _codes(env, "accounts")
        if self.act == "move":
            env.exact.move_part(self.table, key, codes[self.to % len(codes)])
        elif len(rows) > 1:
            env.exact.delete_part(self.table, key)


def _codes(env: Environment, entity: str) -> list[str]:
    rows = env.exact.world.tables[entity_of(entity).table]
    return sorted({row["Code"].strip() for row in rows})


def _free_code(env: Environment, entity: str) -> str:
    """Return the next code; a VAT code has three characters at the most."""
    if entity == "vat_codes":
        taken = set(_codes(env, entity))
        return next(code for code in map(str, range(10, 1000)) if code not in taken)
    numbers = [int(code) for code in _codes(env, entity) if code.isdecimal()]
    return str(max([FIRST_ADDED - 1, *numbers]) + 1)


def _of_entity(name: str) -> st.SearchStrategy[Edit]:
    fields = st.sampled_from(sorted(FIELDS[name]))
    return fields.flatmap(
        lambda field: st.builds(
            Edit,
            act=st.sampled_from(
                (*ACTS, "renumber", "swap", "recreate") if name in MOVING else ACTS
            ),
            entity=st.just(name),
            field=st.just(field),
            value=st.sampled_from(FIELDS[name][field]),
            pick=st.integers(min_value=0, max_value=20),
        )
    )


PART_EDITS = st.builds(
    PartEdit,
    act=st.sampled_from(("move", "move", "delete")),
    table=st.sampled_from(("Contacts", "Addresses")),
    pick=st.integers(min_value=0, max_value=20),
    to=st.integers(min_value=0, max_value=20),
)
EDITS = st.one_of(*[_of_entity(name) for name in NAMES], PART_EDITS, PART_EDITS)

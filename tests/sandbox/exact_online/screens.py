"""What people do on the screens of Exact: change, add and delete, by the codes that they see."""

from tests.sandbox.exact_online.body import typed
from tests.sandbox.exact_online.entities import Entity, entity
from tests.sandbox.exact_online.lookup import find
from tests.sandbox.exact_online.registry import Resource
from tests.sandbox.exact_online.values import Row
from tests.sandbox.exact_online.world import World

FIRST_FREE = 1000  # where nothing has a number yet, the next one is the first above this

# What a new record has when nothing else is said: it is one that the link imports.
FRESH: dict[str, Row] = {
    "accounts": {
        "Name": "Nieuwe relatie",
        "Type": "A",
        "Status": "C",
        "Blocked": False,
        "IsSales": True,
        "IsSupplier": False,
        "IsAnonymised": 0,
        "Country": "NL ",
        "CountryName": "Nederland",
    },
    "cost_centers": {"Description": "Nieuwe kostenplaats"},
    "employees": {"FirstName": "Nieuw", "LastName": "Gezicht", "IsActive": True},
    "items": {
        "Description": "Nieuw artikel",
        "IsSalesItem": True,
        "IsTime": 0,
        "GLRevenueCode": "8005",
        "SalesVatCode": "2",
    },
    "projects": {"Description": "Nieuw project", "Type": 3, "AccountCode": "1068"},
    "vat_codes": {
        "Description": "Nieuwe btw-code",
        "Type": "E",
        "VATTransactionType": "B",
        "Charged": False,
        "EUSalesListing": "N",
        "IsBlocked": False,
    },
    "payment_conditions": {
        "Description": "Nieuwe betalingsconditie",
        "PaymentDays": 21,
        "PaymentEndOfMonths": 0,
        "PaymentMethod": "B",
    },
}
STARTING = ("accounts", "employees", "items", "projects")


class Screens:
    """The administration as its own people change it; values as in JSON, codes without padding."""

    def __init__(self, world: World, registry: dict[str, Resource]) -> None:
        self._world = world
        self._registry = registry

    def change(self, name: str, code: str, changes: dict[str, object]) -> Row:
        """Change a record; of instalments all rows are changed, and the first is returned.

        Raises:
            LookupError: there is no such record, or no such entity.
            RequestError: no such property, or no value for it.
        """
        kind = entity(name)
        with self._world.lock:
            written = self._complete(kind, self._typed(kind, changes))
            rows = self._world.coded(name, code)
            changed = [self._world.change(kind.table, row["ID"], written) for row in rows]
            if name == "accounts" and "Code" in written:
                self._renumbered(changed[0])
            return changed[0]

    def add(self, name: str, values: dict[str, object]) -> Row:
        """Add a record of today with the next free code; one to import, unless told otherwise.

        Raises:
            LookupError: there is no such entity.
            RequestError: no such property, or no value for it.
            ValueError: the code is in use (X158).
        """
        kind = entity(name)
        with self._world.lock:
            codes = {row["Code"].strip() for row in self._world.tables[kind.table]}
            fresh = {"Code": _next_code(codes)} | FRESH[name]
            row = self._complete(kind, self._typed(kind, fresh | values))
            # X84: rows with one code are instalments of one condition
            if row["Code"].strip() in codes and name != "payment_conditions":
                raise ValueError(f"the code {row['Code'].strip()} is in use")
            started = {"StartDate": self._world.today()} if name in STARTING else {}
            return self._world.add(kind.table, {"ID": self._world.new_id()} | started | row)

    def delete(self, name: str, code: str) -> None:
        """Delete a record; a sync endpoint forgets it and the feed of deletions tells (X98).

        Raises:
            LookupError: there is no such record, or no such entity.
        """
        with self._world.lock:
            for row in self._world.coded(name, code):
                self._world.delete(entity(name).table, row["ID"])

    def delete_part(self, table: str, key: str) -> None:
        """Delete a contact or an address; nothing refers to it any more.

        Raises:
            LookupError: there is no such row.
        """
        with self._world.lock:
            self._let_go(table, key)
            self._world.delete(table, key)

    def move_part(self, table: str, key: str, code: str) -> Row:
        """Hang a contact or an address on the account with this code (X80).

        The account that had it refers to it no more. A moved address has no contact, since its
        contact is one of that account.

        Raises:
            LookupError: there is no such row, or no such account.
        """
        with self._world.lock:
            moved: Row = {"Account": self._world.account(code)["ID"]}
            if table == "Addresses":
                moved["Contact"] = None
            self._let_go(table, key)
            return self._world.change(table, key, moved)

    def _let_go(self, table: str, key: str) -> None:
        """Empty what refers to a contact; the rows that did are changed by that."""
        references = {"Accounts": "MainContact", "Addresses": "Contact"}
        for other, field in references.items() if table == "Contacts" else ():
            for row in [row for row in self._world.tables[other] if row.get(field) == key]:
                self._world.change(other, row["ID"], {field: None})

    def _renumbered(self, account: Row) -> None:
        """Show the new number wherever the account is referred to; those rows do not change."""
        for table, reference in (("Accounts", "InvoiceAccount"), ("Projects", "Account")):
            for row in self._world.tables[table]:
                if row.get(reference) == account["ID"]:
                    row[f"{reference}Code"] = account["Code"]

    def _typed(self, kind: Entity, values: dict[str, object]) -> Row:
        return kind.written(typed(values, self._registry[kind.path].fields))

    def _complete(self, kind: Entity, row: Row) -> Row:
        """Fill in what Exact fills in when something is chosen by its code (X74)."""
        if kind.name == "projects" and "AccountCode" in row:
            code = row["AccountCode"]
            account = self._world.account(code) if code else {}
            names = {"Account": "ID", "AccountCode": "Code", "AccountName": "Name"}
            row |= {name: account.get(source) for name, source in names.items()}
        if kind.name == "accounts" and "InvoiceAccountCode" in row:
            code = row["InvoiceAccountCode"]
            debtor = find(self._world, "Accounts", "Code", code) if code else None
            row |= {"InvoiceAccount": debtor["ID"] if debtor else None}
        if kind.name == "items" and "GLRevenueCode" in row:
            code = row["GLRevenueCode"]
            ledger = find(self._world, "GLAccounts", "Code", code) if code else {}
            if ledger is None:
                raise LookupError(f"there is no G/L account {code}")
            names = {"GLRevenue": "ID", "GLRevenueDescription": "Description"}
            row |= {name: ledger.get(source) for name, source in names.items()}
        return row


def _next_code(codes: set[str]) -> str:
    numbers = [int(code) for code in codes if code.isdecimal()]
    return str(max(numbers, default=FIRST_FREE) + 1)

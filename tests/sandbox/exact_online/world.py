"""The administration itself: its tables, its row versions, and what happens later."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import RLock
from uuid import NAMESPACE_URL, uuid5

from tests.sandbox.common import company
from tests.sandbox.common.clock import Clock
from tests.sandbox.exact_online.entities import entity
from tests.sandbox.exact_online.registry import Resource, key_name
from tests.sandbox.exact_online.table import Table
from tests.sandbox.exact_online.users import users
from tests.sandbox.exact_online.values import Row, account_code, midnight, wall_clock

FIRST_TIMESTAMP = 2_000_000_000
FIRST_TIMESTAMP_AFTER_MOVE = 40_000_000
FEED_DAYS = 60  # X98, X187
# The value of a spoiled field that an answer leaves out
LEFT_OUT = object()
# X99: the numbers of the tables in the feed of deletions.
FEED_TYPES = {
    "Accounts": 2,
    "Addresses": 3,
    "DocumentAttachments": 4,
    "Contacts": 5,
    "Documents": 6,
}
FEED_TYPES |= {"GLAccounts": 7, "Items": 9, "Projects": 21, "Employees": 42}


class World:
    """All rows of one administration; hold `lock` for whatever must be seen as one step."""

    def __init__(self, clock: Clock, registry: dict[str, Resource]) -> None:
        self.clock = clock
        self.lock = RLock()
        self.division = company.DIVISION
        self.shown: set[int] = set()
        self.users = users()
        self.closed_periods: set[tuple[int, int]] = set()
        self.contents: dict[str, bytes] = {}
        self._registry = registry
        names = {resource.endpoint.table for resource in registry.values()}
        self.tables = {name: Table(key_name(registry, name)) for name in sorted(names)}
        self._timestamp = FIRST_TIMESTAMP
        self._made = 0
        self.on_change: list[Callable[[str, object, str], object]] = []
        self.spoiled: dict[tuple[str, object], Row] = {}
        self._pending: list[tuple[datetime, Callable[[], object]]] = []

    def beside(self, division: int) -> "World":
        """Return another administration of the same company, in which nothing was ever entered."""
        other = World(self.clock, self._registry)
        other.division = division
        other.lock = self.lock
        other.tables |= {name: self.tables[name] for name in ("Divisions", "Me")}
        return other

    def now(self) -> datetime:
        """Return the wall clock of the server (X67)."""
        return wall_clock(self.clock.now())

    def today(self) -> datetime:
        """Return today as a date-only value."""
        return midnight(self.now())

    def new_timestamp(self) -> int:
        """Return a row version above every existing one (X90)."""
        with self.lock:
            self._timestamp += 1
            return self._timestamp

    def new_id(self) -> str:
        """Return a GUID that was never given out; the same run gives the same ones."""
        with self.lock:
            self._made += 1
            return str(uuid5(NAMESPACE_URL, f"made:{self._made}"))

    def put(self, table: str, row: Row) -> Row:
        """Add or replace a row; every write gets a higher Timestamp (X90, X187)."""
        with self.lock:
            row["Timestamp"] = self.new_timestamp()
            key = row[self.tables[table].key]
            action = "Create" if self.tables[table].get(key) is None else "Update"
            self.tables[table].put(row)
            self._tell(table, key, action)
            return row

    def add(self, table: str, row: Row) -> Row:
        """Add a row of today, with the stamps that Exact sets."""
        stamps = {"Created": self.now(), "Modified": self.now(), "Division": self.division}
        return self.put(table, row | stamps)

    def change(self, table: str, key: str | int, changes: Row) -> Row:
        """Change a row as a user in Exact would.

        Raises:
            LookupError: there is no such row.
        """
        with self.lock:
            row = self.tables[table].get(key)
            if row is None:
                raise LookupError(f"{table} has no row {key}")
            return self.put(table, row | changes | {"Modified": self.now()})

    def change_late(self, table: str, key: str, changes: Row) -> Callable[[], None]:
        """Take a Timestamp now and return the commit that comes later (X94, X187)."""
        reserved = self.new_timestamp()

        def commit() -> None:
            with self.lock:
                row = self.tables[table].get(key) or {}
                late = {"Modified": self.now(), "Timestamp": reserved}
                self.tables[table].put(row | changes | late)

        return commit

    def change_slowly(self, table: str, key: str, changes: Row, seconds: float) -> None:
        """Change a row in a transaction that is open for some seconds (X94).

        Its Timestamp is given out now; nobody sees it before the commit. When somebody else changes
        or deletes the row meanwhile, the transaction is rolled back.
        """
        before, commit = self.tables[table].get(key), self.change_late(table, key, changes)

        def commit_or_roll_back() -> None:
            if before is not None and self.tables[table].get(key) is before:
                commit()

        self.later(seconds, commit_or_roll_back)

    def spoil(self, table: str, key: str, fields: Row) -> None:
        """Let a row show these values from now on, whatever its type; `LEFT_OUT` leaves one out.

        The row itself stays, and gets a new Timestamp, so that a sync endpoint shows it.
        """
        with self.lock:
            self.spoiled[table, key] = fields
            self.change(table, key, {})

    def mend(self, table: str, key: str) -> None:
        """Show a row as it is again, as after somebody saved it anew."""
        with self.lock:
            self.spoiled.pop((table, key), None)
            if self.tables[table].get(key) is not None:
                self.change(table, key, {})

    def delete(self, table: str, key: str) -> None:
        """Delete a row as a user in Exact would; the feed tells of it (X98)."""
        with self.lock:
            if self.tables[table].remove(key) is None:
                return
            self._tell(table, key, "Delete")
            if table in FEED_TYPES:
                feed = {"ID": self.new_id(), "EntityKey": key, "EntityType": FEED_TYPES[table]}
                self.add("Deleted", feed | {"DeletedDate": self.now()})

    def delete_slowly(self, table: str, key: str, seconds: float) -> None:
        """Delete a row in a transaction that is open for some seconds, like `change_slowly`."""
        reserved = self.new_timestamp()

        def commit() -> None:
            self.delete(table, key)
            (told,) = [row for row in self.tables["Deleted"] if row["EntityKey"] == key]
            self.tables["Deleted"].put(told | {"Timestamp": reserved})

        self.later(seconds, commit)

    def forget_old_deletions(self) -> None:
        """Drop what the feed no longer tells: it goes back 60 days (X98, X187)."""
        oldest = self.now() - timedelta(days=FEED_DAYS)
        feed = self.tables["Deleted"]
        for row in [row for row in feed if row["DeletedDate"] < oldest]:
            feed.remove(row["ID"])

    def move_division(self) -> None:
        """Move to another database: all Timestamps are issued anew and lower (X97, X187)."""
        with self.lock:
            self._timestamp = FIRST_TIMESTAMP_AFTER_MOVE
            for table in self.tables.values():
                rows = list(table)
                for row in rows:
                    table.remove(row[table.key])
                for row in rows:
                    table.put(row | {"Timestamp": self.new_timestamp()})
            self.set_division({"DivisionMoveDate": self.now()})

    def _tell(self, table: str, key: object, action: str) -> None:
        """Tell whoever wants to know of a change (X177)."""
        for told in self.on_change:
            told(table, key, action)

    def later(self, seconds: float, commit: Callable[[], object]) -> None:
        """Commit something after some seconds of the sandbox clock (X190)."""
        self._pending.append((self.clock.now() + timedelta(seconds=seconds), commit))

    def settle(self) -> None:
        """Commit what has come due; called before every request."""
        with self.lock:
            due = [item for item in self._pending if item[0] <= self.clock.now()]
            self._pending = [item for item in self._pending if item not in due]
            for _, commit in sorted(due, key=lambda item: item[0]):
                commit()

    def account(self, code: str) -> Row:
        """Return an account by its code, with or without the padding.

        Raises:
            LookupError: there is no such account.
        """
        wanted = account_code(code)
        with self.lock:
            for row in self.tables["Accounts"]:
                if row["Code"] == wanted:
                    return row
        raise LookupError(f"there is no account {code}")

    def coded(self, name: str, code: str) -> list[Row]:
        """Return the rows of an entity with a code; several only where there are instalments.

        Raises:
            LookupError: there is no such row, or no such entity.
        """
        wanted = code.strip()
        with self.lock:
            rows = [row for row in self.tables[entity(name).table] if row["Code"].strip() == wanted]
        if not rows:
            raise LookupError(f"there is no {name.removesuffix('s')} {code}")
        return rows

    def importable(self, name: str) -> list[Row]:
        """Return the rows of an entity that the link creates today, one for each code.

        Raises:
            LookupError: there is no such entity.
        """
        kind = entity(name)
        with self.lock:
            return [row for row in self.tables[kind.table] if kind.imports(self, row)]

    def importable_accounts(self) -> list[Row]:
        """Return the accounts that the link creates: customers that are active today (L7)."""
        return self.importable("accounts")

    def set_division(self, changes: Row) -> Row:
        """Change the state of the division, as an office or Exact itself would (X89)."""
        return self.change("Divisions", self.division, changes)

    def is_division_open(self, division: int) -> bool:
        """Say whether a division is active and not blocked (X89)."""
        row = self.tables["Divisions"].get(division) or {}
        return row.get("Status") == 1 and row.get("BlockingStatus") == 0

    def add_division(self, code: int, description: str) -> Row:
        """Show every user one more company in the list; nothing of it can be read."""
        self.shown.add(code)
        own = self.tables["Divisions"].get(self.division) or {}
        other = {"Code": code, "Description": description, "Status": 1, "BlockingStatus": 0}
        return self.put("Divisions", own | other)

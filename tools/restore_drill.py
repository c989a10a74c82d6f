"""`make restore-drill`: lose both tables on a local stack, restore them, and show what that costs.

    book some invoices -> back up both tables -> book more, and let one login move on
      -> lose both tables -> restore them under other names -> deploy with them and `RestoredAt`
      -> deliver every invoice again -> no invoice is in Exact twice
      -> the logins that moved on since the backup must be renewed, and no others

The same at AWS, step by step, is in `docs/operate.md`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from koppeling.auth.oauth import EXACT, MILESTONES
from koppeling.auth.token_pair import TokenState
from koppeling.bootstrap import Wiring
from koppeling.core.ids import ConnectionId
from koppeling.push.outbox import State
from tests.sandbox.common import company
from tests.sandbox.exact_online.control import ExactControl
from tests.sandbox.invoices import InvoiceFiles, build_invoice
from tests.sandbox.qics_milestones.control import MilestonesControl
from tools.paths import STATE
from tools.stack.connect import connect, log_in_at_exact, wiring_of
from tools.stack.deployed import Stack
from tools.stack.processes import eventually
from tools.stack.stack import local_stack, up_again

CONNECTION = ConnectionId(company.CONNECTION)
ACCOUNTS = 50
TABLES = ("SyncTable", "TokensTable")
RESTORED: Mapping[str, str] = {"SyncTable": "sync-restored", "TokensTable": "tokens-restored"}
BEFORE, AFTER = ("2026D001", "2026D002"), ("2026D003", "2026D004")
NEW = "2026D005"
# Where the watch puts the logins and connections that it looks at, one message for each
ROUNDS = "RoundQueueUrl"
# X17: the watch refreshes a chain that was not used for a week
UNUSED = timedelta(days=8)


class DrillFailedError(Exception):
    """A restore would not go as the documents say."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a restore did: entries in Exact for each invoice, and the state of each login."""

    entries: Mapping[str, int]
    moved_on: frozenset[str]
    to_renew: frozenset[str]


class Drill:
    """A stack that loses its tables."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.exact = ExactControl(stack.exact_url)
        self.milestones = MilestonesControl(stack.milestones_url)
        self._wiring: Wiring = wiring_of(stack)

    def run(self) -> Found:
        """Lose both tables and restore them; returns what became of invoices and logins."""
        print("books invoices, backs up both tables, and books more")
        connect(self.stack)
        self.stack.invoke("PullAccountsFunction", {"connection": CONNECTION})
        before, after = _invoices(BEFORE), _invoices(AFTER)
        self._book(before)
        backups = {table: self._back_up(table) for table in TABLES}
        generations = self._generations()
        self._leave_unused(EXACT.name)
        self._watch()
        self._book(after)
        now = self._generations()
        moved_on = frozenset(key for key, seen in now.items() if seen != generations[key])
        print("loses both tables, and restores them")
        for table in TABLES:
            self._lose(table)
        for table in TABLES:
            self._restore(table, backups[table])
        self._deploy_with_restored_tables()
        to_renew = self._logins_that_end()
        print("delivers every invoice again")
        log_in_at_exact(self.stack)
        self._book([*before, *after, *_invoices([NEW])])
        return Found(self._entries(), moved_on, to_renew)

    def _book(self, files: Iterable[InvoiceFiles]) -> None:
        inbox = self.stack.outputs["InboxBucket"]
        numbers = []
        for each in files:
            for key, content in ((each.pdf_key, each.pdf_bytes), (each.json_key, each.json_bytes)):
                self.stack.objects.put_object(Bucket=inbox, Key=key, Body=content)
            numbers.append(each.document["invoice_number"])
        done = eventually(lambda: all(self._state(number) is State.DONE for number in numbers))
        states = {number: self._state(number) for number in numbers}
        _demand(done, f"every invoice that is delivered is done in the end: {states}")
        drained = eventually(lambda: self.stack.waiting("SalesEntryQueueUrl") == 0)
        said = self.stack.log_lines("PushSalesEntriesFunction")[-5:]
        _demand(drained, f"every message is worked off; the push said last: {said}")

    def _state(self, number: str) -> State | None:
        item = self._wiring.stores.outbox.get(CONNECTION, number)
        return None if item is None else item.state

    def _entries(self) -> dict[str, int]:
        whole = [
            entry["your_ref"]
            for entry in self.exact.entries()
            if [len(each["attachments"]) for each in entry["documents"]] == [1]
        ]
        listed = [entry["your_ref"] for entry in self.exact.entries()]
        _demand(sorted(whole) == sorted(listed), "every entry has one document with one file")
        return {number: listed.count(number) for number in (*BEFORE, *AFTER, NEW)}

    def _back_up(self, table: str) -> str:
        answer = self.stack.tables.create_backup(
            TableName=self.stack.outputs[table], BackupName=f"drill-{table}"
        )
        return answer["BackupDetails"]["BackupArn"]

    def _lose(self, table: str) -> None:
        self.stack.tables.delete_table(TableName=self.stack.outputs[table])

    def _restore(self, table: str, backup: str) -> None:
        self.stack.tables.restore_table_from_backup(
            TargetTableName=RESTORED[table], BackupArn=backup
        )

    def _deploy_with_restored_tables(self) -> None:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ")
        given = {f"Existing{table}": RESTORED[table] for table in TABLES}
        self.stack = up_again(self.stack, {**given, "RestoredAt": now})
        for name, wanted in (("RESTORED_AT", now), ("SYNC_TABLE", RESTORED["SyncTable"])):
            seen = self.stack.variables("PushSalesEntriesFunction")[name]
            _demand(seen == wanted, f"the alias of the push has {name}={wanted}, not {seen}")
        self._wiring = wiring_of(self.stack)

    def _logins_that_end(self) -> frozenset[str]:
        """Let every login be refreshed from what was restored; returns those that ended."""
        self._leave_unused()
        for _ in range(2):  # an answer that may have been lost is asked for once more (X21)
            self._watch()
        facts = list(self._wiring.stores.tokens.all_facts())
        return frozenset(each.key.provider for each in facts if each.state is TokenState.RECONNECT)

    def _leave_unused(self, provider: str = "") -> None:
        """Make chains so old that the watch refreshes them, also for the sandboxes."""
        tables: Any = self.stack.tables
        for item in self._chains():
            if provider in {"", item["provider"]["S"]}:
                tables.update_item(
                    TableName=self.stack.outputs["TokensTable"],
                    Key={"pk": item["pk"]},
                    UpdateExpression="ADD granted_at :back, refresh_from :back",
                    ExpressionAttributeValues={":back": {"N": str(-int(UNUSED.total_seconds()))}},
                )
        # Only there: a token of the other system that ended would move that login on as well
        if provider != MILESTONES.name:
            self.exact.advance(600)
        if provider != EXACT.name:
            self.milestones.advance(600)

    def _watch(self) -> None:
        self.stack.invoke("WatchFunction", {"watch": "daily"})
        looked = eventually(lambda: self.stack.waiting(ROUNDS) == 0)
        _demand(looked, "the watch has looked at every login and connection")

    def _chains(self) -> list[dict[str, Any]]:
        tables: Any = self.stack.tables
        found: list[dict[str, Any]] = tables.scan(TableName=self.stack.outputs["TokensTable"])[
            "Items"
        ]
        return found

    def _generations(self) -> dict[str, str]:
        return {item["provider"]["S"]: item["generation"]["N"] for item in self._chains()}


def drill() -> Found:
    """Run it on a stack of its own, and demand what a restore promises.

    Raises:
        DrillFailedError: a promise was not kept.
    """
    with local_stack(STATE / "restore-drill", accounts=ACCOUNTS) as stack:
        found = Drill(stack).run()
    doubled = {number: count for number, count in found.entries.items() if count != 1}
    _demand(not doubled, f"every invoice is in Exact once: {doubled}")
    _demand(
        found.to_renew == found.moved_on == {EXACT.name},
        f"who logs in again: {set(found.to_renew)}, who moved on: {set(found.moved_on)}",
    )
    return found


def _invoices(numbers: Sequence[str]) -> list[InvoiceFiles]:
    return [build_invoice(number, debtor_code="1071") for number in numbers]


def _demand(met: bool, claim: str) -> None:  # noqa: FBT001 - a claim and whether it holds
    if not met:
        raise DrillFailedError(claim)


if __name__ == "__main__":
    kept = drill()
    print(f"{len(kept.entries)} invoices, each in Exact Online once after the restore")
    print(f"logins to renew: {', '.join(kept.to_renew)}; the others go on as they were")

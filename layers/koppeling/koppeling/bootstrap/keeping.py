"""What is remembered between invocations."""

from functools import cached_property

from koppeling.bootstrap.aws import Aws
from koppeling.clock import Now
from koppeling.pull_ports import Stores
from koppeling.store.budgets import BudgetStore
from koppeling.store.connections import ConnectionStore
from koppeling.store.divisions import DivisionStore
from koppeling.store.logins import LoginStore
from koppeling.store.outbox import OutboxStore
from koppeling.store.problems import ProblemStore
from koppeling.store.pulls import PullStore
from koppeling.store.records import RecordStore
from koppeling.store.references import ReferenceStore
from koppeling.store.retries import RetryStore
from koppeling.store.seal import KmsSeal
from koppeling.store.slots import SlotStore
from koppeling.store.tokens import DynamoTokenStore
from koppeling.store.told import WarningStore
from koppeling.store.waits import WaitStore


class Keeping:
    """The stores on both tables."""

    def __init__(self, aws: Aws, now: Now) -> None:
        self._aws = aws
        self._now = now

    @cached_property
    def stores(self) -> Stores:
        """What the pulls remember."""
        items = self._aws.sync_items
        return Stores(PullStore(items), self.records, RetryStore(items), self.problems)

    @cached_property
    def problems(self) -> ProblemStore:
        """What people have to mend."""
        return ProblemStore(self._aws.sync_items, self._now)

    @cached_property
    def divisions(self) -> DivisionStore:
        """What is known of administrations."""
        return DivisionStore(self._aws.sync_items)

    @cached_property
    def connections(self) -> ConnectionStore:
        """The connections there are."""
        return ConnectionStore(self._aws.sync_items)

    @cached_property
    def logins(self) -> LoginStore:
        """Logins in the browser that are under way."""
        return LoginStore(self._aws.sync_items)

    @cached_property
    def outbox(self) -> OutboxStore:
        """What is known of each invoice."""
        return OutboxStore(self._aws.sync_items)

    @cached_property
    def tokens(self) -> DynamoTokenStore:
        """The token chains."""
        return DynamoTokenStore(self._aws.token_items, self._seal)

    @cached_property
    def _seal(self) -> KmsSeal:
        """The one seal of this process: its data keys serve all chains."""
        return KmsSeal(lambda: self._aws.kms, self._aws.tokens_key, self._now)

    @cached_property
    def told(self) -> WarningStore:
        """Which warnings were told."""
        return WarningStore(self._aws.sync_items, self._now)

    @cached_property
    def records(self) -> RecordStore:
        """What was carried over of each record."""
        return RecordStore(self._aws.sync_items)

    @cached_property
    def references(self) -> ReferenceStore:
        """Which code is which key, where no record of ours tells it."""
        return ReferenceStore(self._aws.sync_items, self._now)

    @cached_property
    def waits(self) -> WaitStore:
        """Refused invoices that wait for a change."""
        return WaitStore(self._aws.sync_items)

    @cached_property
    def slots(self) -> SlotStore:
        """The places before an administration."""
        return SlotStore(self._aws.sync_items, self._now)

    @cached_property
    def budgets(self) -> BudgetStore:
        """How many calls to Exact were made and may be made."""
        return BudgetStore(self._aws.sync_items)

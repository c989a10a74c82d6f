"""What is remembered between invocations."""

from functools import cached_property

from koppeling.aws.dynamodb.administrations import BudgetStore, DivisionStore
from koppeling.aws.dynamodb.connections import ConnectionStore
from koppeling.aws.dynamodb.logins import LoginStore
from koppeling.aws.dynamodb.notifications import NotificationStore
from koppeling.aws.dynamodb.outbox import BlockedInvoiceStore, OutboxStore
from koppeling.aws.dynamodb.problems import ProblemStore
from koppeling.aws.dynamodb.pulls import PullStore
from koppeling.aws.dynamodb.records import RecordStore
from koppeling.aws.dynamodb.references import LookupCacheStore
from koppeling.aws.dynamodb.retries import RetryStore
from koppeling.aws.dynamodb.semaphore import SemaphoreStore
from koppeling.aws.dynamodb.tokens import DynamoTokenStore
from koppeling.aws.kms import KmsCipher
from koppeling.bootstrap.aws import Aws
from koppeling.core.clock import Now
from koppeling.pull.ports import PullStores


class Stores:
    """The stores on both tables."""

    def __init__(self, aws: Aws, now: Now) -> None:
        self._aws = aws
        self._now = now

    @cached_property
    def pull_stores(self) -> PullStores:
        """What the pulls remember."""
        items = self._aws.sync_items
        return PullStores(PullStore(items), self.records, RetryStore(items), self.problems)

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
        return DynamoTokenStore(self._aws.token_items, self._cipher)

    @cached_property
    def _cipher(self) -> KmsCipher:
        """The one seal of this process: its data keys serve all chains."""
        return KmsCipher(lambda: self._aws.kms, self._aws.tokens_key, self._now)

    @cached_property
    def notifications(self) -> NotificationStore:
        """Which warnings were told."""
        return NotificationStore(self._aws.sync_items, self._now)

    @cached_property
    def records(self) -> RecordStore:
        """What was carried over of each record."""
        return RecordStore(self._aws.sync_items)

    @cached_property
    def lookup_cache(self) -> LookupCacheStore:
        """Which code is which key, where no record of ours tells it."""
        return LookupCacheStore(self._aws.sync_items, self._now)

    @cached_property
    def blocked_invoices(self) -> BlockedInvoiceStore:
        """Refused invoices that wait for a change."""
        return BlockedInvoiceStore(self._aws.sync_items)

    @cached_property
    def semaphore(self) -> SemaphoreStore:
        """The places before an administration."""
        return SemaphoreStore(self._aws.sync_items, self._now)

    @cached_property
    def budgets(self) -> BudgetStore:
        """How many calls to Exact were made and may be made."""
        return BudgetStore(self._aws.sync_items)

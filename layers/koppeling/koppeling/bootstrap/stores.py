"""The stores on both tables: what is remembered between invocations."""

from functools import cached_property
from typing import TYPE_CHECKING

from koppeling.aws.dynamodb.administrations import BudgetStore, DivisionStore
from koppeling.aws.dynamodb.allowances import AllowanceStore
from koppeling.aws.dynamodb.connections import ConnectionStore
from koppeling.aws.dynamodb.deletions import DeletionStore
from koppeling.aws.dynamodb.holders import HolderStore
from koppeling.aws.dynamodb.links import LinkStore
from koppeling.aws.dynamodb.log import LogStore
from koppeling.aws.dynamodb.notifications import NotificationStore
from koppeling.aws.dynamodb.outages import OutageStore
from koppeling.aws.dynamodb.preferences import PreferenceStore
from koppeling.aws.dynamodb.presses import PressStore
from koppeling.aws.dynamodb.problems import ProblemStore
from koppeling.aws.dynamodb.pulls import PullStore
from koppeling.aws.dynamodb.records import RecordStore
from koppeling.aws.dynamodb.references import LookupCacheStore
from koppeling.aws.dynamodb.retries import RetryStore
from koppeling.aws.dynamodb.snapshots import SnapshotStore
from koppeling.aws.dynamodb.ticks import TickStore
from koppeling.aws.dynamodb.tokens import DynamoTokenStore
from koppeling.aws.dynamodb.webhooks import WebhookStore
from koppeling.aws.kms import KmsCipher
from koppeling.bootstrap.aws import Aws
from koppeling.core.clock import Now
from koppeling.core.ids import ConnectionId
from koppeling.pull.ports import PullStores

if TYPE_CHECKING:
    from koppeling.aws.dynamodb.comparisons import ComparedEntryStore, MonthStore
    from koppeling.aws.dynamodb.doubles import DoubleStore
    from koppeling.aws.dynamodb.intake_keys import IntakeKeyStore
    from koppeling.aws.dynamodb.invoice_list import InvoiceListStore
    from koppeling.aws.dynamodb.journal import JournalStore
    from koppeling.aws.dynamodb.logins import LoginStore
    from koppeling.aws.dynamodb.numbers import NumberStateStore
    from koppeling.aws.dynamodb.outbox import BlockedInvoiceStore, OutboxStore
    from koppeling.aws.dynamodb.portal_sessions import PortalSessionStore
    from koppeling.aws.dynamodb.previews import ApprovalStore, PreviewStore
    from koppeling.aws.dynamodb.privacy import TableEraser, TableExporter
    from koppeling.aws.dynamodb.semaphore import SemaphoreStore


class Stores:
    """Every store of a stack; none of them reads or writes before it is used."""

    def __init__(self, aws: Aws, now: Now) -> None:
        self._aws = aws
        self._now = now
        items = aws.sync_items
        self.connections = ConnectionStore(items)
        self.log = LogStore(items)
        self.presses = PressStore(items, now)
        self.allowances = AllowanceStore(items)
        self.preferences = PreferenceStore(items)
        self.notifications = NotificationStore(items, now)
        self.problems = ProblemStore(items, now)
        self.divisions = DivisionStore(items)
        self.budgets = BudgetStore(items)
        self.outages = OutageStore(items)
        self.ticks = TickStore(items)
        self.records = RecordStore(items)
        self.lookup_cache = LookupCacheStore(items, now)
        self.pulls = PullStore(items)
        self.retries = RetryStore(items)
        self.links = LinkStore(items)
        self.deletions = DeletionStore(items)
        self.holders = HolderStore(items)
        self.webhooks = WebhookStore(items, now)
        # One cipher for the whole process: its data key serves all token chains
        self.token_cipher = KmsCipher(lambda: aws.kms, aws.tokens_key, now, stage=aws.stage)
        self.tokens = _tokens(aws, self.token_cipher, now)

    @cached_property
    def journal(self) -> "JournalStore":
        """What first loads overwrote and created."""
        from koppeling.aws.dynamodb.journal import JournalStore  # noqa: PLC0415 - first loads and undo only (P9)

        return JournalStore(self._aws.sync_items, self._now)

    @cached_property
    def doubles(self) -> "DoubleStore":
        """Likely doubles, and what people chose."""
        from koppeling.aws.dynamodb.doubles import DoubleStore  # noqa: PLC0415 - first loads only (P9)

        return DoubleStore(self._aws.sync_items, self._now)

    @cached_property
    def logins(self) -> "LoginStore":
        """Logins that are under way."""
        from koppeling.aws.dynamodb.logins import LoginStore  # noqa: PLC0415 - only the login pages need it (P9)

        return LoginStore(self._aws.sync_items)

    @cached_property
    def portal_sessions(self) -> "PortalSessionStore":
        """Who is signed in to the pages."""
        from koppeling.aws.dynamodb.portal_sessions import PortalSessionStore  # noqa: PLC0415 - only the pages need it (P9)

        return PortalSessionStore(self._aws.sync_items)

    @cached_property
    def semaphore(self) -> "SemaphoreStore":
        """The places before each administration."""
        from koppeling.aws.dynamodb.semaphore import SemaphoreStore  # noqa: PLC0415 - pulls push nothing (P9)

        return SemaphoreStore(self._aws.sync_items, self._now)

    @cached_property
    def outbox(self) -> "OutboxStore":
        """The invoices, each with how far it is."""
        from koppeling.aws.dynamodb.outbox import OutboxStore  # noqa: PLC0415 - likewise

        return OutboxStore(self._aws.sync_items)

    @cached_property
    def invoice_list(self) -> "InvoiceListStore":
        """The invoices as lists show them."""
        from koppeling.aws.dynamodb.invoice_list import InvoiceListStore  # noqa: PLC0415 - likewise

        return InvoiceListStore(self._aws.sync_items)

    @cached_property
    def blocked_invoices(self) -> "BlockedInvoiceStore":
        """The invoices that wait for a record."""
        from koppeling.aws.dynamodb.outbox import BlockedInvoiceStore  # noqa: PLC0415 - likewise

        return BlockedInvoiceStore(self._aws.sync_items)

    @cached_property
    def numbers(self) -> "NumberStateStore":
        """The numbers of invoices that were seen."""
        from koppeling.aws.dynamodb.numbers import NumberStateStore  # noqa: PLC0415 - likewise

        return NumberStateStore(self._aws.sync_items)

    @cached_property
    def months(self) -> "MonthStore":
        """The comparisons of months."""
        from koppeling.aws.dynamodb.comparisons import MonthStore  # noqa: PLC0415 - only the pages and the watch need it

        return MonthStore(self._aws.sync_items, self._now)

    @cached_property
    def compared_entries(self) -> "ComparedEntryStore":
        """The comparisons of entries."""
        from koppeling.aws.dynamodb.comparisons import ComparedEntryStore  # noqa: PLC0415 - likewise

        return ComparedEntryStore(self._aws.sync_items, self._now)

    @cached_property
    def intake_keys(self) -> "IntakeKeyStore":
        """The keys of who hands in invoices over HTTPS."""
        from koppeling.aws.dynamodb.intake_keys import IntakeKeyStore  # noqa: PLC0415 - few functions need it (P9)

        return IntakeKeyStore(self._aws.sync_items)

    def snapshots(self, connection: ConnectionId, entity: str, fencing: int) -> SnapshotStore:
        """What the run with this fencing number keeps of a list of QicsMilestones."""
        return SnapshotStore(self._aws.sync_items, self._now, connection, entity, fencing)

    @cached_property
    def previews(self) -> "PreviewStore":
        """The previews of first loads."""
        from koppeling.aws.dynamodb.previews import PreviewStore  # noqa: PLC0415 - only a first load has them

        return PreviewStore(self._aws.sync_items, self._now)

    @cached_property
    def approvals(self) -> "ApprovalStore":
        """The approvals of first loads."""
        from koppeling.aws.dynamodb.previews import ApprovalStore  # noqa: PLC0415 - only a first load has them

        return ApprovalStore(self._aws.sync_items, self._now)

    @property
    def pull_stores(self) -> PullStores:
        """What a pull remembers."""
        return PullStores(
            self.pulls,
            self.records,
            self.retries,
            self.problems,
            self.links,
            self.deletions,
            self.holders,
        )

    @property
    def eraser(self) -> "TableEraser":
        """What removes a connection from both tables."""
        from koppeling.aws.dynamodb.privacy import TableEraser  # noqa: PLC0415 - no function erases

        return TableEraser(self._aws.sync_items, self._aws.token_items)

    @property
    def exporter(self) -> "TableExporter":
        """What reads everything of a connection."""
        from koppeling.aws.dynamodb.privacy import TableExporter  # noqa: PLC0415 - likewise

        return TableExporter(self._aws.sync_items)


def _tokens(aws: Aws, cipher: KmsCipher, now: Now) -> DynamoTokenStore:
    return DynamoTokenStore(aws.token_items, cipher, milestones_host=aws.milestones_host, now=now)

"""The use cases, and everything they need, for one set of settings."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from koppeling.aws.sqs import SqsQueue
from koppeling.bootstrap.aws import Aws
from koppeling.bootstrap.clients import Clients
from koppeling.bootstrap.settings import Settings, from_environment
from koppeling.bootstrap.stores import Stores
from koppeling.bootstrap.visit import Visit
from koppeling.core.clock import Deadline, Now, now, pause
from koppeling.core.ids import ConnectionId
from koppeling.core.summary import Summary
from koppeling.pull.entities.entity import Entity
from koppeling.pull.entities.registry import ENTITIES

if TYPE_CHECKING:
    from koppeling.auth.login_link import LoginLinks
    from koppeling.auth.pages.routes import LoginRoutes
    from koppeling.aws.bucket_objects import BucketObjects
    from koppeling.aws.dead_letters import SqsDeadLetters
    from koppeling.aws.evidence_bucket import EvidenceBucket
    from koppeling.aws.inbox_bucket import InboxBucket
    from koppeling.bootstrap.mail import Mails
    from koppeling.check.service import Checks
    from koppeling.core.mail import Mailer
    from koppeling.intake.routes import IntakeRoutes
    from koppeling.portal.mails import AskedMails
    from koppeling.portal.pages.routes import PortalRoutes
    from koppeling.pull.dispatch import PullDispatcher
    from koppeling.pull.undo import Undo
    from koppeling.pull.webhook.desk import WebhookDesk
    from koppeling.push.dead_letters import DeadLetters
    from koppeling.push.reconciliation import Reconciler
    from koppeling.push.requeue import Requeuer
    from koppeling.push.settling import Settler
    from koppeling.push.strays import Strays
    from koppeling.push.unseen import Unseen
    from koppeling.push.worker import InvoiceWorker
    from koppeling.watch.daily import DailyWatch
    from koppeling.watch.events import Scheduled
    from koppeling.watch.handover import Handover
    from koppeling.watch.rounds import WatchRound


def wiring(context: Any) -> "Wiring":  # noqa: ANN401 - Lambda's own object
    """Return the wiring of this execution environment, which then knows the time that is left."""
    made = _wiring()
    made.clients.deadline = Deadline(context.get_remaining_time_in_millis)
    return made


@cache
def _wiring() -> "Wiring":
    return Wiring(from_environment())


class Wiring:
    """The use cases of one stack."""

    def __init__(
        self,
        settings: Settings,
        *,
        now: Now = now,
        pause: Callable[[float], None] = pause,
        aws: Aws | None = None,
        entities: Mapping[str, Entity] = ENTITIES,
    ) -> None:
        self.settings = settings
        self.now = now
        self.entities = entities
        self.aws = aws or Aws(settings)
        self.stores = Stores(self.aws, now)
        self.clients = Clients(
            settings, self.aws, self.stores, now=now, pause=pause, entities=entities
        )

    @cached_property
    def pulls(self) -> "PullDispatcher":
        """The pulls of the entity that this function is for."""
        from koppeling.bootstrap import pull  # noqa: PLC0415 - one kind of function needs it (P9)

        return pull.pulls(self)

    @property
    def undo(self) -> "Undo":
        """What undoes a first load."""
        from koppeling.bootstrap.undo import undo_of  # noqa: PLC0415 - seldom, and no tick needs it

        return undo_of(self)

    @cached_property
    def invoice_worker(self) -> "InvoiceWorker":
        """What handles the messages of the sales-entry queue."""
        from koppeling.bootstrap import push  # noqa: PLC0415 - pulls push nothing (P9)

        return push.invoice_worker(self)

    @cached_property
    def inbox(self) -> "InboxBucket":
        """The bucket in which QicsMilestones puts invoices."""
        from koppeling.bootstrap import push  # noqa: PLC0415 - pulls push nothing (P9)

        return push.inbox(self)

    @property
    def inbox_objects(self) -> "BucketObjects":
        """The files in the inbox, for handing them over."""
        from koppeling.bootstrap import push  # noqa: PLC0415 - pulls push nothing (P9)

        return push.inbox_objects(self)

    @property
    def evidence_objects(self) -> "BucketObjects":
        """The files of evidence, likewise."""
        from koppeling.bootstrap import push  # noqa: PLC0415 - pulls push nothing (P9)

        return push.evidence_objects(self)

    @cached_property
    def sales_entry_queue(self) -> SqsQueue:
        """The queue of invoices."""
        return SqsQueue(self.aws.client("sqs"), self.settings.sales_entry_queue_url)

    @property
    def login_links(self) -> "LoginLinks":
        """The links by which a customer's administrator logs in."""
        return self.mails.login_links

    @cached_property
    def login_routes(self) -> "LoginRoutes":
        """The login in the browser."""
        from koppeling.bootstrap.auth import login_routes  # noqa: PLC0415 - one function needs it

        return login_routes(self)

    @cached_property
    def portal_routes(self) -> "PortalRoutes":
        """The pages of the bookkeeper."""
        from koppeling.bootstrap.pages import portal_routes  # noqa: PLC0415 - one function needs it

        return portal_routes(self)

    @cached_property
    def intake_routes(self) -> "IntakeRoutes":
        """The HTTPS API for who hands in invoices."""
        from koppeling.bootstrap.intake import intake_routes  # noqa: PLC0415 - one function needs it

        return intake_routes(self)

    @cached_property
    def webhook_desk(self) -> "WebhookDesk":
        """What answers at the address of the webhook."""
        from koppeling.bootstrap.webhooks import webhook_desk  # noqa: PLC0415 - likewise

        return webhook_desk(self)

    @cached_property
    def visit(self) -> Visit:
        """The time that a browser waits for a page."""
        return Visit()

    @cached_property
    def requeuer(self) -> "Requeuer":
        """What queues blocked invoices again once their cause is gone."""
        from koppeling.bootstrap import push  # noqa: PLC0415 - pulls push nothing (P9)

        return push.requeuer(self)

    @cached_property
    def settler(self) -> "Settler":
        """What settles unknown outcomes that no message settles any more."""
        from koppeling.bootstrap import push  # noqa: PLC0415 - pulls push nothing (P9)

        return push.settler(self)

    @cached_property
    def dead_letters(self) -> "DeadLetters":
        """The messages that the sales-entry queue gave up on."""
        from koppeling.bootstrap import push  # noqa: PLC0415 - pulls push nothing (P9)

        return push.dead_letters(self)

    def dead_letters_in(self, url: str) -> "SqsDeadLetters":
        """Return what lies in a dead-letter queue."""
        from koppeling.bootstrap import push  # noqa: PLC0415 - pulls push nothing (P9)

        return push.dead_letters_in(self, url)

    @cached_property
    def strays(self) -> "Strays":
        """The files in the inbox that belong to no connection."""
        from koppeling.bootstrap import push  # noqa: PLC0415 - pulls push nothing (P9)

        return push.strays(self)

    @cached_property
    def reconciler(self) -> "Reconciler":
        """The comparison of a month with the journal in Exact."""
        from koppeling.bootstrap import push  # noqa: PLC0415 - pulls push nothing (P9)

        return push.reconciler(self)

    @cached_property
    def evidence(self) -> "EvidenceBucket":
        """What was sent to Exact, and what came back."""
        from koppeling.bootstrap import push  # noqa: PLC0415 - pulls push nothing (P9)

        return push.evidence(self)

    @cached_property
    def checks(self) -> "Checks":
        """The readiness checks."""
        from koppeling.check.service import Checks  # noqa: PLC0415 - only the watch needs it (P9)

        return Checks(self.stores.connections, self.clients.check_clients, self.now)

    @property
    def handover(self) -> "Handover":
        """What tells the watch of things that people have to hear of."""
        from koppeling.bootstrap.handover import handover  # noqa: PLC0415 - few runs tell (P9)

        return handover(self)

    def on_login_lost(self, connection: ConnectionId, code: str) -> None:
        """Hand over that a connection needs a login."""
        self.handover.on_login_lost(connection, code)

    def on_first_load(self, connection: ConnectionId) -> None:
        """Hand over that an entity was read to its end for the first time."""
        self.handover.on_first_load(connection)

    @cached_property
    def mails(self) -> "Mails":
        """What writes to the people of connections."""
        from koppeling.bootstrap.mail import Mails  # noqa: PLC0415 - pulls write to nobody (P9)

        return Mails(self.settings, self.aws, self.stores, self.clients.key_of, self.now)

    @property
    def mailer(self) -> "Mailer":
        """What sends one mail."""
        return self.mails.mailer

    @cached_property
    def unseen(self) -> "Unseen":
        """The documents in the inbox that never became an invoice."""
        from koppeling.bootstrap import push  # noqa: PLC0415 - pulls push nothing (P9)

        return push.unseen(self)

    @cached_property
    def round_queue(self) -> SqsQueue:
        """The queue of what the watch is to look after."""
        return SqsQueue(self.aws.client("sqs"), self.settings.round_queue_url)

    @cached_property
    def watch(self) -> "DailyWatch":
        """The daily check of all token chains and connections."""
        from koppeling.bootstrap import rounds  # noqa: PLC0415 - only the watch needs it (P9)

        return rounds.watch(self)

    @cached_property
    def asked_mails(self) -> "AskedMails":
        """What sends the mails that people ask for on the pages."""
        from koppeling.bootstrap.pages import asked_mails  # noqa: PLC0415 - few messages need it

        return asked_mails(self)

    def watch_message(self, body: str) -> Iterator[Summary]:
        """Handle a message of the watch: a mail, one of its round, or a pair of tokens."""
        from koppeling.bootstrap import rounds  # noqa: PLC0415 - only the watch needs it (P9)

        yield from rounds.handle(self, body)

    def round_of(self, which: "Scheduled") -> "WatchRound":
        """Return what a schedule of the watch has it look at."""
        from koppeling.bootstrap import rounds  # noqa: PLC0415 - only the watch needs it (P9)

        return rounds.of_schedule(self, which)

    @property
    def quarterly_round(self) -> "WatchRound":
        """What is looked at every quarter of an hour, day and night."""
        from koppeling.bootstrap import rounds  # noqa: PLC0415 - only the watch needs it (P9)

        return rounds.quarterly(self)

    @property
    def daily_round(self) -> "WatchRound":
        """What is looked at once a day; what concerns one connection is queued for it."""
        from koppeling.bootstrap import rounds  # noqa: PLC0415 - only the watch needs it (P9)

        return rounds.daily(self)

"""Wires the webhook of Exact: its address, and its subscriptions."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from koppeling.aws.secrets import WebhookSecret
from koppeling.aws.sqs import SqsQueue
from koppeling.bootstrap.observability import report
from koppeling.core.connection import Connection
from koppeling.exact.webhooks import ExactSubscriptions
from koppeling.pull.webhook.desk import PATH, WebhookDesk
from koppeling.pull.webhook.early_ticks import EarlyTicks
from koppeling.pull.webhook.message import ENTITIES
from koppeling.pull.webhook.subscriptions import Subscriptions

if TYPE_CHECKING:
    from koppeling.bootstrap.wiring import Wiring


def webhook_desk(wiring: "Wiring") -> WebhookDesk:
    """Build what answers at the address of the webhook."""
    sqs, urls = wiring.aws.client("sqs"), wiring.settings.pull_queue_urls
    early_ticks = EarlyTicks(
        subscribed=wiring.stores.webhooks,
        connections=wiring.stores.connections,
        queues={name: SqsQueue(sqs, urls[name]) for name in ENTITIES.values()},
        intervals={name: wiring.entities[name].interval_minutes for name in ENTITIES.values()},
        now=wiring.now,
    )
    client = wiring.aws.client("secretsmanager")
    secret = WebhookSecret(client, wiring.settings.apps_secret, wiring.now)
    return WebhookDesk(early_ticks, secret.key, report)


def subscriptions(wiring: "Wiring") -> Subscriptions:
    """Build what keeps the subscriptions alive."""
    clients = wiring.clients

    def open_exact(connection: Connection) -> tuple[ExactSubscriptions, Callable[[], object]]:
        limiter = clients.rate_limiter(connection, for_invoices=False)
        return ExactSubscriptions(clients.exact(connection, limiter)), limiter.save

    address = f"{wiring.settings.connect_url}{PATH}"
    return Subscriptions(address, open_exact, wiring.stores.webhooks, wiring.now)

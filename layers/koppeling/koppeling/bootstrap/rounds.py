"""Wires the watch: what its rounds look at, in which order, and what its messages ask for."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from koppeling.auth.oauth import EXACT, MILESTONES
from koppeling.aws.sqs import lying_in
from koppeling.bootstrap.comparisons import compared, compared_by_itself
from koppeling.bootstrap.completeness import once_a_day
from koppeling.bootstrap.observability import report
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.summary import Summary
from koppeling.portal.messages import mail_request
from koppeling.watch.daily import DailyWatch
from koppeling.watch.events import Scheduled
from koppeling.watch.looks import DeadLetterCount, TickCheck, WaitingInvoices
from koppeling.watch.messages import ConnectionRound, LoginRound, round_of
from koppeling.watch.rounds import WatchRound
from koppeling.watch.working_logins import WorkingLogins

if TYPE_CHECKING:
    from koppeling.bootstrap.wiring import Wiring


def watch(wiring: "Wiring") -> DailyWatch:
    """Return the daily check of all token chains and connections."""
    stores = wiring.stores
    logins = WorkingLogins(stores.tokens, wiring.clients.key_of, stores.problems)

    def looks(connection_id: ConnectionId) -> Iterator[Summary]:
        connection = stores.connections.get(connection_id)
        yield wiring.requeuer.requeue_daily(connection)
        if connection is not None:
            yield logins.look(connection)
        yield wiring.unseen.look(connection_id)
        if connection is not None:
            yield from wiring.mails.looks(connection)
            yield from once_a_day(wiring, connection)
            yield from compared_by_itself(wiring, connection)
            if wiring.settings.has_webhooks:
                yield subscribed(wiring, connection)

    return DailyWatch(
        chains=stores.tokens,
        keep_alive=lambda key: wiring.clients.chain_of(key).keep_alive(),
        connections=stores.connections,
        looks=looks,
        problems=stores.problems,
        notifier=wiring.mails.notifier,
        queue=wiring.round_queue,
        reconnect={provider.name: provider.reconnect for provider in (EXACT, MILESTONES)},
        now=wiring.now,
    )


def subscribed(wiring: "Wiring", connection: Connection) -> Summary:
    """Look after the subscriptions of a connection, in a stack that has the webhook."""
    from koppeling.bootstrap.webhooks import subscriptions  # noqa: PLC0415 - few stacks have it

    return subscriptions(wiring).look(connection)


def quarterly(wiring: "Wiring") -> WatchRound:
    """Return the round of every quarter of an hour."""
    stores, now, settings = wiring.stores, wiring.now, wiring.settings
    intervals = {name: entity.interval_minutes for name, entity in wiring.entities.items()}
    ticks = TickCheck(stores.ticks, intervals, now)
    waiting = WaitingInvoices(stores.outbox, stores.connections, stores.problems, now)
    urls = settings.dead_letter_urls
    dead_letters = DeadLetterCount(lambda: lying_in(wiring.aws.client("sqs"), urls))
    looks = (
        *(ticks.look, waiting.look, dead_letters.look),
        *(wiring.settler.settle_entries, wiring.dead_letters.look),
        wiring.mails.notifier.try_again,
    )
    return WatchRound(looks, report)


def of_schedule(wiring: "Wiring", which: Scheduled) -> WatchRound:
    """Return the round of a schedule."""
    match which:
        case Scheduled.DEAD_LETTERS:
            return wiring.quarterly_round
        case Scheduled.MORNING:
            return WatchRound((wiring.mails.morning.fan_out,), report)
        case Scheduled.DAILY:
            return wiring.daily_round


def daily(wiring: "Wiring") -> WatchRound:
    """Return the round of every day."""
    looks = (
        *(wiring.strays.look, wiring.unseen.close_seen, wiring.settler.settle_uploads),
        *(wiring.watch.complete_index, wiring.watch.fan_out),
    )
    return WatchRound(looks, report)


def handle(wiring: "Wiring", body: str) -> Iterator[Summary]:
    """Handle a message of the watch: a mail, one of its round, or a pair of tokens."""
    if (asked := mail_request(body)) is not None:
        yield wiring.asked_mails.send(asked)
    elif (found := compared(wiring, body)) is not None:
        yield found
    elif (wanted := round_of(body)) is None:
        yield wiring.clients.tokens.receive(body)
    elif isinstance(wanted, LoginRound | ConnectionRound):
        yield from wiring.watch.handle(wanted)
    else:
        yield wiring.mails.handle(wanted, wiring.entities)

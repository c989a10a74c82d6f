"""Wires the rounds of the watch: what is looked at, and in which order."""

from typing import TYPE_CHECKING

from koppeling.aws.sqs import lying_in
from koppeling.bootstrap.observability import report
from koppeling.watch.looks import DeadLetterCount, TickCheck, WaitingInvoices
from koppeling.watch.rounds import WatchRound

if TYPE_CHECKING:
    from koppeling.bootstrap.wiring import Wiring


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
    )
    return WatchRound(looks, report)


def daily(wiring: "Wiring") -> WatchRound:
    """Return the round of every day."""
    looks = (
        *(wiring.strays.look, wiring.unseen.close_seen, wiring.settler.settle_uploads),
        *(wiring.watch.complete_index, wiring.watch.fan_out),
    )
    return WatchRound(looks, report)

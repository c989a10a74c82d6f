"""Lambda handler of the watch: its two schedules, and the requests of operators."""

from dataclasses import asdict
from typing import Any

from koppeling import bootstrap
from koppeling.bootstrap.observability import invocation, report
from koppeling.core import decimal_json as decimals
from koppeling.core.clock import Deadline
from koppeling.watch import events


def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401 - Lambda's own objects
    """Handle one event; `koppeling.watch.events` defines its shapes."""
    wiring, deadline = bootstrap.wiring(), Deadline(context.get_remaining_time_in_millis)
    with invocation(context):
        match events.watch_event(event):
            case events.Scheduled.DAILY:
                report(wiring.requeuer.requeue_all(wiring.stores.connections.listed()))
                return asdict(report(wiring.watch.run(deadline)))
            case events.Scheduled.DEAD_LETTERS:
                return asdict(report(wiring.dead_letters.look()))
            case events.CheckUp(connection):
                return asdict(wiring.checks.run(connection))
            case events.Reconcile(connection, period, lines):
                found = wiring.reconciler.run(connection, period, lines=lines)
                return decimals.as_text(asdict(found))

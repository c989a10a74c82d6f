"""Lambda handler of the watch: its schedules, handed-on tokens, and requests of operators."""

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.batch import process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from koppeling import bootstrap
from koppeling.bootstrap.observability import batch_processor, invocation, report
from koppeling.core import decimal_json as decimals
from koppeling.core.clock import Deadline
from koppeling.watch import events


def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401 - Lambda's own objects
    """Handle one event; `koppeling.watch.events` defines its shapes."""
    wiring, deadline = bootstrap.wiring(context), Deadline(context.get_remaining_time_in_millis)

    def receive(record: SQSRecord) -> None:
        report(wiring.clients.tokens.receive(record.body))

    with invocation(context):
        match events.watch_event(event):
            case events.Scheduled.DAILY:
                report(wiring.strays.look())
                report(wiring.settler.settle_uploads())
                report(wiring.requeuer.requeue_all(wiring.stores.connections.listed()))
                return asdict(report(wiring.watch.run(deadline)))
            case events.Scheduled.DEAD_LETTERS:
                report(wiring.settler.settle_entries())
                return asdict(report(wiring.dead_letters.look()))
            case events.HandedOnTokens():
                return process_partial_response(event, receive, batch_processor(), context)
            case events.CheckUp(connection):
                return asdict(wiring.checks.run(connection))
            case events.Reconcile(connection, period, lines):
                found = wiring.reconciler.run(connection, period, lines=lines)
                return decimals.as_text(asdict(found))

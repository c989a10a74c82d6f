"""Lambda handler of the watch: its schedules, its messages, and requests of operators."""

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.batch import process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from koppeling import bootstrap
from koppeling.bootstrap.comparisons import compared_by_hand
from koppeling.bootstrap.observability import batch_processor, invocation, report
from koppeling.watch import events
from koppeling.watch.bounces import MailFeedback


def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401 - Lambda's own objects
    """Handle one event; `koppeling.watch.events` defines its shapes."""
    wiring = bootstrap.wiring(context)

    def receive(record: SQSRecord) -> None:
        for summary in wiring.watch_message(record.body):
            report(summary)

    with invocation(context):
        match events.watch_event(event):
            case events.Scheduled() as which:
                return asdict(wiring.round_of(which).run())
            case MailFeedback() as feedback:
                return asdict(report(wiring.mails.bounces.take(feedback)))
            case events.Messages():
                return process_partial_response(event, receive, batch_processor(), context)
            case events.CheckUp(connection):
                return asdict(wiring.checks.run(connection))
            case events.Reconcile() | events.Beside() as asked:
                return compared_by_hand(wiring, asked)

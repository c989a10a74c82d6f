"""Lambda handler of the pulls, deployed once per entity: a tick, messages, or a direct event."""

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.batch import process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from koppeling import bootstrap
from koppeling.bootstrap.observability import batch_processor, invocation, report
from koppeling.core.clock import Deadline, now
from koppeling.pull import events


def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401 - Lambda's own objects
    """Handle one event; `koppeling.pull.events` defines its shapes."""
    pulls = bootstrap.wiring(context).pulls
    deadline = Deadline(context.get_remaining_time_in_millis)

    def handle(record: SQSRecord) -> None:
        report(pulls.handle_message(events.pull_message(record.body), deadline))

    with invocation(context):
        match events.pull_event(event, now()):
            case events.Tick(slot):
                return asdict(report(pulls.fan_out(slot)))
            case events.Direct(connection, full, dry_run=True):
                preview = pulls.preview(connection, deadline, full=full)
                report(preview.summary)
                return asdict(preview)
            case events.Direct(connection, full):
                return asdict(report(pulls.run(connection, deadline, full=full)))
            case events.Batch():
                return process_partial_response(event, handle, batch_processor(), context)

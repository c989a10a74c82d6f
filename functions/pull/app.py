"""Lambda handler of the pulls, deployed once per entity: a tick, messages, or a direct event."""

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from koppeling import bootstrap
from koppeling.bootstrap.batches import PULLS_AT_A_TIME, in_parallel, own_deadline
from koppeling.bootstrap.observability import invocation, report
from koppeling.bootstrap.previews import looked
from koppeling.bootstrap.pull import PullDispatcher
from koppeling.core.clock import Deadline, now
from koppeling.pull import events


def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401 - Lambda's own objects
    """Handle one event; `koppeling.pull.events` defines its shapes."""
    wiring = bootstrap.wiring(context)
    pulls: PullDispatcher = wiring.pulls
    deadline = Deadline(context.get_remaining_time_in_millis)

    def handle(record: SQSRecord) -> None:
        report(pulls.handle_message(events.pull_message(record.body), own_deadline(context)))

    with invocation(context):
        match events.pull_event(event, now()):
            case events.Tick(slot):
                return asdict(report(pulls.fan_out(slot)))
            case events.Direct(dry_run=True) | events.PreviewAsked() as asked:
                return looked(wiring, asked, deadline)
            case events.Direct(connection, full):
                return asdict(report(pulls.run(connection, deadline, full=full)))
            case events.AskedUndo(connection, dry_run=True):
                return asdict(wiring.undo.preview(connection, deadline))
            case events.AskedUndo(connection):
                return asdict(report(wiring.undo.run(connection, deadline)))
            case events.Batch():
                return in_parallel(event, handle, context, events.group_of, PULLS_AT_A_TIME)

"""Lambda handler of the push: messages about new documents in the inbox."""

from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from koppeling import bootstrap
from koppeling.bootstrap.batches import PUSHES_AT_A_TIME, in_parallel
from koppeling.bootstrap.observability import invocation
from koppeling.bootstrap.push import InvoiceWorker
from koppeling.push.messages import group_of


def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401 - Lambda's own objects
    """Handle a batch of messages; only those that fail are delivered again."""
    worker: InvoiceWorker = bootstrap.wiring(context).invoice_worker

    def handle(record: SQSRecord) -> None:
        worker.handle(record.body)

    with invocation(context):
        return in_parallel(event, handle, context, group_of, PUSHES_AT_A_TIME)

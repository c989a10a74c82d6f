"""The handler of the push: messages that tell of a new document in the inbox."""

from typing import Any

from aws_lambda_powertools.utilities.batch import process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from koppeling import bootstrap
from koppeling.bootstrap.observability import batch_processor, invocation


def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401 - Lambda's own objects
    """Deliver a batch of messages; those that fail are told by name and come back alone."""
    deliveries = bootstrap.wiring().invoice_worker

    def take(record: SQSRecord) -> None:
        deliveries.handle(record.body)

    with invocation(context):
        return process_partial_response(event, take, batch_processor(), context)

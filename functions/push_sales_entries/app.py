"""The door of the push: messages that tell of a new document in the inbox."""

from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from koppeling import bootstrap
from koppeling.observability import invocation


def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ANN401 - Lambda's own objects
    """Deliver a batch of messages; those that fail are told by name and come back alone."""
    deliveries = bootstrap.wiring().deliveries

    def take(record: SQSRecord) -> None:
        deliveries.take(record.body)

    with invocation(context):
        processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
        return process_partial_response(event, take, processor, context)

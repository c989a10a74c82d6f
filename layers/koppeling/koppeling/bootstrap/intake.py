"""Wires the HTTPS API for who hands in invoices."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from koppeling.aws.intake_bucket import IntakeBucket
from koppeling.bootstrap.observability import report
from koppeling.intake.access import KeyAccess
from koppeling.intake.answers import Answers
from koppeling.intake.handing_in import HandingIn
from koppeling.intake.looking import Looking
from koppeling.intake.problem import ApiTrouble, RequestRefused
from koppeling.intake.routes import IntakeRoutes
from koppeling.intake.uploads import PdfUploads

if TYPE_CHECKING:
    from koppeling.bootstrap.wiring import Wiring


def intake_routes(wiring: "Wiring") -> IntakeRoutes:
    """Build the API."""
    stores, now = wiring.stores, wiring.now
    # A document has 1 MB at the most, so the time-outs of any other call will do
    inbox = IntakeBucket(wiring.aws.client("s3"), wiring.settings.inbox_bucket)
    answers = Answers(
        HandingIn(inbox, stores.outbox, stores.problems),
        PdfUploads(inbox, now),
        Looking(inbox, stores.outbox, stores.invoice_list, stores.problems, now),
        wiring.settings.connect_url,
    )
    access = KeyAccess(stores.intake_keys, stores.connections, now)
    return IntakeRoutes(access, answers, report, answered)


def answered[Made](make: Callable[[], Made]) -> Made:
    """Make an answer.

    Raises:
        RequestRefused: a service of AWS did not answer, or refused.
    """
    try:
        return make()
    except (PynamoDBException, BotoCoreError, ClientError) as outage:
        raise RequestRefused(ApiTrouble.BUSY) from outage

"""The effects of what the watch does with mails: one of the morning, and what SES tells of them."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from koppeling.aws.dynamodb.mail_rounds import MorningStore
from koppeling.cli.tasks.mails import mails_at
from koppeling.core.clock import today
from koppeling.core.people import Person, mail_digest
from koppeling.core.problems import Problem, invoice_subject
from tools.stack.cases.workplace import SECONDS, Effect, Json, Workplace
from tools.stack.processes import eventually


def morning_mail_sent(at: Workplace, _event: Json) -> Effect:
    """Somebody for whom an invoice waits is mailed; a new somebody, since it is once a day."""
    reader, connection = Person(f"{uuid4().hex}@veldhuis.example"), at.connection
    stores, subject = at.wiring.stores, invoice_subject("20269001")
    stores.connections.save(replace(connection, people=(*connection.people, reader)))
    stores.problems.open(Problem(connection.id, subject, "debtor-not-found", {"debtor": "9"}))
    day = today(datetime.now(UTC))
    MorningStore(at.wiring.aws.sync_items).add(day, mail_digest(reader.mail), connection.id)

    def is_mailed() -> bool:
        mails = mails_at(at.stack.aws_endpoint)
        return [each["to"] for each in mails].count(reader.mail) == 1

    def sent(_told: Json) -> bool:
        came = eventually(is_mailed, SECONDS)
        stores.problems.close(connection.id, subject)
        stores.connections.save(connection)
        return came

    return sent


def address_marked(at: Workplace, event: Json) -> Effect:
    """An address that a mail never reaches, or whose reader calls it spam, is not written to."""
    (address,) = event["detail"]["mail"]["destination"]
    addresses = at.wiring.mails.addresses
    addresses.clear(address)
    return lambda _told: addresses.trouble_of(address) is not None

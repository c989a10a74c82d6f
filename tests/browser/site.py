"""A connection with something on every page, and its people."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from koppeling.aws.dynamodb.mail_rounds import MorningStore
from koppeling.bootstrap import Wiring
from koppeling.bootstrap.pages import renderer, sign_in
from koppeling.cli.tasks.mails import mails_at
from koppeling.core.clock import today
from koppeling.core.connection import Connection
from koppeling.core.people import Person, Role, mail_digest
from koppeling.portal.pages.routes import LINK
from koppeling.portal.session import SESSION_COOKIE, digest_of
from koppeling.push.outbox import State
from tests.e2e.job import CONNECTION, Job
from tests.sandbox.invoices import InvoiceFiles, build_invoice
from tools.stack.connect import PEOPLE
from tools.stack.events import event_file
from tools.stack.processes import eventually

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

# Whoever got another mail today gets none of the morning, so the story is about somebody new
NOOR = Person("noor@veldhuis.example", Role.DECIDE)
TODAY = datetime.now(UTC).date()
# The last day of the month before the one before: no other test has invoices there
EARLIER = ((TODAY.replace(day=1) - timedelta(days=1)).replace(day=1)) - timedelta(days=1)

BOOKED, WITHOUT_PDF, BY_HAND = "20268001", "20268002", "20268003"
AGAIN = ("20268004", "20268005")
TO_SKIP = "20268006"
# No relation of Exact has this number until somebody adds it
NEW_DEBTOR = "999999"


@dataclass(frozen=True, slots=True)
class Site:
    """The pages of one connection on a deployed stack."""

    job: Job
    home: str

    @property
    def wiring(self) -> Wiring:
        """The wiring of the stack."""
        return self.job.wiring

    @property
    def connection(self) -> Connection:
        """The connection as it is now."""
        found = self.wiring.stores.connections.get(CONNECTION)
        if found is None:
            raise LookupError(CONNECTION)
        return found

    def have_people(self, people: Iterable[Person]) -> None:
        """Give the connection these people."""
        self.wiring.stores.connections.save(replace(self.connection, people=tuple(people)))

    def link_for(self, person: Person) -> str:
        """Return a link that signs somebody in, as a mail has it."""
        secret = sign_in(self.wiring).link(person.mail)
        return renderer(self.wiring).address("", LINK, ticket=secret)

    def mailed(self, person: Person, words: str) -> str:
        """Wait for a mail to somebody with these words in its subject; returns its text."""

        def found() -> list[str]:
            mails = mails_at(self.job.stack.aws_endpoint)
            mine = (each for each in mails if each["to"] == person.mail)
            return [str(each["text"]) for each in mine if words in each["subject"]]

        assert eventually(lambda: bool(found())), f"no mail to {person.mail} about {words}"  # noqa: S101 - part of a story
        return found()[-1]

    def have_morning(self) -> None:
        """Let the day begin: who waits for something is noted, and mailed at half past seven."""
        stack, items = self.job.stack, self.wiring.aws.sync_items
        day, digest = today(datetime.now(UTC)), mail_digest(NOOR.mail)
        stack.invoke("WatchFunction", {"watch": "daily"})
        readers = MorningStore(items).readers
        assert eventually(lambda: digest in {each.digest for each in readers(day)})  # noqa: S101 - part of a story
        stack.invoke("WatchFunction", event_file("watch_morning"))

    def let_expire(self, context: "BrowserContext") -> None:
        """Let the eight hours of a session be over."""
        (cookie,) = [each for each in context.cookies() if each.get("name") == SESSION_COOKIE]
        sessions, now = self.wiring.stores.portal_sessions, datetime.now(UTC)
        session = sessions.session(digest_of(str(cookie.get("value"))), now)
        if session is None:
            raise LookupError(SESSION_COOKIE)
        sessions.begin(replace(session, ends_at=now - timedelta(seconds=1)))


def link_in(text: str, to: str) -> str:
    """Return the first address in a mail that leads to a part of the pages."""
    found = re.search(rf"https?://\S*{re.escape(to)}\S*", text)
    if found is None:
        raise LookupError(f"{to} is not in: {text}")
    return found[0]


def filled(job: Job) -> Site:
    """Let invoices come in that are booked, wait and were typed by hand, and give it people."""
    site = Site(job, renderer(job.wiring).address("", ""))
    site.have_people((*PEOPLE, NOOR))
    without_pdf = build_invoice(WITHOUT_PDF, invoice_date=TODAY)
    job.put(without_pdf.json_key, without_pdf.json_bytes)
    for_nobody = (
        build_invoice(number, debtor_code=NEW_DEBTOR, invoice_date=TODAY)
        for number in (*AGAIN, TO_SKIP)
    )
    by_hand = with_unknown_vat(build_invoice(BY_HAND, invoice_date=EARLIER))
    # One after another: of more than two at a time the third waits for twenty seconds
    offer(job, build_invoice(BOOKED, invoice_date=TODAY), State.DONE)
    for files in (*for_nobody, by_hand):
        offer(job, files, State.REJECTED)
    return site


def offer(job: Job, files: InvoiceFiles, state: State) -> None:
    """Put an invoice in the inbox, and wait until it got so far."""
    number = files.document["invoice_number"]
    job.offer(files)
    assert eventually(lambda: job.state(number) is state), number  # noqa: S101 - what every test stands on


def with_unknown_vat(files: InvoiceFiles) -> InvoiceFiles:
    """Return an invoice with a VAT code that Exact does not have."""
    lines = [{**line, "vat_code": "88"} for line in files.document["lines"]]
    document = {**files.document, "lines": lines}
    return replace(files, document=document, json_bytes=json.dumps(document).encode())

"""A connection with something on every page, and its people."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from koppeling.bootstrap import Wiring
from koppeling.bootstrap.pages import renderer, sign_in
from koppeling.core.people import Person, Role
from koppeling.core.problems import Problem
from koppeling.portal.pages.routes import LINK
from koppeling.push.outbox import State
from tests.e2e.job import CONNECTION, Job
from tests.sandbox.invoices import InvoiceFiles, build_invoice
from tools.stack.processes import eventually

MARIT = Person("marit@veldhuis.example", Role.DECIDE)
PIM = Person("pim@veldhuis.example", Role.LOOK)
JOAN = Person("joan@veldhuis.example", Role.DECIDE, "en")
TODAY = datetime.now(UTC).date()
LAST_MONTH = TODAY.replace(day=1) - timedelta(days=1)

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

    def link_for(self, person: Person) -> str:
        """Return a link that signs somebody in, as a mail has it."""
        secret = sign_in(self.wiring).link(person.mail)
        return renderer(self.wiring).address("", LINK, ticket=secret)

    @property
    def wiring(self) -> Wiring:
        """The wiring of the stack."""
        return self.job.wiring


def filled(job: Job) -> Site:
    """Let invoices come in that are booked, wait and were typed by hand, and give it people."""
    stores = job.wiring.stores
    connection = stores.connections.get(CONNECTION)
    assert connection is not None  # noqa: S101 - it was connected just before
    stores.connections.save(replace(connection, people=(MARIT, PIM, JOAN)))
    job.offer(build_invoice(BOOKED, invoice_date=TODAY))
    files = build_invoice(WITHOUT_PDF, invoice_date=TODAY)
    job.put(files.json_key, files.json_bytes)
    for number in (*AGAIN, TO_SKIP):
        job.offer(build_invoice(number, debtor_code=NEW_DEBTOR, invoice_date=TODAY))
    job.offer(with_unknown_vat(build_invoice(BY_HAND, invoice_date=LAST_MONTH)))
    for place in range(63):
        code = f"{1100 + place}"
        values = {"debtor": f"{code} Bakkerij {place}", "value": "info@", "code": code}
        subject = f"accounts/mail-{place}"
        stores.problems.open(Problem(CONNECTION, subject, "email-invalid", values))
    ended = {BOOKED: State.DONE, TO_SKIP: State.REJECTED, BY_HAND: State.REJECTED}
    for number, state in ended.items():
        assert eventually(lambda n=number, s=state: job.state(n) is s), number  # type: ignore[misc] # noqa: S101 - what every test stands on
    return Site(job, renderer(job.wiring).address("", ""))


def with_unknown_vat(files: InvoiceFiles) -> InvoiceFiles:
    """Return an invoice with a VAT code that Exact does not have."""
    lines = [{**line, "vat_code": "88"} for line in files.document["lines"]]
    document = {**files.document, "lines": lines}
    return replace(files, document=document, json_bytes=json.dumps(document).encode())

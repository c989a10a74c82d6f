"""Mail that came back: an address that does not exist, or that wants none, gets no more."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from koppeling.core.ids import ConnectionId
from koppeling.core.mail import AddressTrouble, CarefulMailer, MailNotTaken, OutgoingMail
from koppeling.core.people import same_mail
from koppeling.watch.bounces import Bounces, MailFeedback, feedback_of
from koppeling.watch.events import watch_event
from tests.unit.auth.fakes import NOON
from tests.unit.portal.fakes import FakeLog
from tests.unit.watch.mail_fakes import FakeMailer
from tools.paths import ROOT

GONE = "weg@veldhuis.example"


@dataclass(slots=True)
class FakeAddresses:
    """What is known of addresses."""

    troubles: dict[str, AddressTrouble] = field(default_factory=dict)

    def trouble_of(self, mail: str) -> AddressTrouble | None:
        """Return why an address is not written to."""
        return self.troubles.get(same_mail(mail))

    def troubles_of(self, mails: Iterable[str]) -> dict[str, AddressTrouble]:
        """Return why some are not written to."""
        found = {mail: self.trouble_of(mail) for mail in mails}
        return {mail: trouble for mail, trouble in found.items() if trouble is not None}

    def note_trouble(self, mail: str, why: str, at: datetime) -> None:
        """Write to an address no more."""
        self.troubles.setdefault(same_mail(mail), AddressTrouble(at, why))

    def clear(self, mail: str) -> bool:
        """Write to an address again."""
        return self.troubles.pop(same_mail(mail), None) is not None

    def connections_of(self, mail: str) -> list[ConnectionId]:
        """Return the connections of an address."""
        return [ConnectionId("acme")] if same_mail(mail) == GONE else []


def event(name: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads((ROOT / "events" / f"watch_{name}.json").read_text())


def taken(happened: Any) -> tuple[FakeAddresses, FakeLog, str]:  # noqa: ANN401 - JSON
    addresses, log = FakeAddresses(), FakeLog()
    feedback = watch_event(happened)
    assert isinstance(feedback, MailFeedback)
    bounces = Bounces(addresses=addresses, connections=addresses, log=log, now=lambda: NOON)
    return addresses, log, str(bounces.take(feedback))


@pytest.mark.parametrize(("name", "why"), [("bounce", "bounce"), ("complaint", "complaint")])
def test_an_address_that_bounced_or_complained_is_marked_and_its_connections_read_so(
    name: str, why: str
) -> None:
    addresses, log, told = taken(event(name))
    assert addresses.troubles == {GONE: AddressTrouble(NOON, why)}
    assert [(line.connection, line.what) for line in log.entries] == [("acme", f"mail-{why}")]
    assert GONE not in told


def test_a_full_mail_box_is_written_to_again() -> None:
    happened = event("bounce")
    happened["detail"]["bounce"]["bounceType"] = "Transient"
    addresses, log, told = taken(happened)
    assert (addresses.troubles, log.entries) == ({}, [])
    assert GONE not in told


def test_an_address_is_found_in_any_spelling() -> None:
    happened = event("bounce")
    happened["detail"]["bounce"]["bouncedRecipients"] = [{"emailAddress": f"Weg <{GONE.upper()}>"}]
    addresses, _, _ = taken(happened)
    assert addresses.trouble_of(GONE) is not None


@pytest.mark.parametrize(
    "odd",
    [{}, {"bounce": {}}, {"bounce": {"bouncedRecipients": [{}, "x", {"emailAddress": 1}]}}],
)
def test_an_odd_event_marks_nobody(odd: dict[str, Any]) -> None:
    feedback = feedback_of({"source": "aws.ses", "detail": odd})
    assert feedback is None or feedback.addresses == ()


def test_what_is_told_of_an_address_shows_in_no_repr() -> None:
    assert GONE not in repr(feedback_of(event("bounce")))


def test_to_a_marked_address_nothing_is_sent_until_it_is_cleared() -> None:
    addresses, mailer = FakeAddresses(), FakeMailer()
    careful, mail = CarefulMailer(addresses, mailer), OutgoingMail(GONE, "login", "s", "t", "h")
    addresses.note_trouble(GONE, "bounce", NOON)
    with pytest.raises(MailNotTaken, match="bounce") as refused:
        careful.send(mail)
    assert refused.value.is_final
    assert addresses.clear(GONE)
    careful.send(mail)
    assert mailer.sent == [mail]

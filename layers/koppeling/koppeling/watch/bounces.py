"""What SES tells of mails that were not wanted or not delivered: such an address gets no more."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from koppeling.core.clock import Now
from koppeling.core.ids import ConnectionId
from koppeling.core.log import Log, LogEntry, LogKind
from koppeling.core.mail import MailAddresses
from koppeling.core.summary import Summary

BOUNCE, COMPLAINT = "bounce", "complaint"
# A mail box that is full, or a server that is away, may take the next mail
_FOR_GOOD = "Permanent"


@dataclass(frozen=True, slots=True, repr=False)
class MailFeedback:
    """Addresses that a mail did not reach, or that called it spam. It has no repr (S13)."""

    why: str
    addresses: tuple[str, ...]
    is_final: bool


def feedback_of(event: Mapping[str, Any]) -> MailFeedback | None:
    """Parse an event of SES, as EventBridge hands it over; None for any other."""
    match event:
        case {"source": "aws.ses", "detail": {"bounce": {**bounce}}}:
            found = _addresses(bounce.get("bouncedRecipients"))
            return MailFeedback(BOUNCE, found, is_final=bounce.get("bounceType") == _FOR_GOOD)
        case {"source": "aws.ses", "detail": {"complaint": {**complaint}}}:
            found = _addresses(complaint.get("complainedRecipients"))
            return MailFeedback(COMPLAINT, found, is_final=True)
        case _:
            return None


class ConnectionsOfPeople(Protocol):
    """Finds connections by the addresses of their people."""

    def connections_of(self, mail: str) -> list[ConnectionId]:
        """Return the connections of an address."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounces:
    """Marks addresses that are not to be written to, and tells it in the log of connections."""

    addresses: MailAddresses
    connections: ConnectionsOfPeople
    log: Log
    now: Now

    def take(self, feedback: MailFeedback) -> Summary:
        """Mark what a mail will never reach, or whose reader does not want it."""
        counts = {"addresses": len(feedback.addresses)}
        if not feedback.is_final:
            return Summary("mails", "delayed", detail=feedback.why, counts=counts)
        for address in feedback.addresses:
            self.addresses.note_trouble(address, feedback.why, self.now())
            for connection in self.connections.connections_of(address):
                values = {"to": address}
                what = f"mail-{feedback.why}"
                self.log.add(LogEntry(connection, self.now(), LogKind.MAIL, what, values=values))
        return Summary("mails", "stopped", detail=feedback.why, counts=counts)


def _addresses(recipients: object) -> tuple[str, ...]:
    """Return the addresses of recipients; SES writes some as `Name <address>`."""
    listed: list[Any] = recipients if isinstance(recipients, list) else []
    found = (each.get("emailAddress") for each in listed if isinstance(each, dict))
    return tuple(_bare(each) for each in found if isinstance(each, str))


def _bare(address: str) -> str:
    return address.rpartition("<")[2].rstrip(">").strip()

"""Handing in an invoice: it is checked, and put into the inbox as if it had been put there by hand.

    check ──wrong──► 422        booked with other content ──► 409
      │
      ▼
    put, if nothing lies there ──► 202
      │ something does
      ▼
    the same content? ──yes──► 200, unless the link has to look at it again
      │ no
      ▼
    put in its place, if it is still that ──► 202

The bucket itself decides between two who hand in at once: each write says what it expects there.
"""

from dataclasses import dataclass
from enum import Enum

from koppeling.core.connection import Connection
from koppeling.intake.ports import DocumentInbox, Invoices, OpenProblems
from koppeling.intake.problem import ApiFinding, ApiTrouble, RequestRefused, finding_of
from koppeling.push.acceptance import (
    AcceptedInvoice,
    NotAccepted,
    Refusal,
    accept,
    changed_after_booking,
    inbox_subjects,
    is_tried_again,
    same_content,
)
from koppeling.push.contract import MAX_BYTES
from koppeling.push.invoice import key_of
from koppeling.push.outbox import OutboxItem

# Whoever loses this many races in a row asks again later
_TRIES = 3


class DocumentTaken(Enum):
    """What became of a document: put into the inbox, or known already."""

    PUT = "put"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class HandInResult:
    """The answer to an invoice that was handed in; `item` is what is known of it by then."""

    taken: DocumentTaken
    accepted: AcceptedInvoice
    item: OutboxItem | None


@dataclass(frozen=True, slots=True)
class HandingIn:
    """Takes invoices in."""

    inbox: DocumentInbox
    invoices: Invoices
    problems: OpenProblems

    def put(self, connection: Connection, number: str, document: bytes) -> HandInResult:
        """Take an invoice in; safe to repeat.

        Raises:
            RequestRefused: something is wrong with it, or others hand it in at the same moment.
        """
        accepted, item = self._checked(connection, number, document)
        is_again = is_tried_again(item, accepted)
        key = key_of(connection.id, number)
        for _ in range(_TRIES):
            if self.inbox.add(key, document):
                return HandInResult(DocumentTaken.PUT, accepted, item)
            there = self.inbox.stored(key)
            if there is None:
                continue
            is_known = not is_again and same_content(there.content, document)
            if is_known and not self._is_stuck(connection, key, item):
                return HandInResult(DocumentTaken.KNOWN, accepted, item)
            if self.inbox.replace(key, document, there.tag):
                return HandInResult(DocumentTaken.PUT, accepted, item)
        raise RequestRefused(ApiTrouble.BUSY)

    def _is_stuck(self, connection: Connection, key: str, item: OutboxItem | None) -> bool:
        """Say whether a document never became an invoice, and a problem asks for it once more."""
        if item is not None:
            return False
        subjects = inbox_subjects(key)
        return any(one.subject in subjects for one in self.problems.opened(connection.id))

    def validate(self, connection: Connection, document: bytes) -> AcceptedInvoice:
        """Check an invoice as `put` does, and store nothing.

        Raises:
            RequestRefused: something is wrong with it.
        """
        return self._checked(connection, "", document)[0]

    def _checked(
        self, connection: Connection, number: str, document: bytes
    ) -> tuple[AcceptedInvoice, OutboxItem | None]:
        if len(document) > MAX_BYTES:
            raise RequestRefused(ApiTrouble.TOO_LARGE)
        try:
            accepted = accept(document, connection, number)
        except NotAccepted as wrong:
            trouble = ApiTrouble.NO_JSON if wrong.is_unreadable else ApiTrouble.NOT_VALID
            raise RequestRefused(trouble, _findings(*wrong.refused)) from wrong
        item = self.invoices.get(connection.id, accepted.invoice.number)
        changed = changed_after_booking(accepted.invoice, item)
        if changed is not None:
            raise RequestRefused(ApiTrouble.CHANGED, _findings(changed))
        return accepted, item


def _findings(*refused: Refusal) -> list[ApiFinding]:
    return [finding_of(each.error, each.pointer) for each in refused]

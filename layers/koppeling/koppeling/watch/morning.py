"""The mail of the morning: at half past seven on working days, when something waits for a person.

daily round ──► something waits in a connection ──► its people are noted for this day
07:30 ──► one message for each person ──► what waits by now? ──► one mail, about all connections

A connection in which nothing waits costs the reading of its open problems, and nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from koppeling.core import rendering
from koppeling.core.clock import AMSTERDAM, Now, today
from koppeling.core.connection import Connection
from koppeling.core.letter import Letter, MailLink, MailList, Piece, quoted
from koppeling.core.mail import MailKind
from koppeling.core.people import Person, mail_digest
from koppeling.core.ports import Connections, Problems, Queue
from koppeling.core.summary import Summary
from koppeling.watch.letters import Letters, deciders, may_act
from koppeling.watch.messages import MorningRound
from koppeling.watch.ports import MorningList, MorningReader
from koppeling.watch.postman import Delivery, Postman
from koppeling.watch.waiting import Waiting, sentence, waiting_of
from koppeling.watch.working_days import is_working_day

# A mail of the morning that cannot go out is tried again every quarter of an hour, until noon
_PAUSE_SECONDS = 900
_NOON = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class MorningMail:
    """Mails each person what waits, on working days, or on every day."""

    connections: Connections
    problems: Problems
    readers: MorningList
    postman: Postman
    letters: Letters
    queue: Queue
    now: Now
    every_day: bool = False

    def look(self, connection: Connection) -> Summary:
        """Note the people of a connection in which something waits."""
        day = today(self.now())
        if connection.paused or not self._is_mailed(day) or not self._waiting(connection).problems:
            return Summary("morning", "looked", connection.id)
        people = self.postman.readers([connection], MailKind.MORNING)
        for each in people:
            self.readers.add(day, mail_digest(each.person.mail), connection.id)
        return Summary("morning", "looked", connection.id, counts={"open": len(people)})

    def fan_out(self) -> Summary:
        """Queue a message for each person who was noted."""
        day = today(self.now())
        found = self.readers.readers(day) if self._is_mailed(day) else iter(())
        sent = self.queue.send((MorningRound(reader).as_message(), 0) for reader in found)
        return Summary("morning", "queued", counts={"people": sent})

    def send(self, reader: MorningReader) -> Summary:
        """Mail one person what waits by now, which may be nothing any more."""
        waits = list(self._waits_for(reader))
        if not waits:
            return Summary("morning", "looked")
        person = waits[0][0]
        mail = self._letter(person, [each for _, each in waits]).mail(person.mail, MailKind.MORNING)
        outcome = self.postman.deliver(mail, [each.connection.id for _, each in waits])
        if outcome is Delivery.LATER and self.now().astimezone(AMSTERDAM).hour < _NOON:
            self.queue.send([(MorningRound(reader).as_message(), _PAUSE_SECONDS)])
        return Summary("morning", outcome)

    def _is_mailed(self, day: date) -> bool:
        return self.every_day or is_working_day(day)

    def _waits_for(self, reader: MorningReader) -> Iterator[tuple[Person, Waiting]]:
        for connection_id in reader.connections:
            connection = self.connections.get(connection_id)
            if connection is None or connection.paused:
                continue
            people = self.postman.readers([connection], MailKind.MORNING)
            found = [
                each.person for each in people if mail_digest(each.person.mail) == reader.digest
            ]
            waiting = self._waiting(connection) if found else None
            if waiting is not None and waiting.problems:
                yield found[0], waiting

    def _waiting(self, connection: Connection) -> Waiting:
        return waiting_of(connection, self.problems.opened(connection.id), self.now())

    def _letter(self, person: Person, waits: list[Waiting]) -> Letter:
        texts, language = rendering.load("mail/morning", person.language), person.language
        what, since = sentence(waits, language, today(self.now()))
        is_one = len(waits) == 1
        values = {"what": what, "since": since, "name": _name(waits[0])}
        form = "one" if is_one else "several"
        form += "_qics" if all(each.is_with_qics for each in waits) else ""
        subject = rendering.fill(texts["subject"][form], values)
        pieces = [piece for waiting in waits for piece in self._section(person, waiting)]
        page = self.letters.preferences(waits[0].connection.id)
        return Letter(subject, tuple(pieces), language, page)

    def _section(self, person: Person, waiting: Waiting) -> Iterator[Piece]:
        """Return what waits in one connection, and where to act on it or who can."""
        texts, connection = rendering.load("mail/morning", person.language), waiting.connection
        what, since = sentence([waiting], person.language, today(self.now()))
        values = {"what": what, "since": since, "name": _name(waiting)}
        yield rendering.fill(texts["heading"], values)
        if causes := tuple(waiting.causes(person.language)):
            yield MailList(causes)
        if about_qics := waiting.about_qics(person.language):
            yield about_qics
        if not (waiting.is_with_qics or may_act(connection, person)):
            names = deciders(connection)
            yield rendering.fill(texts["who_can"], {"names": names})
        label = rendering.fill(texts["look_at"], values)
        yield MailLink(label, self.letters.page(connection.id, "todo"))


def _name(waiting: Waiting) -> str:
    return quoted(waiting.connection.administration_name)

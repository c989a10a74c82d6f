"""Mails the links that were asked for on the pages; an address of nobody gets no mail."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape

from koppeling.core import rendering
from koppeling.core.mail import Mailer, MailNotTaken, OutgoingMail
from koppeling.core.people import Person
from koppeling.core.ports import Queue
from koppeling.core.summary import Summary
from koppeling.portal.access import Access
from koppeling.portal.messages import SignInRequest
from koppeling.portal.session import SIGN_IN_LINK_LIFE

# The queue itself would bring a message back after more than an hour
TRIED_AGAIN_SECONDS = 30
_TRIES = 5


@dataclass(frozen=True, slots=True)
class SignInMails:
    """Makes each link when its mail is sent, so that none ever lies in a queue."""

    access: Access
    link: Callable[[str, str], str]
    mailer: Mailer
    queue: Queue

    def send(self, asked: SignInRequest) -> Summary:
        """Mail a link, if the address is that of a person of some connection."""
        person = self.access.somebody(asked.mail)
        if person is None:
            return _summary("unknown")
        try:
            self.mailer.send(sign_in_mail(person, self.link(person.mail, asked.leads_to)))
        except MailNotTaken as failure:
            if failure.is_final or asked.tries >= _TRIES:
                return _summary("not-mailed")
            again = replace(asked, tries=asked.tries + 1)
            self.queue.send([(again.as_message(), TRIED_AGAIN_SECONDS)])
            return _summary("later")
        return _summary("mailed")


def sign_in_mail(person: Person, link: str) -> OutgoingMail:
    """Return the mail with a link that signs in."""
    texts = rendering.load("portal/sign-in-mail", person.language)
    minutes = str(int(SIGN_IN_LINK_LIFE.total_seconds()) // 60)
    lines = [rendering.fill(line, {"minutes": minutes}) for line in texts["text"]]
    subject = rendering.fill(texts["subject"], {})
    button = rendering.fill(texts["button"], {})
    first, *others = lines
    rest = "".join(f"<p>{escape(line)}</p>" for line in others)
    return OutgoingMail(
        to=person.mail,
        kind="sign-in",
        subject=subject,
        text="\n\n".join([first, link, *others]) + "\n",
        html=f'<p>{escape(first)}</p><p><a href="{escape(link)}">{escape(button)}</a></p>{rest}',
    )


def _summary(outcome: str) -> Summary:
    return Summary("warning", outcome, detail="sign-in")

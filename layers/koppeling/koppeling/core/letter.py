"""A letter: what a mail says, which becomes plain text and HTML that say the same.

It needs no images, no colours and no scripts, so every reader shows it well, dark or light. What a
customer typed, such as a name, stays a piece of text: it adds no line, no mark and no link.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from koppeling.core import rendering
from koppeling.core.mail import OutgoingMail
from koppeling.core.text import clean, cut

LONGEST_SUBJECT = 78
_MARK = re.compile(r"\*([^*]+)\*")
_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{subject}</title>
</head>
<body style="font-family: sans-serif; font-size: 16px; line-height: 1.5; max-width: 36em; \
margin: 1em">
{body}
</body>
</html>
"""


@dataclass(frozen=True, slots=True, repr=False)
class MailLink:
    """A link in a letter, with words that say where it leads. It has no repr: it may sign in."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class MailList:
    """Some lines that belong together."""

    lines: tuple[str, ...]


type Piece = str | MailLink | MailList


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, piece by piece: a text, a link, or a list. *Names of buttons* stand out.

    `preferences` is the address of the page on which its reader chooses mails.
    """

    subject: str
    pieces: tuple[Piece, ...] = field(repr=False)
    language: str
    preferences: str = ""

    def mail(self, to: str, kind: str) -> OutgoingMail:
        """Return it as a mail to an address."""
        subject = cut(clean(self.subject) or "", LONGEST_SUBJECT)
        pieces = (*self.pieces, *self._closing())
        text = "\n\n".join(_plain(piece) for piece in pieces) + "\n"
        body = "\n".join(_html(piece) for piece in pieces)
        page = _PAGE.format(language=self.language, subject=escape(subject), body=body)
        return OutgoingMail(to, kind, subject, text, page, self.preferences)

    def _closing(self) -> Iterator[Piece]:
        texts = rendering.load("mail/frame", self.language)
        yield rendering.fill(texts["from"], {})
        if self.preferences:
            yield MailLink(texts["preferences"], self.preferences)


def quoted(value: str) -> str:
    """Return a value of a customer as part of a text: on one line, and without marks."""
    return (clean(value) or "").replace("*", "")


def _plain(piece: Piece) -> str:
    match piece:
        case MailLink(label, address):
            return f"{label}:\n{address}"
        case MailList(lines):
            return "\n".join(f"- {_MARK.sub(r'\1', line)}" for line in lines)
        case str():
            return _MARK.sub(r"\1", piece)


def _html(piece: Piece) -> str:
    match piece:
        case MailLink(label, address):
            return f'<p><a href="{escape(address)}"><strong>{escape(label)}</strong></a></p>'
        case MailList(lines):
            items = "\n".join(f"<li>{_marked(line)}</li>" for line in lines)
            return f"<ul>\n{items}\n</ul>"
        case str():
            return f"<p>{_marked(piece)}</p>"


def _marked(text: str) -> str:
    return _MARK.sub(r"<em>\1</em>", escape(text))

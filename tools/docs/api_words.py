"""The words of the description of the HTTPS API: what each call does, takes and answers."""

from collections.abc import Mapping
from http import HTTPStatus

from koppeling.core.rendering import LANGUAGES
from koppeling.intake.addresses import Operation
from koppeling.intake.looking import STATES
from koppeling.intake.pace import MOST_A_SECOND
from koppeling.intake.problem import ApiTrouble

DESCRIPTIONS = {
    Operation.DESCRIBE: ("This description", "It needs no key."),
    Operation.UPLOAD_PDF: (
        "Where the PDF of an invoice goes",
        (
            "Answers an address for one upload straight into the inbox: this file alone, by its "
            "size and SHA-256, within five minutes. Send the file there with the method and the "
            "headers of the answer, and name `key` as `pdf.key` in the document. The PDF may come "
            "first or later."
        ),
    ),
    Operation.HAND_IN: (
        "Hand in an invoice",
        (
            "The document is checked at once, by the checks of the booking, as far as they need no "
            "call to Exact Online. Safe to repeat: the same content is known and put nowhere twice."
        ),
    ),
    Operation.SHOW_INVOICE: (
        "How an invoice stands",
        "With the number of its entry, and with what a person has to solve.",
    ),
    Operation.LIST_INVOICES: (
        "The invoices, by the months of their dates",
        "A page may be short or empty although more follow: `next` alone tells that.",
    ),
    Operation.SHOW_STATUS: ("Whether the link works", "And how much of it waits for a person."),
    Operation.VALIDATE: (
        "Check an invoice",
        "The same checks as when it is handed in. Nothing is kept.",
    ),
}
ANSWERS: Mapping[Operation, Mapping[HTTPStatus, tuple[str, str]]] = {
    Operation.DESCRIBE: {HTTPStatus.OK: ("", "The description")},
    Operation.UPLOAD_PDF: {HTTPStatus.OK: ("PdfUpload", "Where the file goes")},
    Operation.HAND_IN: {
        HTTPStatus.ACCEPTED: ("HandedIn", "It lies in the inbox, and is booked from there"),
        HTTPStatus.OK: ("HandedIn", "The same content was known already"),
    },
    Operation.SHOW_INVOICE: {HTTPStatus.OK: ("InvoiceFound", "How it stands")},
    Operation.LIST_INVOICES: {HTTPStatus.OK: ("InvoicePage", "A page of them")},
    Operation.SHOW_STATUS: {HTTPStatus.OK: ("LinkStatus", "How the link is")},
    Operation.VALIDATE: {HTTPStatus.OK: ("Checked", "Nothing is wrong with it")},
}
HEADERS_OF = {
    ApiTrouble.NO_KEY: ("WWW-Authenticate",),
    ApiTrouble.NOT_ALLOWED: ("Allow",),
    ApiTrouble.TOO_FAST: ("Retry-After",),
    ApiTrouble.BUSY: ("Retry-After",),
}
HEADERS = {
    "Location": {
        "description": "Where the state of the invoice can be asked.",
        "schema": {"type": "string", "format": "uri"},
    },
    "WWW-Authenticate": {"description": "How to send a key.", "schema": {"const": "Bearer"}},
    "Allow": {"description": "The methods of this address.", "schema": {"type": "string"}},
    "Retry-After": {
        "description": "After how many seconds the same call may be made again.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
}
PARAMETERS = {
    "connection": {
        "name": "connection",
        "in": "path",
        "required": True,
        "description": "Our name of the connection. That of another key is not found.",
        "schema": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{2,63}$"},
        "example": "veldhuis-advies-01",
    },
    "number": {
        "name": "number",
        "in": "path",
        "required": True,
        "description": "Full number of the invoice, percent-encoded; a slash in it as `%2F`.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 30},
        "example": "20260412",
    },
    "state": {
        "name": "state",
        "in": "query",
        "description": "Only invoices that stand so.",
        "schema": {"enum": [str(each) for each in STATES if each != "received"]},
    },
    "since": {
        "name": "since",
        "in": "query",
        "description": "Only invoices dated from this day on; without it those of this month.",
        "schema": {"type": "string", "format": "date"},
    },
    "cursor": {
        "name": "cursor",
        "in": "query",
        "description": "Where the page begins: `next` of the page before.",
        "schema": {"type": "string"},
    },
    "language": {
        "name": "Accept-Language",
        "in": "header",
        "description": "Language of the texts; Dutch when it names none of both.",
        "schema": {"type": "string"},
        "example": LANGUAGES[0],
    },
}
INTRODUCTION = f"""\
Three calls hand in an invoice:

1. `POST …/invoices/{{number}}/pdf` with the SHA-256 and the size of the PDF answers where it goes.
2. Send the PDF there, with the method and the headers of that answer.
3. `PUT …/invoices/{{number}}` with the document, whose `pdf.key` is the `key` of that answer.

Every call is safe to repeat. After 429 and 503 wait as long as `Retry-After` says. A key may make
{MOST_A_SECOND} calls a second. What is not done is told as problem details (RFC 9457): `findings`
say what is wrong, where, and what to do, in Dutch or English by `Accept-Language`. What programs
rely on here never goes; fields may be added to answers.
"""

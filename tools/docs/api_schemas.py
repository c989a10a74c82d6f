"""The shapes of what the HTTPS API takes and answers, for its description."""

from collections.abc import Mapping
from typing import Any

from koppeling.intake.looking import STATES
from koppeling.push.pdf import MAX_BYTES
from koppeling.push.schema import published

type Json = Any

_TEXT: Mapping[str, Json] = {"type": "string"}
_LINK_STATES = ("active", "paused", "login-needed", "not-started")


def schemas() -> dict[str, Json]:
    """Return every shape by its name."""
    contract, parts = _contract()
    return {"Invoice": contract, **parts, **_of_invoices(), **_of_calls(), **_of_problems()}


def _of_invoices() -> dict[str, Json]:
    return {
        "InvoiceState": _object(_STATE),
        "HandedIn": _object({**_STATE, **_OF_WHAT_WAS_TAKEN}),
        "InvoiceFound": _object({**_STATE, "problems": _list("ProblemToSolve")}),
        "InvoicePage": _object(
            {
                "invoices": _list("InvoiceState"),
                "next": _maybe(
                    "Where the next page begins: the `cursor` of its call. null: that is all."
                ),
            }
        ),
        "LinkStatus": _object(
            {
                "connection_id": _TEXT,
                "state": {"enum": list(_LINK_STATES), "description": "Whether the link works."},
                "waiting": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "How many things wait for a person.",
                },
                "problems": _list("ProblemToSolve"),
            }
        ),
    }


def _of_calls() -> dict[str, Json]:
    return {
        "Checked": _object({"valid": {"const": True}, **_NOTES, "code": _maybe(_SKIPPED)}),
        "PdfAnnounced": _object(
            {
                "sha256": {
                    "type": "string",
                    "pattern": "^[0-9a-f]{64}$",
                    "description": "SHA-256 of the file.",
                },
                "size_bytes": {"type": "integer", "minimum": 1, "maximum": MAX_BYTES},
            }
        ),
        "PdfUpload": _object(_UPLOAD),
    }


def _of_problems() -> dict[str, Json]:
    return {
        "ProblemToSolve": _object(
            {
                "code": _said("Code of the catalogue, which never changes."),
                "text": _said("What happened, in the language of `Accept-Language`."),
                "what_to_do": _said("What helps, and who has to do it."),
                "since": _maybe("Since when, in UTC."),
            }
        ),
        "Finding": _object(
            {
                "code": _said("Code of what is wrong, which never changes."),
                "pointer": _said("JSON pointer into the body (RFC 6901); empty: the whole of it."),
                "text": _said("What is wrong, in the language of `Accept-Language`."),
                "what_to_do": _said("What helps."),
            }
        ),
        "Problem": _object(_PROBLEM),
    }


def _contract() -> tuple[Json, dict[str, Json]]:
    """Return the contract of the invoice document, and its definitions as shapes of their own."""
    held = {
        name: value
        for name, value in published().items()
        if name not in {"$schema", "$id", "$defs"}
    }
    parts = {_part(name): value for name, value in published()["$defs"].items()}
    return _relinked(held), {name: _relinked(value) for name, value in parts.items()}


def _relinked(part: Json) -> Json:
    if isinstance(part, list):
        return [_relinked(each) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        name: _reference(_part(value.rpartition("/")[2]))["$ref"]
        if name == "$ref"
        else _relinked(value)
        for name, value in part.items()
    }


def _part(name: str) -> str:
    return "Invoice" + "".join(word.title() for word in name.split("_"))


def _object(properties: Mapping[str, Json]) -> Json:
    return {"type": "object", "required": list(properties), "properties": dict(properties)}


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(name: str) -> Json:
    return {"type": "array", "items": _reference(name)}


def _said(description: str) -> Json:
    return {"type": "string", "description": description}


def _maybe(description: str) -> Json:
    return {"type": ["string", "null"], "description": description}


_SKIPPED = "Why it becomes no entry although nothing is wrong; null: it is booked."
_NOTES = {
    "notes": {
        "type": "array",
        "items": _TEXT,
        "description": "Fields that are not as agreed, and stop no booking: cut, or left out.",
    }
}
_STATE: Mapping[str, Json] = {
    "invoice_number": _TEXT,
    "state": {
        "enum": [str(each) for each in STATES],
        "description": "received: in the inbox. offered: on its way. booked, booked-without-pdf: "
        "in Exact Online. waiting: a person has to mend or decide something. uncertain: it is "
        "looked up whether a call was carried out. skipped: it becomes no entry.",
    },
    "entry_number": _maybe("Number of the entry in Exact Online; null before it is booked."),
    "amount_incl_vat": _maybe("Total with VAT; null while it lies in the inbox alone."),
    "currency": _maybe("ISO 4217."),
    "invoice_date": _maybe("Day of the invoice."),
    "code": _maybe("Why it waits or was skipped."),
}
_OF_WHAT_WAS_TAKEN: Mapping[str, Json] = {
    "address": {"type": "string", "format": "uri", "description": "Where its state can be asked."},
    **_NOTES,
}
_UPLOAD: Mapping[str, Json] = {
    "url": {
        "type": "string",
        "format": "uri",
        "description": "Where the file goes, straight into the inbox. A secret: whoever has it can "
        "put this file.",
    },
    "method": {"const": "PUT"},
    "headers": {
        "type": "object",
        "additionalProperties": _TEXT,
        "description": "Headers that the request must have, with these values.",
    },
    "key": _said("What the document names as `pdf.key`; the same file always has the same one."),
    "expires_at": {
        "type": "string",
        "format": "date-time",
        "description": "Until when the address works; ask for another one after that.",
    },
}
_PROBLEM: Mapping[str, Json] = {
    "type": {
        "type": "string",
        "format": "uri",
        "description": "Which problem it is.",
    },
    "title": _said("The problem in a few words."),
    "status": {"type": "integer", "minimum": 400, "maximum": 599},
    "detail": _said("What helps."),
    "instance": {"type": "string", "format": "uri", "description": "What we find the request by."},
    "findings": _list("Finding"),
}

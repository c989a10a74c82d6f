"""What a person saw of an invoice when a page was made, as a mark that its form brings back.

A page may stand open for hours, and meanwhile another copy of the invoice can come, or somebody
else can decide. A decision that names another mark is about something that nobody looked at.
"""

import json
from hashlib import sha256

from koppeling.core import decimal_json
from koppeling.push.invoice import InboxDocument, content_hash
from koppeling.push.outbox import OutboxItem

_LENGTH = 16


def seen_mark(item: OutboxItem) -> str:
    """Return the mark of what a page tells of an invoice; a step that tells no more keeps it."""
    told = [
        item.document_hash,
        item.refused_copy,
        item.entry_id or "",
        item.gone_entry,
        item.code or "",
        sorted(item.differences),
        str(item.booked_amount),
        item.decided,
    ]
    return sha256(json.dumps(told).encode()).hexdigest()[:_LENGTH]


def is_judged(item: OutboxItem, document: InboxDocument) -> bool:
    """Say whether this is the copy of which the item tells, and not one that still waits."""
    if document.version == item.refused_copy or _content_of(document) == item.document_hash:
        return True
    # An earlier release did not note which copy of a booked invoice it refused
    return item.is_booked and bool(item.message) and not item.refused_copy


def _content_of(document: InboxDocument) -> str:
    """Return the hash of the content; of what is no proper document nothing."""
    try:
        return content_hash(decimal_json.loads(document.content))
    except (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError):
        return ""

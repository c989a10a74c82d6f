"""What a record means for QicsMilestones, whatever its rows hold.

A value that cannot be read, and a mistake of ours in a mapping, concern one record: it means
nothing that can be written, and says why.
"""

import traceback

from koppeling.core.text import code_of
from koppeling.pull.entities.entity import Entity
from koppeling.pull.entities.fields import UnreadableFieldError, check_fields, is_code
from koppeling.pull.entities.mapping import MappingContext
from koppeling.pull.link_values import Mapped, Notice
from koppeling.pull.record import Record

UNREADABLE, FAILED = "record-unreadable", "record-failed"
# What data of an unexpected kind raises; what the stores and the network raise concerns all records
DATA_ERRORS = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError)


def meaning_of(entity: Entity, record: Record, context: MappingContext) -> Mapped | None:
    """Return what a record means; None while the row that makes it is not known."""
    try:
        for feed in entity.feeds:
            for row in record.sources.get(feed.name, {}).values():
                check_fields(row, feed.fields)
        return entity.map(record.sources, context)
    except UnreadableFieldError as unreadable:
        values = {"field": unreadable.field, "value": unreadable.value}
        return _refused(entity, record, Notice(UNREADABLE, values))
    except DATA_ERRORS as mistake:
        return _refused(entity, record, Notice(FAILED, {"detail": place_of(mistake)}))


def place_of(mistake: Exception) -> str:
    """Return what went wrong and where, for our log: no value, since that may be personal (S13)."""
    frames = traceback.extract_tb(mistake.__traceback__)
    last = frames[-1]
    return f"{type(mistake).__name__} in {last.name}, line {last.lineno}"


def _refused(entity: Entity, record: Record, why: Notice) -> Mapped:
    return Mapped(code=exact_code(entity, record), values={}, refused=why)


def exact_code(entity: Entity, record: Record) -> str:
    """Return the code by which a person knows the record; its ID where it has no readable one."""
    rows = record.sources.get(entity.feeds[-1].name, {}).values()
    held = [row.get("Code") for row in rows]
    codes = [code for each in held if is_code(each) and (code := code_of(each))]
    return codes[0] if codes else record.code or record.exact_id

"""What each field of Exact may hold, and what is said of one that holds something else."""

import pytest

from koppeling.pull.entities.entity import Entity, Feed
from koppeling.pull.entities.fields import (
    LAST_TIMESTAMP,
    LONGEST_CODE,
    LONGEST_SHOWN,
    FieldKind,
    UnreadableFieldError,
    check_fields,
    is_code,
    row_key,
    shown,
    timestamp_of,
)
from koppeling.pull.entities.registry import ENTITIES
from tests.sandbox.exact_online.fields import load_fields

PUBLISHED = load_fields()
# X105: the published type of a field, and the kinds that may stand for it
KINDS = {
    "Edm.String": {FieldKind.TEXT, FieldKind.CODE},
    "Edm.UTF8CodeString": {FieldKind.CODE},
    "Edm.Guid": {FieldKind.TEXT, FieldKind.ID, FieldKind.REFERENCE},
    "Edm.DateTime": {FieldKind.DAY},
    "Edm.Boolean": {FieldKind.FLAG},
    "Edm.Byte": {FieldKind.NUMBER},
    "Edm.Int16": {FieldKind.NUMBER},
    "Edm.Int32": {FieldKind.NUMBER, FieldKind.CODE},
    "Edm.Double": {FieldKind.NUMBER},
    "Edm.Int64": {FieldKind.TIMESTAMP, FieldKind.CODE},
}
FEEDS = [(entity, feed) for entity in ENTITIES.values() for feed in entity.feeds]


@pytest.mark.parametrize(("entity", "feed"), FEEDS, ids=[feed.name for _, feed in FEEDS])
def test_every_field_is_of_the_kind_that_exact_publishes(entity: Entity, feed: Feed) -> None:
    published = PUBLISHED[feed.endpoint].properties
    wrong = {
        name: (kind, published[name].type)
        for name, kind in feed.fields.items()
        if kind not in KINDS[published[name].type]
    }
    assert wrong == {}, entity.name


@pytest.mark.parametrize(
    "kind", [kind for kind in FieldKind if kind.value not in ("id", "timestamp")]
)
def test_an_empty_field_can_always_be_read(kind: FieldKind) -> None:
    check_fields({"X": None}, {"X": kind})
    check_fields({}, {"X": kind})


@pytest.mark.parametrize("kind", [FieldKind.ID, FieldKind.TIMESTAMP])
def test_an_id_and_a_timestamp_must_be_there(kind: FieldKind) -> None:
    with pytest.raises(UnreadableFieldError):
        check_fields({}, {"X": kind})


def test_the_first_unreadable_field_is_named_with_the_beginning_of_its_value() -> None:
    row = {"Name": "Bakker", "EndDate": "x" * 100}
    with pytest.raises(UnreadableFieldError) as refused:
        check_fields(row, {"Name": FieldKind.TEXT, "EndDate": FieldKind.DAY})
    assert (refused.value.field, refused.value.value) == ("EndDate", "x" * LONGEST_SHOWN)
    assert shown(None) == ""


@pytest.mark.parametrize(
    ("held", "stamp"),
    [
        (7, 7),
        ("7", 7),
        (0, 0),
        (LAST_TIMESTAMP, LAST_TIMESTAMP),
        (str(LAST_TIMESTAMP), LAST_TIMESTAMP),
        (LAST_TIMESTAMP + 1, None),
        (str(LAST_TIMESTAMP + 1), None),
        (-1, None),
        (True, None),
        ("", None),
        ("\u0667", None),
        ("7" * 31, None),
        (None, None),
    ],
)
def test_a_timestamp_is_a_whole_number_that_an_int64_holds(held: object, stamp: int | None) -> None:
    assert timestamp_of({"Timestamp": held}) == stamp


@pytest.mark.parametrize(
    ("held", "is_one"),
    [
        ("x" * LONGEST_CODE, True),
        ("x" * (LONGEST_CODE + 1), False),
        (" " * LONGEST_CODE + "1068", True),
        (512, True),
        (True, False),
        ("caf\ud83d", False),
        ("café", True),
        (None, False),
        ([], False),
    ],
)
def test_a_code_can_be_part_of_a_key(held: object, *, is_one: bool) -> None:
    assert is_code(held) is is_one


@pytest.mark.parametrize(
    ("held", "key"), [("a", "a"), ("", None), (5, None), ("x" * 101, None), (None, None)]
)
def test_a_row_has_a_key_when_its_id_is_a_short_text(held: object, key: str | None) -> None:
    assert row_key({"ID": held}) == key

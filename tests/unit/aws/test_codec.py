"""R40: what a dataclass becomes in an item, and what an item of another release becomes again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any, Literal, NewType

import pytest

from koppeling.aws.dynamodb.codec import Codec

Number = NewType("Number", str)


class Colour(StrEnum):
    RED = "red"


class Size(Enum):
    LARGE = 3


@dataclass(frozen=True)
class Part:
    name: str
    price: Decimal = Decimal(0)


type Content = str | int | bool | Part | None


@dataclass(frozen=True)
class Thing:
    id: Number
    at: datetime | None = None
    day: date | None = None
    amount: Decimal | None = None
    colour: Colour = Colour.RED
    size: Size | None = None
    count: int = 0
    ready: bool = False
    note: str | None = None
    mode: Literal["on", "off"] = "on"
    part: Part | None = None
    parts: tuple[Part, ...] = ()
    marks: tuple[str, ...] = ()
    history: tuple[tuple[Colour, datetime], ...] = ()
    contents: Mapping[str, Content] = field(default_factory=dict)
    errors: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)
    plain: Mapping[str, Any] = field(default_factory=dict)


NOON = datetime(2026, 11, 24, 12, 0, 30, 5, tzinfo=UTC)
FULL = Thing(
    id=Number("7"),
    at=NOON,
    day=date(2026, 2, 28),
    amount=Decimal("-12.50"),
    colour=Colour.RED,
    size=Size.LARGE,
    count=3,
    ready=True,
    note="by hand",
    mode="off",
    part=Part("wheel", Decimal("1.10")),
    parts=(Part("a"), Part("b", Decimal(2))),
    marks=("x", "y"),
    history=((Colour.RED, NOON),),
    contents={"text": "1", "number": 1, "yes": True, "none": None, "part": Part("door")},
    errors={"crm/Accounts": (NOON,)},
    plain={"any": [1, {"deep": None}]},
)
JSON = {
    "id": "7",
    "at": "2026-11-24T12:00:30.000005+00:00",
    "day": "2026-02-28",
    "amount": "-12.50",
    "colour": "red",
    "size": 3,
    "count": 3,
    "ready": True,
    "note": "by hand",
    "mode": "off",
    "part": {"name": "wheel", "price": "1.10"},
    "parts": [{"name": "a", "price": "0"}, {"name": "b", "price": "2"}],
    "marks": ["x", "y"],
    "history": [["red", "2026-11-24T12:00:30.000005+00:00"]],
    "contents": {
        "text": "1",
        "number": 1,
        "yes": True,
        "none": None,
        "part": {"name": "door", "price": "0"},
    },
    "errors": {"crm/Accounts": ["2026-11-24T12:00:30.000005+00:00"]},
    "plain": {"any": [1, {"deep": None}]},
}
THING = Codec(Thing)


def test_every_type_of_field_becomes_json_and_the_same_value_again() -> None:
    assert THING.encode(FULL) == JSON
    assert THING.decode(JSON) == FULL


def test_values_come_back_with_their_own_types() -> None:
    found = THING.decode(JSON)

    assert isinstance(found.colour, Colour)
    assert isinstance(found.parts, tuple)
    assert isinstance(found.history[0], tuple)
    assert str(found.amount) == "-12.50"
    assert found.contents["text"] == "1"


def test_a_value_with_defaults_alone_is_written_whole_and_read_back() -> None:
    bare = Thing(Number("7"))

    assert THING.encode(bare).keys() == JSON.keys()
    assert THING.encode(bare)["part"] is None
    assert THING.decode(THING.encode(bare)) == bare


def test_what_has_its_default_can_be_left_out_and_is_read_back() -> None:
    small = Codec(Thing, names={Thing: {"count": "number"}}, without_defaults=True)
    bare = Thing(Number("7"))

    assert small.encode(bare) == {"id": "7"}
    assert small.encode(Thing(Number("7"), count=2, marks=("x",))) == {
        "id": "7",
        "number": 2,
        "marks": ["x"],
    }
    assert small.decode({"id": "7"}) == bare
    assert small.decode(small.encode(FULL)) == FULL


def test_a_missing_key_gets_the_default_of_its_field() -> None:
    assert THING.decode({"id": "7"}) == Thing(Number("7"))
    assert THING.decode({"id": "7", "part": {"name": "a"}}).part == Part("a")


def test_a_missing_key_without_a_default_is_an_error_and_no_guess() -> None:
    with pytest.raises(TypeError, match="id"):
        THING.decode({})


def test_an_unknown_key_is_ignored_at_every_depth() -> None:
    newer = {**JSON, "later": 1, "part": {"name": "wheel", "price": "1.10", "later": 2}}

    assert THING.decode(newer) == FULL


def test_a_stored_null_stays_none_whatever_the_type() -> None:
    assert THING.decode({"id": "7", "amount": None, "history": None}).history is None


def test_a_field_is_stored_under_the_name_of_the_previous_release_at_every_depth() -> None:
    codec = Codec(Thing, names={Thing: {"colour": "paint"}, Part: {"name": "title"}})
    thing = Thing(Number("7"), part=Part("wheel"), parts=(Part("a"),))

    written = codec.encode(thing)

    assert written["paint"] == "red"
    assert "colour" not in written
    assert written["part"] == {"title": "wheel", "price": "0"}
    assert codec.decode(written) == thing


def test_the_new_name_of_a_renamed_field_means_nothing_in_an_item() -> None:
    codec = Codec(Part, names={Part: {"price": "cost"}})

    assert codec.decode({"name": "a", "price": "5"}) == Part("a")
    assert codec.decode({"name": "a", "cost": "5"}) == Part("a", Decimal(5))


def test_a_field_aside_is_not_in_the_json_and_is_handed_in() -> None:
    codec = Codec(Part, aside=["name"])

    assert codec.encode(Part("a", Decimal(1))) == {"price": "1"}
    assert codec.decode({"price": "1"}, name="a") == Part("a", Decimal(1))
    assert codec.decode({"name": "of the JSON", "price": "1"}, name="a") == Part("a", Decimal(1))


def test_a_field_as_it_is_is_neither_copied_nor_walked_through() -> None:
    plain = {"a": {"b": object()}}

    assert Codec(Thing, as_is=["plain"]).encode(Thing(Number("7"), plain=plain))["plain"] is plain


def test_a_value_that_is_no_json_and_no_dataclass_is_refused() -> None:
    with pytest.raises(TypeError):
        THING.encode(Thing(Number("7"), plain={"a": 1.5}))


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("colour", "blue", "not a valid Colour"),
        ("at", "soon", "Invalid isoformat"),
        ("day", "2026-02-30", "day"),
    ],
)
def test_a_text_that_is_no_value_of_its_type_is_refused(name: str, text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        THING.decode({"id": "7", name: text})


def test_a_pair_with_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        THING.decode({"id": "7", "history": [["red"]]})


def test_a_type_of_two_forms_that_look_alike_in_json_cannot_be_read() -> None:
    @dataclass(frozen=True)
    class Ambiguous:
        value: date | Decimal

    with pytest.raises(ValueError, match="unpack"):
        Codec(Ambiguous).decode({"value": "1"})

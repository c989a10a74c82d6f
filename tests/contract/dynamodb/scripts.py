"""Calls of every kind that our stores make, drawn at random, and what two DynamoDBs answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from moto import mock_aws
from pynamodb.exceptions import DoesNotExist, PynamoDBException

from koppeling.aws.dynamodb.table import SyncItem
from tests.kept import models
from tests.sandbox.dynamodb import Service, in_memory

type Step = Callable[[type[SyncItem]], object]
type Model = type[SyncItem]

# Texts that sort by their bytes, and keys of which one begins as another
TEXTS = st.sampled_from(("A", "A#1", "A#10", "A#2", "A$", "B", "a", "é", "\uffee", "\U0001f600"))
PARTITIONS = st.sampled_from(("one", "two"))
NUMBERS = st.sampled_from((-1, 0, 1, 2, 10, 1.5, 1764226980))
KEYS = st.tuples(PARTITIONS, TEXTS)
DATA = st.dictionaries(TEXTS, NUMBERS | TEXTS | st.none(), max_size=2)
FIELDS = st.fixed_dictionaries(
    {"data": DATA},
    optional={
        "version": NUMBERS,
        "state": TEXTS,
        "code_key": TEXTS,
        "lease_until": NUMBERS,
    },
)
CONDITIONS: tuple[Callable[[Model, Any], Any], ...] = (
    lambda _, __: None,
    lambda m, _: m.pk.does_not_exist(),
    lambda m, _: m.pk.exists(),
    lambda m, number: m.version == number,
    lambda m, number: m.lease_until.does_not_exist() | (m.lease_until < number),
    lambda m, number: (m.state == "A") & (m.version > number),
    lambda m, number: m.state.does_not_exist() | ((m.state != "B") & (m.version < number)),
    lambda m, number: m.state.does_not_exist() | ((m.state == "B") & (m.version < number)),
    lambda m, number: m.pk.exists() & (m.version.does_not_exist() | (m.version < number)),
)
ACTIONS: tuple[Callable[[Model, Any], Any], ...] = (
    lambda m, number: m.version.set(number),
    lambda m, number: m.fencing.add(number),
    lambda m, number: m.opened_at.set(m.opened_at | number),
    lambda m, number: m.data.set({"n": number}),
    lambda m, _: m.lease_until.remove(),
    lambda m, _: m.state.remove(),
    lambda m, _: m.code_key.set("A"),
)
PLACES: tuple[Callable[[Model, str, str], Any], ...] = (
    lambda _, __, ___: None,
    lambda m, text, _: m.sk.startswith(text),
    lambda m, text, _: m.sk == text,
    lambda m, text, other: m.sk.between(*sorted((text, other))),
)


def _save(key: tuple[str, str], fields: dict[str, Any], condition: int, number: float) -> Step:
    def step(model: Model) -> None:
        model(*key, **fields).save(condition=CONDITIONS[condition](model, number))

    return step


def _delete(key: tuple[str, str]) -> Step:
    def step(model: Model) -> None:
        model(*key).delete()

    return step


def _update(key: tuple[str, str], chosen: set[int], condition: int, number: float) -> Step:
    def step(model: Model) -> object:
        item = model(*key)
        item.update(
            actions=[ACTIONS[each](model, number) for each in sorted(chosen)],
            condition=CONDITIONS[condition](model, number),
        )
        return _told(item)

    return step


def _get(key: tuple[str, str], names: list[str] | None, *, consistent: bool) -> Step:
    return lambda m: _told(m.get(*key, consistent_read=consistent, attributes_to_get=names))


def _batch_get(keys: list[tuple[str, str]]) -> Step:
    return lambda m: sorted(map(_told, m.batch_get(keys, consistent_read=True)), key=repr)


def _batch_write(puts: dict[tuple[str, str], Any], gone: set[tuple[str, str]]) -> Step:
    def step(model: Model) -> None:
        with model.batch_write() as batch:
            for key, fields in puts.items():
                batch.save(model(*key, **fields))
            for key in sorted(gone - puts.keys()):
                batch.delete(model(*key))

    return step


def _query(partition: str, place: int, texts: tuple[str, str], **more: Any) -> Step:  # noqa: ANN401 - pynamodb's
    return lambda m: [*map(_told, m.query(partition, PLACES[place](m, *texts), **more))]


def _by_code(code: str) -> Step:
    return lambda m: sorted(map(_told, m.by_code.query(code)), key=repr)


def _scan(text: str, *, filtered: bool) -> Step:
    def step(model: Model) -> object:
        wanted = (model.state == text) & (model.sk == text) if filtered else None
        return sorted(map(_told, model.scan(wanted)), key=repr)

    return step


def _told(item: SyncItem) -> object:
    return {name: value for name, value in item.attribute_values.items() if value is not None}


_conditions = st.integers(0, len(CONDITIONS) - 1)
_names = st.none() | st.lists(st.sampled_from(("pk", "data", "state")), min_size=1, unique=True)
STEPS = st.one_of(
    st.builds(_save, KEYS, FIELDS, _conditions, NUMBERS),
    st.builds(
        _update,
        KEYS,
        st.sets(st.integers(0, len(ACTIONS) - 1), min_size=1),
        _conditions,
        NUMBERS,
    ),
    st.builds(_get, KEYS, _names, consistent=st.booleans()),
    st.builds(_delete, KEYS),
    st.builds(_batch_get, st.lists(KEYS, min_size=1, unique=True)),
    st.builds(_batch_write, st.dictionaries(KEYS, FIELDS, max_size=4), st.sets(KEYS, max_size=3)),
    st.builds(
        _query,
        PARTITIONS,
        st.integers(0, len(PLACES) - 1),
        st.tuples(TEXTS, TEXTS),
        consistent_read=st.booleans(),
        limit=st.sampled_from((None, 1, 2)),
        page_size=st.sampled_from((None, 1, 3)),
        scan_index_forward=st.sampled_from((None, True, False)),
        attributes_to_get=st.sampled_from((None, ["pk", "sk"])),
    ),
    st.builds(_by_code, TEXTS),
    st.builds(_scan, TEXTS, filtered=st.booleans()),
)


@dataclass(frozen=True, slots=True)
class Told:
    """What both DynamoDBs answered to the same steps."""

    moto: list[object]
    memory: list[object]


def tell_both(steps: Iterable[Step]) -> Told:
    """Take the same steps at both, each with an empty table."""
    listed = list(steps)
    with mock_aws():
        on_moto = _answers(listed)
    return Told(on_moto, tell_memory(listed))


def tell_memory(steps: list[Step]) -> list[object]:
    """Take steps at the tables in memory."""
    with in_memory(Service()):
        return _answers(steps)


def _answers(steps: list[Step]) -> list[object]:
    model, _ = models()
    model.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
    return [_answer(step, model) for step in steps]


def _answer(step: Step, model: Model) -> object:
    try:
        return step(model)
    except DoesNotExist:
        return "does not exist"
    except PynamoDBException as error:
        return type(error).__name__, error.cause_response_code

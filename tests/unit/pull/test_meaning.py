"""What a record means, whatever its rows hold."""

from dataclasses import replace

import pytest

from koppeling.core.ids import ExactId
from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.entities.mapping import MappingContext
from koppeling.pull.link_values import Mapped
from koppeling.pull.meaning import DATA_ERRORS, meaning_of
from koppeling.pull.record import Record, Sources
from tests.unit.pull.builders import TODAY, a_connection, a_contact, an_account, rows_of

CONTEXT = MappingContext(a_connection(), TODAY)


def meaning(record: Record) -> Mapped:
    """Return what an account means."""
    mapped = meaning_of(ACCOUNTS, record, CONTEXT)
    assert mapped is not None
    return mapped


def an_unreadable(code: object, known: str | None = None) -> Record:
    """Return an account with a day that is none."""
    return Record(ExactId("guid"), rows_of(an_account(Code=code, EndDate="ooit")), code=known)


def test_a_readable_record_means_what_its_mapping_says() -> None:
    rows = rows_of(an_account(), a_contact())
    assert meaning(Record(ExactId("a"), rows)) == ACCOUNTS.map(rows, CONTEXT)


def test_a_record_of_which_the_main_row_is_not_known_means_nothing_yet() -> None:
    assert meaning_of(ACCOUNTS, Record(ExactId("a"), rows_of(None, a_contact())), CONTEXT) is None


def test_a_row_of_any_feed_that_cannot_be_read_refuses_the_record_and_names_the_field() -> None:
    mapped = meaning(Record(ExactId("a"), rows_of(an_account(), a_contact(EndDate=[]))))
    assert mapped.refused is not None
    assert (mapped.refused.code, mapped.refused.values) == (
        "record-unreadable",
        {"field": "EndDate", "value": "[]"},
    )
    assert (mapped.code, mapped.values) == ("1068", {})


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (an_unreadable("              1068"), "1068"),
        (an_unreadable({"a": 1}, known="1071"), "1071"),
        (an_unreadable(None), "guid"),
    ],
)
def test_a_refused_record_has_the_best_name_that_is_known(record: Record, code: str) -> None:
    assert meaning(record).code == code


@pytest.mark.parametrize("kind", DATA_ERRORS)
def test_a_mistake_of_ours_refuses_its_record_and_tells_the_place_without_a_value(
    kind: type[Exception],
) -> None:
    def broken(rows: Sources, context: MappingContext) -> Mapped | None:
        del rows, context
        raise kind("Jansen")

    entity = replace(ACCOUNTS, map=broken)
    mapped = meaning_of(entity, Record(ExactId("a"), rows_of(an_account())), CONTEXT)
    assert mapped is not None
    assert mapped.refused is not None
    assert mapped.refused.code == "record-failed"
    assert mapped.refused.values["detail"].startswith(f"{kind.__name__} in broken, line ")
    assert "Jansen" not in mapped.refused.values["detail"]


def test_what_concerns_the_whole_system_is_no_fault_of_a_record() -> None:
    def broken(rows: Sources, context: MappingContext) -> Mapped | None:
        del rows, context
        raise OSError("no route to the table")

    with pytest.raises(OSError, match="no route"):
        meaning_of(replace(ACCOUNTS, map=broken), Record(ExactId("a"), rows_of(None)), CONTEXT)

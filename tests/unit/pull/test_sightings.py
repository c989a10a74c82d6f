"""What a read of everything shows of a record, over many pages and after a crash."""

from dataclasses import replace

from koppeling.core.ids import ExactId
from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.record import Record, Sighting
from koppeling.pull.sightings import UNNUMBERED, are_absent, shown, without_unseen

CONTACTS, ADDRESSES, MAIN = ACCOUNTS.feeds
READ = 7
HELD = Record(
    ExactId("a"),
    {
        "contacts": {name: {"ID": name} for name in ("one", "two", "three")},
        "addresses": {"street": {"ID": "street"}},
        "accounts": {"a": {"ID": "a"}},
    },
)


def see(record: Record, *ids: str, read: int = READ) -> Record:
    return shown(record, CONTACTS, [{"ID": each} for each in ids], read)


def contacts(record: Record) -> set[str]:
    return set(record.sources["contacts"])


def test_what_no_page_showed_leaves_when_the_record_comes_by() -> None:
    record = without_unseen(see(see(HELD, "one"), "three"), ACCOUNTS, READ)

    assert contacts(record) == {"one", "three"}
    assert record.sources["addresses"] == {}


def test_a_record_that_comes_by_twice_in_one_read_keeps_what_it_kept() -> None:
    once = without_unseen(see(HELD, "one"), ACCOUNTS, READ)

    assert without_unseen(once, ACCOUNTS, READ) == once


def test_an_earlier_read_proves_nothing_for_a_later_one() -> None:
    record = see(HELD, "one", "two", read=READ - 1)

    assert contacts(without_unseen(see(record, "three"), ACCOUNTS, READ)) == {"three"}


def test_a_read_that_cannot_be_relied_on_changes_nothing() -> None:
    assert see(HELD, read=UNNUMBERED) == HELD
    assert without_unseen(HELD, ACCOUNTS, UNNUMBERED) == HELD


def test_records_that_a_read_did_not_come_by_are_absent() -> None:
    seen = shown(HELD, MAIN, [{"ID": "a"}], READ)
    before = replace(HELD, seen={"accounts": Sighting(READ - 1)})
    only_contacts = replace(HELD, sources={"contacts": HELD.sources["contacts"]})

    assert are_absent([HELD, seen, before, only_contacts], ACCOUNTS, READ) == [HELD, before]

"""All records of one entity in QicsMilestones, from one reading of its list (P4, P11)."""

import tracemalloc
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from koppeling.core.ids import MilestonesId
from koppeling.milestones.lists import Lists
from koppeling.milestones.snapshot import LARGEST_BLOCK, ListSnapshot
from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.link_values import Row
from koppeling.pull.snapshot import KeptSnapshot, ListPlace
from tests.unit.milestones.test_lists import ROOT, Server

TARGET = ACCOUNTS.target
COMPANY = "1"
MEGABYTE = 1_000_000


class Pages(Lists):
    """A list of these pages, which counts how many of them are asked for."""

    def __init__(self, *pages: Sequence[dict[str, Any]]) -> None:
        super().__init__(Server())
        self.held = pages
        self.asked = 0

    def pages(
        self, path: str, place: ListPlace | None = None
    ) -> Iterator[tuple[list[Row], ListPlace | None]]:
        """Yield the pages, from the place on."""
        assert path == TARGET.path
        first = 0 if place is None else place.received
        for number in range(first, len(self.held)):
            self.asked += 1
            is_last = number == len(self.held) - 1
            yield list(self.held[number]), None if is_last else ListPlace(ROOT, number + 1)


def customer(key: int, code: str, company: str = COMPANY, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return a customer as a list shows it."""
    return {TARGET.key: str(key), TARGET.code: code, "CompanyId": company, **fields}


def key(number: int) -> MilestonesId:
    return MilestonesId(str(number))


def snapshot(lists: Lists, kept: KeptSnapshot | None = None) -> ListSnapshot:
    return ListSnapshot(lists, TARGET, COMPANY, kept)


def read(*pages: Sequence[dict[str, Any]]) -> ListSnapshot:
    """Return a snapshot of a list that was read to its end."""
    made = snapshot(Pages(*pages))
    assert made.read()
    return made


def test_a_record_is_found_by_its_code_and_shows_what_the_list_showed() -> None:
    made = read([customer(1, "1068", Name="Bakker")], [customer(2, "2001", Name="De Vries")])

    assert made.find("2001") == [key(2)]
    assert made.find("1") == []
    assert made.fields(key(1)) == customer(1, "1068", Name="Bakker")
    assert made.fields(key(3)) is None
    assert (list(made), len(made)) == ([key(1), key(2)], 2)


def test_a_code_that_two_records_have_finds_both() -> None:
    assert read([customer(1, "1068"), customer(2, " 1068 ")]).find("1068") == [key(1), key(2)]


def test_records_of_another_company_are_not_in_it() -> None:
    made = read([customer(1, "1068", company="2"), customer(2, "1068")])

    assert made.find("1068") == [key(2)]


def test_only_a_field_that_means_something_else_differs() -> None:
    made = read([customer(1, "1068", Name="Bakker", VatNumber="")])

    assert made.differences(key(1), {"Name": "Bakker", "VatNumber": None}) == {}
    assert made.differences(key(1), {"Name": "Bakkerij"}) == {"Name": ("Bakker", "Bakkerij")}


def test_what_the_list_does_not_show_is_not_known_to_be_equal() -> None:
    made = read([customer(1, "1068", Name="Bakker")])

    assert made.differences(key(1), {"Name": "Bakker", "VatNumber": None}) is None
    assert made.differences(key(2), {"Name": "Bakker"}) is None


def test_a_record_that_was_written_since_is_known_by_its_new_code_alone() -> None:
    made = read([customer(1, "1068", Name="Bakker"), customer(2, "2001")])

    made.note(key(1), "3003")
    made.note(key(9), "1068")

    assert (made.find("1068"), made.find("3003")) == ([key(9)], [key(1)])
    assert made.differences(key(1), {"Name": "Bakker"}) is None
    assert len(made) == 3


def test_a_reading_that_stops_goes_on_at_the_next_page() -> None:
    lists = Pages([customer(1, "1")], [customer(2, "2")], [customer(3, "3")])
    begun = snapshot(lists)

    assert not begun.read(lambda: False)
    assert not begun.is_complete
    goes_on = snapshot(lists, begun.taken_since())
    assert goes_on.read()

    assert lists.asked == len(lists.held)
    assert goes_on.is_complete
    assert list(goes_on) == [key(1), key(2), key(3)]


def test_what_is_kept_holds_what_was_noted_and_nothing_twice() -> None:
    made = read([customer(1, "1068", Name="Bakker")])
    made.note(key(9), "3003")
    first = made.taken_since()
    made.note(key(1), "4004")
    second = made.taken_since()

    kept = snapshot(Pages(), KeptSnapshot(first.blocks + second.blocks, None))

    assert kept.is_complete
    assert (kept.find("1068"), kept.find("3003"), kept.find("4004")) == ([], [key(9)], [key(1)])
    assert made.taken_since().blocks == ()


def test_records_of_any_size_are_kept_in_blocks_that_an_item_can_hold() -> None:
    random = Random(1)  # noqa: S311 - the same texts in each run
    large = [customer(n, f"C{n}", Name=random.randbytes(100_000).hex()) for n in range(1, 9)]
    huge = customer(9, "C9", Name=random.randbytes(1_000_000).hex())
    found = read([*large, huge, customer(10, "C10")], [])

    kept = found.taken_since()

    assert max(len(block) for block in kept.blocks) <= LARGEST_BLOCK
    again = snapshot(Lists(Server({})), kept)
    for each in (found, again):
        assert [each.find(f"C{n}") for n in range(1, 11)] == [[key(n)] for n in range(1, 11)]
        assert each.differences(key(8), {"Name": large[7]["Name"]}) == {}
        # It is asked for by a call
        assert each.differences(key(9), {"Name": "x"}) is None


def test_a_hundred_thousand_customers_would_take_less_than_60_mb() -> None:  # P11
    page, pages = 100, 50
    empty: dict[str, Any] = {f"Field{number}": None for number in range(20)}
    many = [
        [
            customer(
                number,
                f"{number:06}",
                Name=f"Handelsonderneming {number * 7919 % 100_003} B.V.",
                VatNumber=f"NL{number * 104_729 % 999_999_937:09}B01",
                VisitAddressAddress1=f"Dorpsstraat {number * 31 % 977}",
                EmailAddressTo=f"info@bedrijf{number * 15_485_863 % 1_000_003}.nl",
                **empty,
            )
            for number in range(start, start + page)
        ]
        for start in range(100_000, 100_000 + page * pages, page)
    ]
    tracemalloc.start()

    made = read(*many)

    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(made) == page * pages
    assert held * 100_000 / len(made) < 60 * MEGABYTE

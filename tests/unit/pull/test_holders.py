"""Who holds the rows that belong to a record: found after any crash, and written only on a move."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from koppeling.core.ids import ConnectionId, ExactId
from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.holders import Holders, Moves, newest, overtaken
from koppeling.pull.record import Record
from koppeling.pull.rows import by_owner
from tests.unit.pull.store_fakes import FakeHolders

CONTACTS, ADDRESSES, MAIN = ACCOUNTS.feeds
A, B, C = ExactId("a"), ExactId("b"), ExactId("c")


def a_row(owner: object, row_id: str = "row", stamp: int = 5) -> dict[str, Any]:
    return {"ID": row_id, "Account": owner, "Timestamp": stamp}


@dataclass(frozen=True, slots=True)
class Index:
    """The holders of one connection, and what is stored of them."""

    stored: FakeHolders = field(default_factory=FakeHolders)

    @property
    def holders(self) -> Holders:
        return Holders(ConnectionId("acme"), ACCOUNTS, self.stored)

    def page(self, *rows: dict[str, Any]) -> Moves:
        """Return what a page of contacts tells."""
        owned, _ = by_owner(CONTACTS, rows)
        return self.holders.of_page(CONTACTS, rows, newest(owned))

    def take(self, *rows: dict[str, Any]) -> Moves:
        """Take a page from begin to end."""
        moves = self.page(*rows)
        self.holders.begin(moves)
        self.holders.end(moves)
        return moves


def test_a_row_that_names_another_owner_leaves_the_first_one() -> None:
    index = Index()
    index.take(a_row(A))

    assert index.take(a_row(B)).left == {A: {"row"}}
    assert index.stored.held == {("contacts", "row"): (B,)}


def test_a_row_is_written_when_it_is_new_or_moves_and_not_when_it_only_changed() -> None:
    index, written = Index(), []
    for owner in (A, A, B, B):
        before = index.stored.writes
        index.take(a_row(owner))
        written.append(index.stored.writes - before)

    assert written == [1, 0, 2, 0]


def test_a_row_of_nobody_leaves_its_owner_and_is_forgotten() -> None:
    index = Index()
    index.take(a_row(A))

    assert index.take(a_row(None)).left == {A: {"row"}}
    assert index.stored.held == {}


@pytest.mark.parametrize("again", [B, C])
def test_after_a_run_that_died_every_record_that_may_hold_a_row_is_found(again: ExactId) -> None:
    index = Index()
    index.take(a_row(A))
    index.holders.begin(index.page(a_row(B)))

    left = index.page(a_row(again)).left

    assert left == {holder: {"row"} for holder in (A, B) if holder != again}


def test_a_row_that_a_page_shows_with_two_owners_belongs_to_the_newer_one() -> None:
    index = Index()

    index.take(a_row(B, stamp=7), a_row(A, stamp=6))

    assert index.stored.held == {("contacts", "row"): (B,)}


def test_an_older_version_takes_no_row_from_who_holds_a_newer_one() -> None:
    index = Index()
    index.take(a_row(A))
    known = {A: Record(A, {"contacts": {"row": a_row(A, stamp=5)}})}
    late = {
        stamp: overtaken(index.page(a_row(B, stamp=stamp)), {B: [a_row(B, stamp=stamp)]}, known)
        for stamp in (4, 6)
    }

    assert late == {4: {"row"}, 6: set()}


def test_feeds_have_their_own_rows_and_records_are_no_parts() -> None:
    index = Index()
    index.take(a_row(A))
    row = a_row(B)

    assert index.holders.of_page(ADDRESSES, [row], {B: [row]}).left == {}
    assert index.holders.of_page(MAIN, [{"ID": "a"}], {A: [{"ID": "a"}]}) == Moves()

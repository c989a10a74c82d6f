"""X93, X94, R9, R14 for any sequence of pages, commits and stops."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from koppeling.core.ids import ExactId
from koppeling.pull.cursor import FeedCursor
from koppeling.pull.link_values import Row
from koppeling.pull.record import Record, merge

PAGE = 3
PAGES = st.lists(
    st.tuples(st.lists(st.integers(min_value=1, max_value=10**12), max_size=5), st.booleans()),
    max_size=12,
)


def rows(stamps: list[int]) -> list[Row]:
    """Return rows with these Timestamps."""
    return [{"ID": str(stamp), "Timestamp": stamp} for stamp in stamps]


@given(PAGES)
def test_the_cursor_never_goes_back_and_moves_only_with_a_last_page(
    pages: list[tuple[list[int], bool]],
) -> None:
    place, highest = FeedCursor(), 1
    for stamps, is_last in pages:
        moved = place.after_page(rows(stamps), None if is_last else "next")
        highest = max([highest, *stamps])
        assert moved.cursor >= place.cursor
        assert moved.cursor == (highest if is_last else place.cursor)
        assert moved.read_from <= moved.cursor
        assert (moved.resume is None) == is_last
        if not is_last:
            assert moved.read_from == place.read_from
        place = moved


@given(PAGES)
def test_the_next_read_begins_no_later_than_what_the_last_page_held(
    pages: list[tuple[list[int], bool]],
) -> None:
    place = FeedCursor()
    for stamps, is_last in pages:
        moved = place.after_page(rows(stamps), None if is_last else "next")
        new = [stamp for stamp in stamps if stamp > place.cursor]
        if is_last and new:
            assert moved.read_from < min(new)
        place = moved


class SlowCommits(RuleBasedStateMachine):
    """An administration in which a row may be committed one run after a later one (R14).

    Such a transaction is open for no more than a page of other changes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.committed: dict[int, str] = {}
        self.held_back: list[int] = []
        self.newest = 1
        self.place = FeedCursor()
        self.record = Record(ExactId("all"))

    def may_change(self) -> bool:
        """Say whether no transaction is open for longer than a page of changes."""
        return not self.held_back or self.newest - self.held_back[0] < PAGE

    @precondition(may_change)
    @rule(identity=st.integers(min_value=0, max_value=5))
    def change_a_row(self, identity: int) -> None:
        """Write a row with the next version."""
        self.newest += 1
        self._commit(self.newest, str(identity))

    @precondition(may_change)
    @rule()
    def change_two_rows_of_which_the_first_is_committed_late(self) -> None:
        """Give out two versions; the lower one stays invisible until the next run is over."""
        self.newest += 2
        self._commit(self.newest, f"row-{self.newest}")
        self.held_back.append(self.newest - 1)

    @rule(stops_after=st.integers(min_value=1, max_value=4))
    def run(self, stops_after: int) -> None:
        """Read page by page from where the feed stands, or from where it stopped."""
        after = int(self.place.resume or self.place.read_from)
        for _ in range(stops_after):
            found = sorted(stamp for stamp in self.committed if stamp > after)
            page, rest = found[:PAGE], found[PAGE:]
            read = [{"ID": self.committed[stamp], "Timestamp": stamp} for stamp in page]
            self.record, _ = merge(self.record, "rows", read)
            after = page[-1] if page else after
            self.place = self.place.after_page(read, str(after) if rest else None)
            if not rest:
                self._commit_what_was_late()
                break

    def _commit_what_was_late(self) -> None:
        for stamp in self.held_back:
            self._commit(stamp, f"row-{stamp}")
        self.held_back.clear()

    def _commit(self, stamp: int, identity: str) -> None:
        before = [known for known, name in self.committed.items() if name == identity]
        for known in before:
            del self.committed[known]
        self.committed[stamp] = identity

    @rule()
    def read_until_nothing_is_left(self) -> None:
        """After a read that got through, and one more, everything has been taken over."""
        for _ in range(2):
            self.run(stops_after=10**6)
            self.run(stops_after=10**6)
        taken = {
            row["ID"]: row["Timestamp"] for row in self.record.sources.get("rows", {}).values()
        }
        assert taken == {name: stamp for stamp, name in self.committed.items()}

    @invariant()
    def the_cursor_is_never_above_what_was_given_out(self) -> None:
        """No cursor is made up."""
        assert 1 <= self.place.read_from <= self.place.cursor <= self.newest


TestSlowCommits = SlowCommits.TestCase

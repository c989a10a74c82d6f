"""X93, X94, R9, R14 for any sequence of pages, commits and stops."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from koppeling.core.ids import ExactId
from koppeling.pull.cursor import LATE_COMMIT, FeedCursor
from koppeling.pull.link_values import Row
from koppeling.pull.record import Record, merge

NOW = datetime(2026, 11, 24, 6, 3, tzinfo=UTC)
PAGE = 3
LONGEST_OPEN = int(LATE_COMMIT.total_seconds())
PAGES = st.lists(
    st.tuples(st.lists(st.integers(min_value=1, max_value=10**12), max_size=5), st.booleans()),
    max_size=12,
)


@given(PAGES)
def test_the_cursor_never_goes_back_and_moves_only_with_a_last_page(
    pages: list[tuple[list[int], bool]],
) -> None:
    place, highest = FeedCursor(), 1
    for stamps, is_last in pages:
        moved = place.begun(NOW).after_page(stamps, None if is_last else "next")
        moved = moved.ended(NOW) if is_last else moved
        highest = max([highest, *stamps])
        assert moved.cursor >= place.cursor
        assert moved.cursor == (highest if is_last else place.cursor)
        assert moved.read_from <= moved.cursor
        assert (moved.resume is None) == is_last
        if not is_last:
            assert moved.read_from == place.read_from
        place = moved


class SlowCommits(RuleBasedStateMachine):
    """An administration in which a row is committed up to ten minutes after its version (R14)."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0
        self.committed: dict[int, str] = {}
        self.open: dict[int, float] = {}
        self.newest = 1
        self.place = FeedCursor()
        self.record = Record(ExactId("all"))

    @property
    def now(self) -> datetime:
        """The moment it is."""
        return NOW + timedelta(seconds=self.seconds)

    @rule(identity=st.integers(min_value=0, max_value=5), times=st.integers(1, 9))
    def change_rows(self, identity: int, times: int) -> None:
        """Write a row with the next version, often enough to fill pages."""
        for _ in range(times):
            self.newest += 1
            self._commit(self.newest, str(identity))

    @rule(seconds=st.integers(min_value=1, max_value=LONGEST_OPEN))
    def begin_a_transaction(self, seconds: int) -> None:
        """Give out a version that stays invisible for a while."""
        self.newest += 1
        self.open[self.newest] = self.seconds + seconds

    @rule(seconds=st.sampled_from((1, 2, 30, 59, 61, 300, 599, 600, 601, 900)))
    def let_time_pass(self, seconds: int) -> None:
        """Whatever has come due is committed."""
        self.seconds += seconds
        for stamp in [stamp for stamp, due in self.open.items() if due <= self.seconds]:
            del self.open[stamp]
            self._commit(stamp, f"row-{stamp}")

    @rule(stops_after=st.integers(1, 4), seconds=st.sampled_from((0, 1, 90)))
    def run(self, stops_after: int, seconds: int) -> None:
        """Read page by page from where the feed stands, or from where it stopped."""
        self.place = self.place.begun(self.now)
        after = int(self.place.resume or self.place.read_from)
        for _ in range(stops_after):
            found = sorted(stamp for stamp in self.committed if stamp > after)
            page, rest = found[:PAGE], found[PAGE:]
            read: list[Row] = [{"ID": self.committed[stamp], "Timestamp": stamp} for stamp in page]
            self.record, _ = merge(self.record, "rows", read)
            after = page[-1] if page else after
            self.place = self.place.after_page(page, str(after) if rest else None)
            self.let_time_pass(seconds)
            if not rest:
                self.place = self.place.ended(self.now)
                break

    @rule()
    def read_until_nothing_is_left(self) -> None:
        """Once nothing is open any more, the next complete read has taken over everything."""
        self.let_time_pass(LONGEST_OPEN)
        self.run(stops_after=10**6, seconds=0)
        self.run(stops_after=10**6, seconds=0)
        taken = {
            row["ID"]: row["Timestamp"] for row in self.record.sources.get("rows", {}).values()
        }
        assert taken == {name: stamp for stamp, name in self.committed.items()}

    def _commit(self, stamp: int, identity: str) -> None:
        for known in [known for known, name in self.committed.items() if name == identity]:
            del self.committed[known]
        self.committed[stamp] = identity

    @invariant()
    def the_cursor_is_never_above_what_was_given_out(self) -> None:
        """No cursor is made up."""
        assert 1 <= self.place.read_from <= self.place.cursor <= self.newest


TestSlowCommits = SlowCommits.TestCase

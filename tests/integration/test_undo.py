"""A first load undone: QicsMilestones is as it was, but for what was created, which is inactive."""

from datetime import timedelta
from random import Random

from koppeling.bootstrap.previews import previewer
from koppeling.core.clock import Deadline
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.undo_record import UndoLine, UndoneAs
from tests.environment import Environment
from tests.integration import truth
from tests.integration.undoing import (
    LEASE_SECONDS,
    PLENTY,
    but_for_created,
    created,
    house,
    tables,
    undo,
)

LEASE = timedelta(seconds=180)


def told(built: Environment, outcome: UndoneAs) -> list[UndoLine]:
    """Return the records of which an undo told an outcome."""
    lines = built.wiring.stores.journal.told(built.connection.id)
    return [line for line in lines if line.outcome is outcome]


def time_for(calls: int) -> Deadline:
    """Return a deadline that allows so many calls."""
    left = iter([100_000] * calls)
    return Deadline(lambda: next(left, 0))


def start(built: Environment) -> None:
    """Approve the connection again."""
    built.wiring.stores.connections.set_started(built.connection.id, started=True)


def test_after_an_undo_everything_is_as_before_but_what_was_created_is_inactive() -> None:
    with house() as built:
        before = tables(built)
        built.pull_all()
        loaded = tables(built)
        assert but_for_created(before, loaded) != before

        counts = undo(built)

        after = tables(built)
        assert but_for_created(before, after) == before
        made = created(before, after)
        assert made
        assert all(row.get("IsActive", False) is False for _, row in made)
        assert counts["inactive"] == len([row for _, row in made if "IsActive" in row])
        assert counts["restored"] > 0
        assert truth.forbidden(built) == []


def test_after_an_undo_the_connection_waits_for_an_approval_and_knows_nothing_any_more() -> None:
    with house() as built:
        built.pull_all()
        undo(built)

        connection = built.wiring.stores.connections.get(built.connection.id)
        assert connection is not None
        assert (connection.started, connection.paused) == (False, True)
        stores = built.wiring.stores
        for entity in ENTITIES:
            assert stores.records.ids(connection.id, entity) == []
            assert not stores.links.any(connection.id, entity)
            assert not stores.pulls.peek(connection.id, entity).is_loaded
            assert list(stores.journal.lines(connection.id, entity)) == []
        assert built.problems() == []
        calls = len(built.milestones.journal.calls())
        assert {each.outcome for each in built.pull_all().values()} == {"not-started"}
        assert len(built.milestones.journal.calls()) == calls


def test_loading_again_makes_no_double_and_ends_as_the_first_load_did() -> None:
    with house() as built:
        built.pull_all()
        loaded = tables(built)
        undo(built)
        start(built)

        built.pull_all()
        built.clock.advance(3600)
        built.pull_all()

        assert tables(built) == loaded
        assert truth.doubles(built) == []
        assert truth.differences(built) == []


def test_a_second_undo_leaves_inactive_what_the_first_load_created() -> None:
    with house() as built:
        before = tables(built)
        built.pull_all()
        undo(built)
        undone = tables(built)
        start(built)
        built.pull_all()

        undo(built)

        assert tables(built) == undone
        assert but_for_created(before, undone) == before


def test_a_field_that_a_person_changed_since_stays_and_is_told() -> None:
    with house() as built:
        key = built.customer("1068")["CustomerCompanyId"]
        before = tables(built)
        built.pull_all()
        built.milestones.world.change("CustomerCompany", key, {"VisitAddressCity": "Ommen"})

        undo(built)

        after = tables(built)["CustomerCompany"][key]
        assert after == before["CustomerCompany"][key] | {"VisitAddressCity": "Ommen"}
        (line,) = told(built, UndoneAs.CHANGED_SINCE)
        assert (line.code, line.kept) == ("1068", {"VisitAddressCity": "Ommen"})


def test_what_the_link_itself_wrote_later_is_no_change_by_a_person() -> None:
    with house() as built:
        before = tables(built)
        built.pull_all()
        built.clock.advance(3 * 24 * 3600)
        built.exact.change_account("1068", City="Almelo")
        built.pull_all()
        assert built.customer("1068")["VisitAddressCity"] == "Almelo"

        undo(built)

        assert but_for_created(before, tables(built)) == before
        assert told(built, UndoneAs.CHANGED_SINCE) == []


def test_a_preview_of_an_undo_tells_the_same_and_writes_nothing() -> None:
    with house() as built:
        built.pull_all()
        key = built.customer("0000215")["CustomerCompanyId"]
        built.milestones.world.change("CustomerCompany", key, {"VisitAddressCity": "Ommen"})
        loaded = tables(built)

        preview = built.wiring.undo.preview(built.connection.id, PLENTY)

        assert tables(built) == loaded
        connection = built.wiring.stores.connections.get(built.connection.id)
        assert connection is not None
        assert connection.started
        foreseen = {(line.exact_id, line.outcome) for line in preview.lines}
        assert dict(preview.counts) == undo(built)
        lines = built.wiring.stores.journal.told(built.connection.id)
        assert {(line.exact_id, line.outcome) for line in lines} == foreseen


def test_time_that_ran_out_lets_the_undo_go_on_in_a_message() -> None:
    with house() as built:
        before = tables(built)
        built.pull_all()

        summary = built.wiring.undo.run(built.connection.id, time_for(3))

        assert summary.outcome == "pull-continues"
        for _ in range(100):
            waiting = built.taken(built.settings.pull_queue_url)
            if not waiting:
                break
            built.clock.advance(1)
            (message,) = waiting
            assert message["undo"] == "yes"
            built.pulls().handle_message(message, time_for(9))
        assert but_for_created(before, tables(built)) == before


def test_an_undo_that_goes_on_stops_when_somebody_approved_the_connection_again() -> None:
    with house() as built:
        built.pull_all()
        loaded = tables(built)

        summary = built.wiring.undo.run(built.connection.id, PLENTY, begins=False)

        assert summary.outcome == "started"
        assert tables(built) == loaded


def test_a_run_that_is_at_work_is_waited_for() -> None:
    with house() as built:
        built.pull_all()
        loaded = tables(built)
        states = built.wiring.stores.pulls
        states.acquire(built.connection.id, "projects", built.clock.now(), LEASE)

        summary = built.wiring.undo.run(built.connection.id, PLENTY)

        assert summary.outcome == "pull-overtaken"
        assert tables(built) == loaded
        built.clock.advance(LEASE_SECONDS)
        (message,) = built.taken(built.settings.pull_queue_url)
        assert built.pulls().handle_message(message, PLENTY).outcome == "done"


def test_what_was_loaded_more_than_ninety_days_ago_is_not_undone() -> None:
    with house() as built:
        built.pull_all()
        loaded = tables(built)
        built.clock.advance(91 * 24 * 3600)

        summary = built.wiring.undo.run(built.connection.id, PLENTY)

        assert summary.outcome == "undo-too-late"
        assert tables(built) == loaded
        connection = built.wiring.stores.connections.get(built.connection.id)
        assert connection is not None
        assert connection.started


def test_texts_of_a_megabyte_are_previewed_overwritten_given_back_and_told() -> None:
    random = Random(1)  # noqa: S311 - the same texts in each run
    with house() as built:
        built.change(started=False)
        key, other = (built.customer(code)["CustomerCompanyId"] for code in ("1068", "0000215"))
        huge, typed = (random.randbytes(500_000).hex() for _ in range(2))
        built.milestones.world.change("CustomerCompany", key, {"VisitAddressCity": huge})
        before = tables(built)
        found = previewer(built.wiring, built.pulls()).make(built.connection.id, PLENTY)
        assert (found.outcome, found.counts["overwritten"]) == ("done", 2)
        start(built)
        built.pull_all()
        built.milestones.world.change("CustomerCompany", other, {"VisitAddressCity": typed})

        undo(built)

        after = tables(built)["CustomerCompany"]
        assert after[key] == before["CustomerCompany"][key]
        assert after[other]["VisitAddressCity"] == typed
        (line,) = told(built, UndoneAs.CHANGED_SINCE)
        assert typed.startswith(line.kept["VisitAddressCity"][:1000])

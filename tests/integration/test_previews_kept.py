"""A first look at a connection that is not started: few calls, all of it kept, nothing written."""

from koppeling.bootstrap.previews import previewer
from koppeling.core.clock import Deadline
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.kept_preview import EntityPreview, digest_of_all
from koppeling.pull.preview_rows import Section
from tests.environment import Environment, environment

PLENTY = Deadline(lambda: 100_000)


def look(h: Environment, entity: str = "accounts") -> EntityPreview:
    """Make and keep the preview of one entity."""
    return previewer(h.wiring, h.pulls(entity)).make(h.connection.id, PLENTY)


def look_at_all(h: Environment) -> list[EntityPreview]:
    """Look at every entity, in the order of a first load."""
    return [look(h, entity) for entity in ENTITIES]


def without_calls(found: EntityPreview) -> dict[str, int]:
    """Return the counts; how many calls a look takes depends on what is known already."""
    return {name: count for name, count in found.counts.items() if name != "calls"}


def test_a_first_look_reads_each_list_once_and_writes_nothing() -> None:
    with environment(accounts=120) as h:
        h.change(started=False)
        before = h.milestones.world.records("CustomerCompany")

        found = look(h)

        assert (found.outcome, found.counts["new"]) == ("done", 118)
        assert h.calls() <= 10
        pages = h.milestones.journal.calls(lambda call: call.endpoint == "CustomerCompany")
        # 124 customers take two pages, and the end of the list is made sure of
        assert len(pages) <= 4
        methods = {call.method for call in h.milestones.journal.calls(lambda _: True)}
        assert methods <= {"GET", "POST"}
        assert h.milestones.world.records("CustomerCompany") == before
        assert h.problems() == []


def test_what_would_be_overwritten_is_kept_with_old_and_new_value() -> None:
    with environment(accounts=12) as h:
        h.change(started=False)

        found = look(h)

        previews = h.wiring.stores.previews
        kept = previews.of(h.connection.id)["accounts"]
        rows = previews.rows(h.connection.id, kept, Section.OVERWRITTEN, 0)
        assert kept == found
        assert len(rows) == found.counts["overwritten"] == 2
        cafe = next(row for row in rows if row.code == "0000215")
        assert cafe.name == "Stichting Café Zuiderzee"
        assert cafe.fields["Name"][0] == "Stichting Café Zuiderzee"
        assert previews.rows(h.connection.id, kept, Section.OVERWRITTEN, 1) == []
        assert "1071" in previews.codes(h.connection.id, kept)


def test_what_waits_for_an_entity_that_is_loaded_before_counts_as_new() -> None:
    with environment(accounts=12) as h:
        h.change(started=False)

        found = {each.entity: each for each in look_at_all(h)}

        assert found["projects"].why.get("customer-not-synced", 0) == 0
        assert found["projects"].counts["new"] > 1


def test_the_preview_foretells_what_the_first_load_does() -> None:
    with environment(accounts=40) as h:
        h.change(started=False)
        foretold = {each.entity: each for each in look_at_all(h)}
        digest = digest_of_all(foretold.values())
        h.clock.advance(60)

        again = {each.entity: each for each in look_at_all(h)}
        assert digest_of_all(again.values()) == digest
        assert {name: without_calls(each) for name, each in again.items()} == {
            name: without_calls(each) for name, each in foretold.items()
        }
        h.change(started=True, paused=False)
        summaries = h.pull_all()

        for name, summary in summaries.items():
            told = foretold[name].counts
            assert summary.counts.get("created", 0) == told["new"], name
            assert summary.counts.get("changed", 0) == told["overwritten"], name

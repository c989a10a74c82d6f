"""An operator takes back a first load, by the command line."""

from collections.abc import Iterator

import pytest

from koppeling.cli.exits import Exit
from koppeling.core.log import LogKind
from tests.integration.operating import FILE, ID, Operator, an_operator
from tests.integration.undoing import but_for_created, tables


@pytest.fixture
def loaded() -> Iterator[Operator]:
    """Yield an operator whose connection has had its first load."""
    with an_operator() as built:
        built.types("connections", "apply", "--yes", FILE)
        built.home.wiring.stores.connections.set_started(ID, started=True)
        yield built


def test_a_first_load_is_looked_at_undone_and_done_again(loaded: Operator) -> None:
    before = tables(loaded.home)
    loaded.types("pull", ID, "--wait")
    after = tables(loaded.home)
    key = loaded.home.customer("1068")["CustomerCompanyId"]
    loaded.home.milestones.world.change("CustomerCompany", key, {"VisitAddressCity": "Ommen"})

    seen = loaded.types("undo", ID, "--preview")
    assert seen.exit_code == Exit.OK
    assert "VisitAddressCity: Ommen" in seen.output

    done = loaded.types("undo", ID, "--yes")
    assert (done.exit_code, "is not started any more" in done.output) == (Exit.OK, True)
    undone = but_for_created(before, tables(loaded.home))
    assert undone["CustomerCompany"].pop(key)["VisitAddressCity"] == "Ommen"
    before["CustomerCompany"].pop(key)
    assert undone == before
    assert loaded.types("status", ID).output.startswith(f"{ID}: not started, ")

    loaded.home.wiring.stores.connections.set_started(ID, started=True)
    loaded.types("pull", ID, "--wait")
    assert tables(loaded.home) == after


def test_an_undo_is_asked_before_and_told_in_the_log(loaded: Operator) -> None:
    loaded.types("pull", ID, "--wait")
    loaded.types("undo", ID)
    connection = loaded.home.wiring.stores.connections.get(ID)
    assert connection is not None
    assert connection.started

    result = loaded.reads("undo", ID, "--yes")

    assert result["outcome"] == "done"
    assert {line["outcome"] for line in result["lines"]} >= {"restored", "inactive"}
    told = loaded.home.wiring.stores.log.page(ID, kind=LogKind.SETTINGS)
    assert "undone" in {entry.what for entry in told.entries}


def test_what_is_too_old_to_undo_is_refused_with_the_reason(loaded: Operator) -> None:
    loaded.types("pull", ID, "--wait")
    loaded.home.clock.advance(91 * 24 * 3600)

    for words in (("--preview",), ("--yes",)):
        refused = loaded.types("undo", ID, *words)
        assert refused.exit_code != Exit.OK
        assert "more than 90 days ago" in refused.output

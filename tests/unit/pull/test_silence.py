"""R12: a move that no date tells shows in sync feeds that are silent while the lists change."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest

from koppeling.core.connection import EntitySetting
from koppeling.core.ids import ConnectionId
from koppeling.pull.cursor import PullState
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.silence import SilenceCheck
from tests.unit.pull.builders import a_connection
from tests.unit.pull.store_fakes import FakeStates

TODAY = date(2026, 11, 24)
WEEK = timedelta(days=7)
SYNCED = ("accounts", "items", "employees", "projects")


def heard(changed: date, caught_up: date = TODAY - timedelta(days=1)) -> PullState:
    """Return the state of a pull that found something new on a day."""
    return PullState(fencing=1, changed_on=changed, caught_up_on=caught_up)


@dataclass(slots=True)
class ManyStates(FakeStates):
    """Where each pull of one connection stands."""

    of: dict[str, PullState] = field(default_factory=dict)

    def peek(self, connection: ConnectionId, entity: str) -> PullState:
        """Return where a pull stands."""
        del connection
        return self.of[entity]


def suspects(entity: str = "accounts", **changes: PullState) -> bool:
    """Say what is found when all sync feeds are silent for a week and a list is not."""
    states = {name: heard(TODAY - WEEK) for name in ENTITIES} | {"vat_codes": heard(TODAY)}
    states |= changes
    check = SilenceCheck(a_connection(), ENTITIES, ManyStates(of=states), entity, TODAY)
    return check(states[entity])


@pytest.mark.parametrize("entity", SYNCED)
def test_a_week_of_silence_while_a_list_changes_is_a_move_for_every_entity(entity: str) -> None:
    assert suspects(entity)


@pytest.mark.parametrize("entity", SYNCED)
def test_one_feed_that_still_tells_of_changes_proves_that_nothing_moved(entity: str) -> None:
    assert not suspects("accounts", **{entity: heard(TODAY - WEEK + timedelta(days=1))})


def test_a_company_in_which_nothing_changes_at_all_is_quiet_and_not_moved() -> None:
    assert not suspects(vat_codes=heard(TODAY - WEEK))


def test_a_list_itself_needs_no_read_of_everything() -> None:
    assert not suspects("vat_codes")


def test_who_read_everything_within_the_week_does_not_do_so_again() -> None:
    resynced = replace(heard(TODAY - WEEK), resynced_on=TODAY - WEEK + timedelta(days=1))
    assert not suspects("accounts", accounts=resynced)
    assert suspects("accounts", accounts=replace(resynced, resynced_on=TODAY - WEEK))


def test_an_entity_that_read_everything_first_and_hears_again_does_not_stop_the_others() -> None:
    assert suspects("items", accounts=replace(heard(TODAY), resynced_on=TODAY))


def test_what_was_not_read_lately_is_not_silent_and_proves_nothing() -> None:
    long_ago = heard(TODAY - WEEK, caught_up=TODAY - timedelta(days=3))
    assert suspects(items=replace(long_ago, changed_on=TODAY - timedelta(days=3)))
    assert not suspects(vat_codes=replace(long_ago, changed_on=TODAY - timedelta(days=3)))


def test_an_entity_that_is_off_is_not_asked() -> None:
    states = {"accounts": heard(TODAY - WEEK), "vat_codes": heard(TODAY)}
    off = {name: EntitySetting(enabled=False) for name in ENTITIES if name not in states}
    check = SilenceCheck(
        a_connection(entities=off), ENTITIES, ManyStates(of=states), "accounts", TODAY
    )
    assert check(states["accounts"])


def test_before_anything_was_loaded_nothing_is_silent() -> None:
    assert not suspects("accounts", accounts=PullState(fencing=1))

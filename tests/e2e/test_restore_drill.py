"""A restore of both tables, played on a local stack (R39)."""

import pytest

from koppeling.auth.oauth import EXACT
from tools.restore_drill import AFTER, BEFORE, NEW, drill

pytestmark = pytest.mark.e2e


def test_after_a_restore_nothing_is_booked_twice_and_only_logins_that_moved_on_are_renewed() -> (
    None
):
    found = drill()

    assert found.entries == dict.fromkeys((*BEFORE, *AFTER, NEW), 1)
    assert found.to_renew == found.moved_on == {EXACT.name}

"""The messages of the round queue, as they are read."""

import pytest

from koppeling.watch.messages import round_of


@pytest.mark.parametrize("body", ["", "null", "[]", "{}", '{"round": "login"}', "[" * 100_000])
def test_what_is_no_message_of_a_round_is_left_to_others(body: str) -> None:
    assert round_of(body) is None

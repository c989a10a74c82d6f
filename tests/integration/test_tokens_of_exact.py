"""Token calls to Exact that go wrong by a mistake of ours."""

import pytest

from koppeling.auth.oauth import EXACT
from koppeling.auth.token_pair import TokenKey, TooEarly
from tests.environment import environment


def test_a_refresh_that_comes_too_early_alarms_us_and_nobody_else(
    caplog: pytest.LogCaptureFixture,
) -> None:  # X23
    with environment(accounts=3) as h:
        key = TokenKey(EXACT.name, h.connection.exact_user, h.connection.exact_host)
        pair = h.wiring.stores.tokens.get(key)
        assert pair is not None

        with pytest.raises(TooEarly):
            h.wiring.clients.endpoint(EXACT).refresh(key, pair.refresh_token)

        assert "tokens exact-token-too-early" in caplog.messages
        assert pair.refresh_token not in caplog.text
        assert h.problems() == []
        assert h.pull().outcome == "done"

"""X13 to X18: when a pair of tokens may be used, and when it may be exchanged."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from koppeling.auth.token_pair import (
    EXACT_CHAIN,
    MILESTONES_CHAIN,
    Grant,
    TokenKey,
    TokenPair,
    TokenState,
)

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
PAIR = TokenPair(
    TokenKey("exact", "user", "host"), "old access", "old refresh", NOW, NOW, fencing=4
)
RENEWED = PAIR.renewed(Grant("new access", "new refresh", timedelta(seconds=600)), NOW, EXACT_CHAIN)


def test_an_exact_token_is_used_until_580_seconds_of_age() -> None:
    assert RENEWED.is_fresh(NOW + timedelta(seconds=579))
    assert not RENEWED.is_fresh(NOW + timedelta(seconds=580))


def test_a_renewed_pair_holds_both_new_tokens_and_keeps_its_chain_and_fencing_number() -> None:
    assert (RENEWED.access_token, RENEWED.refresh_token) == ("new access", "new refresh")
    assert (RENEWED.key, RENEWED.fencing, RENEWED.granted_at) == (PAIR.key, 4, NOW)


def test_a_grant_makes_an_uncertain_chain_certain_again() -> None:
    uncertain = replace(PAIR, state=TokenState.UNCERTAIN)
    grant = Grant("a", "r", timedelta(seconds=600))
    assert uncertain.renewed(grant, NOW, EXACT_CHAIN).state is TokenState.ACTIVE


@pytest.mark.parametrize("state", [TokenState.UNCERTAIN, TokenState.RECONNECT])
def test_a_chain_that_may_have_ended_is_not_used_without_asking(state: TokenState) -> None:
    assert not replace(RENEWED, state=state).is_fresh(NOW)


@pytest.mark.parametrize(("life", "usable"), [(600, 580), (580, 570), (30, 570), (3600, 3580)])
def test_an_exact_token_is_never_refreshed_before_570_seconds(life: int, usable: int) -> None:
    assert EXACT_CHAIN.usable(timedelta(seconds=life)) == timedelta(seconds=usable)


@pytest.mark.parametrize(("life", "usable"), [(3600, 3540), (60, 0), (10, 0)])
def test_a_milestones_token_is_used_until_a_minute_before_its_end(life: int, usable: int) -> None:
    assert MILESTONES_CHAIN.usable(timedelta(seconds=life)) == timedelta(seconds=usable)


def test_no_token_shows_when_a_pair_or_a_grant_is_printed() -> None:
    shown = repr(RENEWED) + repr(Grant("new access", "new refresh", timedelta()))
    assert "new" not in shown


def test_every_spelling_of_a_user_is_one_chain() -> None:  # X18
    key = TokenKey("exact", " Jan@X.nl ", "start.exactonline.nl")

    assert key.user == "jan@x.nl"
    assert key == TokenKey("exact", "JAN@x.NL", "start.exactonline.nl")

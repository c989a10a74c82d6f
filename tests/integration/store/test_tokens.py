"""R26, X17, X18: the newest pair of a chain, its lease, and its fencing number."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pynamodb.exceptions import UpdateError

from koppeling.auth.token_chain import LEASE
from koppeling.auth.token_pair import EXACT_CHAIN, Grant, TokenKey, TokenPair, TokenState
from koppeling.aws.dynamodb.table import TokenItem, epoch, token_items
from koppeling.aws.dynamodb.tokens import DynamoTokenStore
from koppeling.aws.kms import TABLE_KEY, Ciphertext, UnreadableError
from koppeling.core.errors import Retry
from tests.integration.store.conftest import NOW, REGION
from tests.sandbox.common.clock import Clock
from tests.unit.aws.fakes import a_cipher

KEY = TokenKey("exact", "jan@x.nl", "start.exactonline.nl")
PARTITION = "exact#start.exactonline.nl#jan@x.nl"
LIFE = timedelta(seconds=600)
MOMENT = NOW.replace(microsecond=0)


def a_store(tokens: type[TokenItem]) -> DynamoTokenStore:
    """Return the store as it is wired, on a KMS of its own in memory."""
    return DynamoTokenStore(tokens, a_cipher())


def granted(number: int, key: TokenKey = KEY) -> TokenPair:
    """Return a pair as it follows from a login."""
    empty = TokenPair(key, "", "", MOMENT, MOMENT, connected_at=MOMENT)
    return empty.renewed(Grant(f"access-{number}", f"refresh-{number}", LIFE), MOMENT, EXACT_CHAIN)


def leased(store: DynamoTokenStore, clock: Clock) -> TokenPair:
    """Take the lease, which must be free."""
    pair = store.lease(KEY, clock.now(), LEASE)
    if pair is None:
        raise LookupError(KEY)
    return pair


def test_a_user_that_never_connected_has_no_pair_and_no_lease(
    tokens: type[TokenItem], clock: Clock
) -> None:
    store = a_store(tokens)
    assert store.get(KEY) is None
    assert store.lease(KEY, clock.now(), LEASE) is None
    assert store.get(KEY) is None


def test_the_pair_of_a_login_is_read_back(tokens: type[TokenItem]) -> None:
    store = a_store(tokens)
    store.connect(granted(0))
    assert store.get(KEY) == replace(granted(0), fencing=1)


def test_chains_of_other_users_hosts_and_providers_stay_apart(tokens: type[TokenItem]) -> None:
    store = a_store(tokens)
    store.connect(granted(0))
    for other in ({"user": "piet@x.nl"}, {"host": "start.exactonline.be"}, {"provider": "m"}):
        assert store.get(replace(KEY, **other)) is None


def test_the_lease_answers_with_the_newest_pair_and_a_new_fencing_number(
    tokens: type[TokenItem], clock: Clock
) -> None:
    store = a_store(tokens)
    store.connect(granted(0))
    assert leased(store, clock) == replace(granted(0), fencing=2)


def test_while_one_process_holds_the_lease_no_other_gets_it(
    tokens: type[TokenItem], clock: Clock
) -> None:
    store = a_store(tokens)
    store.connect(granted(0))
    leased(store, clock)
    clock.advance(LEASE.total_seconds())
    assert store.lease(KEY, clock.now(), LEASE) is None
    clock.advance(1)
    assert store.lease(KEY, clock.now(), LEASE) is not None


def test_saving_gives_the_lease_back(tokens: type[TokenItem], clock: Clock) -> None:
    store = a_store(tokens)
    store.connect(granted(0))
    renewed = replace(granted(1), fencing=leased(store, clock).fencing, state=TokenState.UNCERTAIN)
    store.save(renewed)
    assert store.get(KEY) == renewed
    assert leased(store, clock).fencing == renewed.fencing + 1


def test_who_was_overtaken_cannot_write_over_the_newer_pair(
    tokens: type[TokenItem], clock: Clock
) -> None:
    store = a_store(tokens)
    store.connect(granted(0))
    slow = leased(store, clock)
    clock.advance(LEASE.total_seconds() + 1)
    quick = replace(granted(1), fencing=leased(store, clock).fencing)
    store.save(quick)
    with pytest.raises(Retry) as overtaken:
        store.save(replace(granted(2), fencing=slow.fencing))
    assert overtaken.value.code == "token-overtaken"
    assert "refresh-2" not in str(overtaken.value)
    assert store.get(KEY) == quick


def test_a_new_login_replaces_a_chain_that_is_being_refreshed(
    tokens: type[TokenItem], clock: Clock
) -> None:
    store = a_store(tokens)
    store.connect(granted(0))
    slow = leased(store, clock)
    store.connect(granted(5))
    with pytest.raises(Retry):
        store.save(replace(granted(1), fencing=slow.fencing))
    newest = leased(store, clock)
    assert (newest.access_token, newest.state) == ("access-5", TokenState.ACTIVE)


def test_the_item_tells_until_when_the_refresh_token_lives(tokens: type[TokenItem]) -> None:
    a_store(tokens).connect(granted(0))
    item = tokens.get(PARTITION)
    assert item.refresh_token_ends_at == epoch(MOMENT + timedelta(days=30))
    assert (item.provider, item.oauth_user, item.host, item.schema) == (
        "exact",
        "jan@x.nl",
        "start.exactonline.nl",
        1,
    )


def test_tokens_of_an_unknown_cipher_are_not_guessed_at(tokens: type[TokenItem]) -> None:
    a_store(tokens).connect(granted(0))
    tokens.get(PARTITION).update(actions=[tokens.cipher.set("rot13")])
    with pytest.raises(UnreadableError, match="sealed with rot13"):
        a_store(tokens).get(KEY)


def test_a_ciphertext_shows_in_no_log() -> None:
    assert "secret" not in repr(Ciphertext(TABLE_KEY, b"secret"))


def test_an_error_of_the_table_is_not_taken_for_a_lost_lease(aws: None, clock: Clock) -> None:
    del aws
    store = a_store(token_items("not-there", REGION))
    with pytest.raises(UpdateError):
        store.lease(KEY, clock.now(), LEASE)
    with pytest.raises(UpdateError):
        store.save(granted(0))


def test_the_moment_of_a_login_stays_until_the_next_one(
    tokens: type[TokenItem], clock: Clock
) -> None:
    store = a_store(tokens)
    store.connect(granted(0))
    store.save(leased(store, clock).renewed(Grant("a", "r", LIFE), clock.now(), EXACT_CHAIN))
    assert store.get(KEY).connected_at == MOMENT  # type: ignore[union-attr] # it is there
    later = MOMENT + timedelta(hours=1, milliseconds=1)

    store.connect(replace(granted(1), granted_at=later))

    found = store.get(KEY)
    assert found is not None
    assert found.connected_at == MOMENT + timedelta(hours=1, seconds=1)

"""S2, R26, R40: chains sealed under KMS, what may be told of them unopened, and who may save."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import boto3
import pytest
from botocore.exceptions import ClientError

from koppeling.auth.token_chain import LEASE
from koppeling.auth.token_pair import (
    EXACT_CHAIN,
    ChainFacts,
    Grant,
    TokenKey,
    TokenPair,
    TokenState,
)
from koppeling.aws.dynamodb.table import TokenItem
from koppeling.aws.dynamodb.tokens import DynamoTokenStore
from koppeling.aws.kms import CIPHER, TABLE_KEY, KmsCipher, UnreadableError
from koppeling.core.errors import Retry
from tests.integration.store.conftest import NOW, REGION
from tests.sandbox.common.clock import Clock
from tests.unit.aws.fakes import FakeKms

KEY = TokenKey("exact", "jan@x.nl", "start.exactonline.nl")
OTHER = replace(KEY, user="piet@x.nl")
MOMENT = NOW.replace(microsecond=0)
LIFE = timedelta(seconds=600)


def granted(number: int, key: TokenKey = KEY) -> TokenPair:
    """Return a pair as it follows from a login."""
    empty = TokenPair(key, "", "", MOMENT, MOMENT, connected_at=MOMENT)
    return empty.renewed(Grant(f"access-{number}", f"refresh-{number}", LIFE), MOMENT, EXACT_CHAIN)


def following(pair: TokenPair, number: int) -> TokenPair:
    """Return the pair for which another was exchanged."""
    grant = Grant(f"access-{number}", f"refresh-{number}", LIFE)
    return pair.renewed(grant, MOMENT + timedelta(minutes=10), EXACT_CHAIN)


@dataclass(slots=True)
class ChainsFixture:
    """The store of one process after another, with the table and the keys under it."""

    items: type[TokenItem]
    clock: Clock
    kms: FakeKms

    def process(self) -> DynamoTokenStore:
        """Return the store as one more process has it."""
        return DynamoTokenStore(self.items, KmsCipher(lambda: self.kms, "key", self.clock.now))

    def item(self, key: TokenKey = KEY) -> TokenItem:
        """Return an item as it lies in the table."""
        return self.items.get(f"{key.provider}#{key.host}#{key.user}")


@pytest.fixture
def chains(tokens: type[TokenItem], clock: Clock) -> ChainsFixture:
    return ChainsFixture(tokens, clock, FakeKms())


def leased(store: DynamoTokenStore, clock: Clock) -> TokenPair:
    pair = store.lease(KEY, clock.now(), LEASE)
    assert pair is not None
    return pair


def test_an_item_holds_the_ciphertext_and_the_wrapped_key_and_no_token(
    chains: ChainsFixture,
) -> None:
    chains.process().connect(granted(7))
    item = chains.item()
    assert item.cipher == CIPHER
    assert item.data_key in chains.kms.keys
    assert b"refresh-7" not in item.sealed
    found = chains.process().get(KEY)
    assert found == replace(granted(7), fencing=1)


def test_real_kms_opens_a_chain_for_its_own_item_and_for_no_other(
    tokens: type[TokenItem], clock: Clock
) -> None:
    kms = boto3.client("kms", region_name=REGION)
    key_id = kms.create_key()["KeyMetadata"]["Arn"]

    def process() -> DynamoTokenStore:
        return DynamoTokenStore(tokens, KmsCipher(lambda: kms, key_id, clock.now))

    process().connect(granted(1))
    process().connect(granted(2, OTHER))
    stolen = tokens.get("exact#start.exactonline.nl#jan@x.nl")
    tokens("exact#start.exactonline.nl#piet@x.nl").update(
        actions=[tokens.sealed.set(stolen.sealed), tokens.data_key.set(stolen.data_key)]
    )

    assert process().get(KEY) == replace(granted(1), fencing=1)
    with pytest.raises(UnreadableError, match="another item"):
        process().get(OTHER)
    assert process().facts(OTHER) is not None


def test_a_chain_of_an_earlier_release_opens_and_is_sealed_anew_when_it_is_saved(
    chains: ChainsFixture,
) -> None:  # R40
    chains.process().connect(granted(3))
    chains.item().update(
        actions=[
            chains.items.cipher.set(TABLE_KEY),
            chains.items.sealed.set(b'{"access_token": "access-3", "refresh_token": "refresh-3"}'),
            chains.items.data_key.remove(),
            chains.items.generation.remove(),
        ]
    )
    store = chains.process()
    old = leased(store, chains.clock)
    assert (old.refresh_token, old.generation) == ("refresh-3", 0)
    store.save(following(old, 4))
    assert chains.item().cipher == CIPHER
    found = chains.process().get(KEY)
    assert found is not None
    assert (found.refresh_token, found.generation) == ("refresh-4", 1)


def test_the_user_of_a_chain_is_one_person_however_typed(chains: ChainsFixture) -> None:
    chains.process().connect(granted(1, replace(KEY, user="  Jan@X.nl ")))
    assert TokenKey("exact", "JAN@x.NL", KEY.host) == KEY
    assert chains.process().get(KEY) is not None


def test_facts_are_told_without_opening_anything(chains: ChainsFixture) -> None:
    chains.process().connect(granted(1))
    chains.process().connect(granted(2, OTHER))
    chains.kms.calls.clear()
    store = chains.process()
    facts = ChainFacts(KEY, TokenState.ACTIVE, MOMENT, MOMENT + timedelta(days=30))
    assert store.facts(KEY) == facts
    assert store.facts(replace(KEY, user="nobody@x.nl")) is None
    told = sorted(store.all_facts(), key=lambda each: each.key.user)
    assert told == [facts, replace(facts, key=OTHER)]
    assert chains.kms.calls == []


def test_facts_tell_that_a_chain_has_ended_since_its_last_grant(chains: ChainsFixture) -> None:
    store = chains.process()
    store.connect(granted(1))
    store.save(replace(leased(store, chains.clock), state=TokenState.RECONNECT))
    facts = store.facts(KEY)
    assert facts is not None
    assert (facts.state, facts.granted_at) == (TokenState.RECONNECT, MOMENT)


def test_a_note_about_expiry_touches_no_token_and_makes_no_item(chains: ChainsFixture) -> None:
    store = chains.process()
    store.connect(granted(1))
    before = store.get(KEY)
    for told in (True, False):
        store.note_expiry(KEY, told=told)
        facts = store.facts(KEY)
        assert facts is not None
        assert facts.expiry_told is told
    assert store.get(KEY) == before


def rescue(
    chains: ChainsFixture, between: Callable[[TokenPair], None]
) -> tuple[TokenPair, TokenPair]:
    """Exchange a pair so slowly that another process has the lease; return ours and the other's."""
    store = chains.process()
    store.connect(granted(0))
    slow = leased(store, chains.clock)
    chains.clock.advance(LEASE.total_seconds() + 1)
    other = leased(store, chains.clock)
    between(other)
    store.save(following(slow, 1))
    return following(slow, 1), other


def test_a_pair_that_follows_the_stored_one_is_saved_although_its_lease_ran_out(
    chains: ChainsFixture,
) -> None:  # X16, R29
    ours, other = rescue(chains, lambda _: None)
    stored = chains.process().get(KEY)
    assert stored is not None
    assert stored.refresh_token == ours.refresh_token
    with pytest.raises(Retry, match="token-overtaken"):
        chains.process().save(replace(other, state=TokenState.RECONNECT))
    assert chains.process().get(KEY) == stored


def test_it_is_saved_also_after_the_other_process_took_the_chain_for_dead(
    chains: ChainsFixture,
) -> None:
    store = chains.process()
    ours, _ = rescue(chains, lambda other: store.save(replace(other, state=TokenState.RECONNECT)))
    stored = store.get(KEY)
    assert stored is not None
    assert (stored.state, stored.refresh_token) == (TokenState.ACTIVE, ours.refresh_token)


def test_it_is_not_saved_over_a_pair_that_another_process_exchanged(chains: ChainsFixture) -> None:
    store = chains.process()
    with pytest.raises(Retry):
        rescue(chains, lambda other: store.save(following(other, 2)))
    stored = store.get(KEY)
    assert stored is not None
    assert stored.refresh_token == "refresh-2"


def test_it_is_not_saved_over_a_login(chains: ChainsFixture) -> None:
    store = chains.process()
    with pytest.raises(Retry):
        rescue(chains, lambda _: store.connect(granted(9)))
    stored = store.get(KEY)
    assert stored is not None
    assert stored.refresh_token == "refresh-9"


def test_a_lease_whose_tokens_cannot_be_opened_now_is_given_back_at_once(
    chains: ChainsFixture,
) -> None:
    chains.process().connect(granted(1))
    trouble = ClientError({"Error": {"Code": "ThrottlingException"}}, "Decrypt")
    chains.kms.errors = [trouble]
    with pytest.raises(Retry, match="token-key-unavailable"):
        chains.process().lease(KEY, chains.clock.now(), LEASE)
    assert leased(chains.process(), chains.clock).refresh_token == "refresh-1"


def test_what_was_made_ready_lets_a_pair_be_saved_while_kms_is_down(
    chains: ChainsFixture,
) -> None:  # R29
    chains.process().connect(granted(1))
    store = chains.process()
    store.prepare(KEY)
    old = leased(store, chains.clock)
    trouble = ClientError({"Error": {"Code": "KMSInternalException"}}, "GenerateDataKey")
    chains.kms.errors = [trouble] * 9
    store.save(following(old, 2))
    chains.kms.errors = []
    found = chains.process().get(KEY)
    assert found is not None
    assert found.refresh_token == "refresh-2"

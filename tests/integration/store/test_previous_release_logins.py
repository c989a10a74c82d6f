"""R40: logins and token chains as the release before left them."""

from dataclasses import replace
from datetime import datetime, timedelta

from koppeling.auth.session import Ticket
from koppeling.auth.token_keys import present_key
from koppeling.auth.token_pair import TokenKey
from koppeling.aws.dynamodb.logins import LoginStore
from koppeling.aws.dynamodb.tokens import DynamoTokenStore
from koppeling.aws.kms import CIPHER, Ciphertext, KmsCipher
from tests.integration.store.conftest import NOW
from tests.integration.store.previous_release import Old, Tables, each, kms_of_then, told
from tests.unit.aws.fakes import FakeKms

LEASE = timedelta(seconds=45)


def chains(tables: Tables, kms: FakeKms) -> DynamoTokenStore:
    """Return the store of a process that holds no data key yet."""
    return DynamoTokenStore(tables.tokens, KmsCipher(lambda: kms, "key", tables.now))


def secret(tables: Tables, kms: FakeKms, old: Old) -> bytes:
    """Return what is sealed in the item that is in the table now."""
    item = tables.tokens.get(old.stored[0]["pk"]["S"])
    key = TokenKey(item.provider, item.oauth_user, item.host)
    sealed = Ciphertext(item.cipher, item.sealed, item.data_key or b"")
    return KmsCipher(lambda: kms, "key", tables.now).decrypt(sealed, key)


@each("chains")
def test_a_chain_opens_with_its_tokens_and_facts(tables: Tables, old: Old) -> None:
    tables.hold(old)
    store, key = chains(tables, kms_of_then()), TokenKey(**old.means["pair"]["key"])
    found = store.get(key)
    assert found is not None
    assert told(found) == old.means["pair"]
    facts = store.facts(key)
    assert told(facts) == old.means["facts"]
    # Those of QicsMilestones get their present key when all of them are looked through
    assert facts is not None
    assert list(store.all_facts()) == [replace(facts, key=present_key(key))]
    if present_key(key) != key:
        return
    leased = None if old.means["leased"] else replace(found, fencing=found.fencing + 1)
    assert store.lease(key, NOW, LEASE) == leased


@each("chains")
def test_a_chain_is_sealed_in_the_same_form_but_for_its_cipher(tables: Tables, old: Old) -> None:
    tables.hold(old)
    kms = kms_of_then()
    found = chains(tables, kms).get(TokenKey(**old.means["pair"]["key"]))
    assert found is not None
    store, sealed_then = chains(tables, kms), secret(tables, kms, old)

    def write() -> None:
        store.connect(found)
        for fencing in range(2, found.fencing + 1):
            store.lease(found.key, NOW, LEASE)
            if not old.means["leased"]:
                store.save(replace(found, fencing=fencing))
        if old.means["facts"]["expiry_told"]:
            store.note_expiry(found.key, told=True)

    assert tables.written(write) == [{**form, "cipher": {"S": CIPHER}} for form in old.forms]
    assert secret(tables, kms, old) == sealed_then


@each("older_chains")
def test_a_chain_of_a_release_before_that_opens_too(tables: Tables, old: Old) -> None:
    tables.hold(old)
    store, key = chains(tables, FakeKms()), TokenKey(**old.means["pair"]["key"])
    assert told(store.get(key)) == old.means["pair"]
    assert told(store.facts(key)) == old.means["facts"]


@each("sessions")
def test_a_session_goes_on_and_its_ticket_is_used(tables: Tables, old: Old) -> None:
    tables.hold(old)
    store, means = LoginStore(tables.items), old.means["ticket"]
    found = store.session(old.means["session"]["digest"], NOW)
    assert found is not None
    assert told(found) == old.means["session"]
    ends_at = datetime.fromisoformat(means["ends_at"])
    ticket = Ticket(found.connection, found.providers, ends_at, means["number"])
    assert store.is_used(ticket)
    assert not store.open_session(ticket, found)
    assert tables.written(lambda: store.open_session(ticket, found)) == old.forms


@each("attempts")
def test_an_attempt_to_log_in_comes_back_once(tables: Tables, old: Old) -> None:
    tables.hold(old)
    store, is_used = LoginStore(tables.items), old.means["used"]
    found = store.known(old.means["attempt"]["digest"])
    assert found is not None
    assert told(found) == old.means["attempt"]
    assert store.end(found.digest, NOW) == (None if is_used else found)

    def write() -> None:
        store.begin(found)
        if is_used:
            store.end(found.digest, NOW)

    assert tables.written(write) == old.forms

"""S2: tokens open for the item they belong to only, and data keys do not stay."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from threading import Thread

import pytest
from botocore.exceptions import EndpointConnectionError, ParamValidationError

from koppeling.auth.token_pair import TokenKey
from koppeling.aws.kms import (
    CIPHER,
    KEY_LIFE,
    KEY_USES,
    TABLE_KEY,
    Ciphertext,
    KmsCipher,
    UnreadableError,
)
from koppeling.core.errors import Retry
from tests.sandbox.common.clock import Clock
from tests.unit.aws.fakes import FakeKms, refused

KEY = TokenKey("exact", "jan@x.nl", "start.exactonline.nl")
OTHERS = [
    replace(KEY, user="piet@x.nl"),
    replace(KEY, host="start.exactonline.be"),
    replace(KEY, provider="milestones"),
]
SECRET = b'{"refresh_token": "geheim-0815"}'
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def kms() -> FakeKms:
    return FakeKms()


@pytest.fixture
def clock() -> Clock:
    return Clock(frozen_at=NOON)


def a_seal(kms: FakeKms, clock: Clock) -> KmsCipher:
    """Return the seal of one more process."""
    return KmsCipher(lambda: kms, "tokens-key", clock.now)


def a_key(number: int) -> TokenKey:
    """Return one of many chains."""
    return replace(KEY, user=f"{number}@x.nl")


def test_what_is_sealed_opens_for_its_own_item_in_any_process(kms: FakeKms, clock: Clock) -> None:
    sealed = a_seal(kms, clock).encrypt(SECRET, KEY)
    assert sealed.cipher == CIPHER == "aes-256-gcm"
    assert sealed.data_key in kms.keys
    assert b"geheim" not in sealed.blob
    assert a_seal(kms, clock).decrypt(sealed, KEY) == SECRET


def test_the_same_secret_never_gives_the_same_ciphertext(kms: FakeKms, clock: Clock) -> None:
    seal = a_seal(kms, clock)
    assert len({seal.encrypt(SECRET, KEY).blob for _ in range(50)}) == 50


@pytest.mark.parametrize("other", OTHERS, ids=lambda key: key.provider + key.user + key.host)
def test_a_ciphertext_that_was_moved_to_another_item_does_not_open(
    kms: FakeKms, clock: Clock, other: TokenKey
) -> None:
    sealed = a_seal(kms, clock).encrypt(SECRET, KEY)
    with pytest.raises(UnreadableError, match="belong to another item"):
        a_seal(kms, clock).decrypt(sealed, other)


@pytest.mark.parametrize("other", OTHERS, ids=lambda key: key.provider + key.user + key.host)
def test_nor_does_it_when_the_data_key_alone_would_open_it(
    kms: FakeKms, clock: Clock, other: TokenKey
) -> None:
    """The second lock: the additional data binds also where KMS was led astray."""
    sealed = a_seal(kms, clock).encrypt(SECRET, KEY)
    wrapped = sealed.data_key
    context = {"provider": other.provider, "user": other.user, "host": other.host}
    kms.keys[wrapped] = (kms.keys[wrapped][0], {**context, "purpose": "oauth-tokens"})
    with pytest.raises(UnreadableError):
        a_seal(kms, clock).decrypt(sealed, other)


def test_a_ciphertext_of_which_one_bit_changed_does_not_open(kms: FakeKms, clock: Clock) -> None:
    seal = a_seal(kms, clock)
    sealed = seal.encrypt(SECRET, KEY)
    for place in range(len(sealed.blob)):
        blob = bytearray(sealed.blob)
        blob[place] ^= 1
        with pytest.raises(UnreadableError):
            seal.decrypt(replace(sealed, blob=bytes(blob)), KEY)


def test_the_context_names_whose_tokens_they_are_and_what_for(kms: FakeKms, clock: Clock) -> None:
    a_seal(kms, clock).encrypt(SECRET, KEY)
    ((_, context),) = kms.keys.values()
    assert context == {
        "provider": "exact",
        "user": "jan@x.nl",
        "host": "start.exactonline.nl",
        "purpose": "oauth-tokens",
    }


def test_tokens_of_an_earlier_release_still_open(kms: FakeKms, clock: Clock) -> None:  # R40
    assert a_seal(kms, clock).decrypt(Ciphertext(TABLE_KEY, SECRET), KEY) == SECRET
    assert kms.calls == []


@pytest.mark.parametrize(
    "sealed",
    [Ciphertext("rot13", SECRET), Ciphertext(CIPHER, SECRET)],
    ids=["rot13", "without-key"],
)
def test_what_was_sealed_in_an_unknown_way_is_not_guessed_at(
    kms: FakeKms, clock: Clock, sealed: Ciphertext
) -> None:
    with pytest.raises(UnreadableError, match="are sealed with"):
        a_seal(kms, clock).decrypt(sealed, KEY)


def test_a_data_key_serves_five_minutes_and_then_another_is_made(
    kms: FakeKms, clock: Clock
) -> None:
    seal = a_seal(kms, clock)
    first = seal.encrypt(SECRET, KEY)
    clock.advance(KEY_LIFE.total_seconds() - 1)
    assert seal.decrypt(first, KEY) == SECRET
    assert seal.encrypt(SECRET, KEY).data_key == first.data_key
    assert kms.calls == ["generate"]
    clock.advance(1)
    assert seal.decrypt(first, KEY) == SECRET
    assert seal.encrypt(SECRET, KEY).data_key != first.data_key
    assert kms.calls == ["generate", "decrypt", "generate"]


def test_a_data_key_serves_a_hundred_uses_and_then_another_is_made(
    kms: FakeKms, clock: Clock
) -> None:
    seal = a_seal(kms, clock)
    keys = [seal.encrypt(SECRET, KEY).data_key for _ in range(KEY_USES + 1)]
    assert KEY_USES == 100
    assert len(set(keys[:KEY_USES])) == 1
    assert keys[-1] not in keys[:KEY_USES]


def test_opening_a_hundred_times_costs_one_call_and_once_more_another(
    kms: FakeKms, clock: Clock
) -> None:
    sealed = a_seal(kms, clock).encrypt(SECRET, KEY)
    seal = a_seal(kms, clock)
    kms.calls.clear()
    for _ in range(KEY_USES):
        seal.decrypt(sealed, KEY)
    assert kms.calls == ["decrypt"]
    seal.decrypt(sealed, KEY)
    assert kms.calls == ["decrypt"] * 2


def test_a_key_that_was_only_opened_never_seals(kms: FakeKms, clock: Clock) -> None:
    """Else one key would go from process to process, and live for ever."""
    sealed = a_seal(kms, clock).encrypt(SECRET, KEY)
    seal = a_seal(kms, clock)
    seal.decrypt(sealed, KEY)
    assert seal.encrypt(SECRET, KEY).data_key != sealed.data_key


def test_every_chain_has_data_keys_of_its_own(kms: FakeKms, clock: Clock) -> None:
    seal = a_seal(kms, clock)
    keys = {seal.encrypt(SECRET, key).data_key for key in (KEY, *OTHERS)}
    assert len(keys) == 4


def test_data_keys_that_are_over_do_not_stay_in_memory(kms: FakeKms, clock: Clock) -> None:
    seal = a_seal(kms, clock)
    for number in range(50):
        seal.decrypt(seal.encrypt(SECRET, a_key(number)), a_key(number))
    clock.advance(KEY_LIFE.total_seconds())
    seal.encrypt(SECRET, KEY)
    held = len(seal._generated) + len(seal._unwrapped)  # noqa: SLF001 - what lies in memory is the point
    assert held == 1


def test_a_key_that_was_made_ready_lasts_until_the_pair_is_saved(
    kms: FakeKms, clock: Clock
) -> None:  # R29
    seal = a_seal(kms, clock)
    seal.encrypt(SECRET, KEY)
    clock.advance(KEY_LIFE.total_seconds() - 50)
    seal.prepare(KEY)
    clock.advance(59)
    kms.errors = [refused("KMSInternalException", "GenerateDataKey")] * 9
    assert seal.encrypt(SECRET, KEY).cipher == CIPHER


TROUBLE = [
    refused("ThrottlingException", "Decrypt"),
    refused("KMSInternalException", "Decrypt"),
    refused("AccessDeniedException", "Decrypt"),
    refused("DisabledException", "Decrypt"),
    EndpointConnectionError(endpoint_url="https://kms.eu-central-1.amazonaws.com"),
]


@pytest.mark.parametrize("error", TROUBLE, ids=lambda error: str(error)[:40])
def test_trouble_with_kms_puts_work_off(kms: FakeKms, clock: Clock, error: Exception) -> None:
    sealed = a_seal(kms, clock).encrypt(SECRET, KEY)
    acts: tuple[Callable[[KmsCipher], object], ...] = (
        lambda seal: seal.decrypt(sealed, KEY),
        lambda seal: seal.encrypt(SECRET, KEY),
        lambda seal: seal.prepare(KEY),
    )
    for act in acts:
        kms.errors = [error]
        with pytest.raises(Retry) as put_off:
            act(a_seal(kms, clock))
        assert put_off.value.code == "token-key-unavailable"
        assert "jan" not in str(put_off.value)


def test_a_key_that_is_not_set_is_a_mistake_and_no_outage(kms: FakeKms, clock: Clock) -> None:
    kms.errors = [ParamValidationError(report="KeyId")]
    with pytest.raises(ParamValidationError):
        a_seal(kms, clock).encrypt(SECRET, KEY)


def test_no_key_and_no_secret_shows_in_a_repr(kms: FakeKms, clock: Clock) -> None:
    seal = a_seal(kms, clock)
    sealed = seal.encrypt(SECRET, KEY)
    a_seal(kms, clock).decrypt(sealed, KEY)
    ((plain, _),) = kms.keys.values()
    shown = repr([seal, vars(seal), sealed])
    assert repr(plain)[2:-1] not in shown
    assert "geheim" not in shown


def test_threads_share_one_key(kms: FakeKms, clock: Clock) -> None:
    seal = a_seal(kms, clock)
    sealed: list[Ciphertext] = []
    threads = [
        Thread(target=lambda: sealed.extend(seal.encrypt(SECRET, KEY) for _ in range(10)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kms.calls == ["generate"]
    assert {seal.decrypt(each, KEY) for each in sealed[:10]} == {SECRET}

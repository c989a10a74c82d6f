"""S2: tokens can be decrypted for their own item only, and data keys do not stay in memory."""

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


def a_cipher(kms: FakeKms, clock: Clock) -> KmsCipher:
    """Return the cipher of another process."""
    return KmsCipher(lambda: kms, "tokens-key", clock.now)


def a_key(number: int) -> TokenKey:
    """Return one of many chains."""
    return replace(KEY, user=f"{number}@x.nl")


def test_a_ciphertext_can_be_decrypted_for_its_own_item_in_any_process(
    kms: FakeKms, clock: Clock
) -> None:
    encrypted = a_cipher(kms, clock).encrypt(SECRET, KEY)
    assert encrypted.cipher == CIPHER == "aes-256-gcm"
    assert encrypted.data_key in kms.keys
    assert b"geheim" not in encrypted.blob
    assert a_cipher(kms, clock).decrypt(encrypted, KEY) == SECRET


def test_the_same_secret_never_gives_the_same_ciphertext(kms: FakeKms, clock: Clock) -> None:
    cipher = a_cipher(kms, clock)
    assert len({cipher.encrypt(SECRET, KEY).blob for _ in range(50)}) == 50


@pytest.mark.parametrize("other", OTHERS, ids=lambda key: key.provider + key.user + key.host)
def test_a_ciphertext_that_was_copied_to_another_item_cannot_be_decrypted(
    kms: FakeKms, clock: Clock, other: TokenKey
) -> None:
    encrypted = a_cipher(kms, clock).encrypt(SECRET, KEY)
    with pytest.raises(UnreadableError, match="belong to another item"):
        a_cipher(kms, clock).decrypt(encrypted, other)


@pytest.mark.parametrize("other", OTHERS, ids=lambda key: key.provider + key.user + key.host)
def test_nor_can_it_when_kms_returns_the_data_key(
    kms: FakeKms, clock: Clock, other: TokenKey
) -> None:
    """The additional data protects even if KMS accepted the context of another item."""
    encrypted = a_cipher(kms, clock).encrypt(SECRET, KEY)
    wrapped = encrypted.data_key
    context = {"provider": other.provider, "user": other.user, "host": other.host}
    kms.keys[wrapped] = (kms.keys[wrapped][0], {**context, "purpose": "oauth-tokens"})
    with pytest.raises(UnreadableError):
        a_cipher(kms, clock).decrypt(encrypted, other)


def test_a_ciphertext_with_one_changed_bit_cannot_be_decrypted(kms: FakeKms, clock: Clock) -> None:
    cipher = a_cipher(kms, clock)
    encrypted = cipher.encrypt(SECRET, KEY)
    for place in range(len(encrypted.blob)):
        blob = bytearray(encrypted.blob)
        blob[place] ^= 1
        with pytest.raises(UnreadableError):
            cipher.decrypt(replace(encrypted, blob=bytes(blob)), KEY)


def test_the_context_names_whose_tokens_they_are_and_what_for(kms: FakeKms, clock: Clock) -> None:
    a_cipher(kms, clock).encrypt(SECRET, KEY)
    ((_, context),) = kms.keys.values()
    assert context == {
        "provider": "exact",
        "user": "jan@x.nl",
        "host": "start.exactonline.nl",
        "purpose": "oauth-tokens",
    }


def test_tokens_of_an_earlier_release_can_still_be_read(kms: FakeKms, clock: Clock) -> None:  # R40
    assert a_cipher(kms, clock).decrypt(Ciphertext(TABLE_KEY, SECRET), KEY) == SECRET
    assert kms.calls == []


@pytest.mark.parametrize(
    "encrypted",
    [Ciphertext("rot13", SECRET), Ciphertext(CIPHER, SECRET)],
    ids=["rot13", "without-key"],
)
def test_an_unknown_cipher_is_an_error(kms: FakeKms, clock: Clock, encrypted: Ciphertext) -> None:
    with pytest.raises(UnreadableError, match="are sealed with"):
        a_cipher(kms, clock).decrypt(encrypted, KEY)


def test_a_data_key_is_used_for_five_minutes_and_then_replaced(kms: FakeKms, clock: Clock) -> None:
    cipher = a_cipher(kms, clock)
    first = cipher.encrypt(SECRET, KEY)
    clock.advance(KEY_LIFE.total_seconds() - 1)
    assert cipher.decrypt(first, KEY) == SECRET
    assert cipher.encrypt(SECRET, KEY).data_key == first.data_key
    assert kms.calls == ["generate"]
    clock.advance(1)
    assert cipher.decrypt(first, KEY) == SECRET
    assert cipher.encrypt(SECRET, KEY).data_key != first.data_key
    assert kms.calls == ["generate", "decrypt", "generate"]


def test_a_data_key_is_used_a_hundred_times_and_then_replaced(kms: FakeKms, clock: Clock) -> None:
    cipher = a_cipher(kms, clock)
    keys = [cipher.encrypt(SECRET, KEY).data_key for _ in range(KEY_USES + 1)]
    assert KEY_USES == 100
    assert len(set(keys[:KEY_USES])) == 1
    assert keys[-1] not in keys[:KEY_USES]


def test_decrypting_a_hundred_times_costs_one_call_and_once_more_another(
    kms: FakeKms, clock: Clock
) -> None:
    encrypted = a_cipher(kms, clock).encrypt(SECRET, KEY)
    cipher = a_cipher(kms, clock)
    kms.calls.clear()
    for _ in range(KEY_USES):
        cipher.decrypt(encrypted, KEY)
    assert kms.calls == ["decrypt"]
    cipher.decrypt(encrypted, KEY)
    assert kms.calls == ["decrypt"] * 2


def test_an_unwrapped_data_key_never_encrypts(kms: FakeKms, clock: Clock) -> None:
    """Otherwise one key would pass from process to process and live for ever."""
    encrypted = a_cipher(kms, clock).encrypt(SECRET, KEY)
    cipher = a_cipher(kms, clock)
    cipher.decrypt(encrypted, KEY)
    assert cipher.encrypt(SECRET, KEY).data_key != encrypted.data_key


def test_every_chain_has_data_keys_of_its_own(kms: FakeKms, clock: Clock) -> None:
    cipher = a_cipher(kms, clock)
    keys = {cipher.encrypt(SECRET, key).data_key for key in (KEY, *OTHERS)}
    assert len(keys) == 4


def test_expired_data_keys_do_not_stay_in_memory(kms: FakeKms, clock: Clock) -> None:
    cipher = a_cipher(kms, clock)
    for number in range(50):
        cipher.decrypt(cipher.encrypt(SECRET, a_key(number)), a_key(number))
    clock.advance(KEY_LIFE.total_seconds())
    cipher.encrypt(SECRET, KEY)
    held = len(cipher._generated) + len(cipher._unwrapped)  # noqa: SLF001 - what stays in memory is the point
    assert held == 1


def test_a_prepared_data_key_lasts_until_the_pair_is_saved(
    kms: FakeKms, clock: Clock
) -> None:  # R29
    cipher = a_cipher(kms, clock)
    cipher.encrypt(SECRET, KEY)
    clock.advance(KEY_LIFE.total_seconds() - 50)
    cipher.prepare(KEY)
    clock.advance(59)
    kms.errors = [refused("KMSInternalException", "GenerateDataKey")] * 9
    assert cipher.encrypt(SECRET, KEY).cipher == CIPHER


TROUBLE = [
    refused("ThrottlingException", "Decrypt"),
    refused("KMSInternalException", "Decrypt"),
    refused("AccessDeniedException", "Decrypt"),
    refused("DisabledException", "Decrypt"),
    EndpointConnectionError(endpoint_url="https://kms.eu-central-1.amazonaws.com"),
]


@pytest.mark.parametrize("error", TROUBLE, ids=lambda error: str(error)[:40])
def test_an_error_of_kms_is_retried_later(kms: FakeKms, clock: Clock, error: Exception) -> None:
    encrypted = a_cipher(kms, clock).encrypt(SECRET, KEY)
    acts: tuple[Callable[[KmsCipher], object], ...] = (
        lambda cipher: cipher.decrypt(encrypted, KEY),
        lambda cipher: cipher.encrypt(SECRET, KEY),
        lambda cipher: cipher.prepare(KEY),
    )
    for act in acts:
        kms.errors = [error]
        with pytest.raises(Retry) as put_off:
            act(a_cipher(kms, clock))
        assert put_off.value.code == "token-key-unavailable"
        assert "jan" not in str(put_off.value)


def test_a_key_id_that_is_not_set_is_no_outage(kms: FakeKms, clock: Clock) -> None:
    kms.errors = [ParamValidationError(report="KeyId")]
    with pytest.raises(ParamValidationError):
        a_cipher(kms, clock).encrypt(SECRET, KEY)


def test_no_key_and_no_secret_shows_in_a_repr(kms: FakeKms, clock: Clock) -> None:
    cipher = a_cipher(kms, clock)
    encrypted = cipher.encrypt(SECRET, KEY)
    a_cipher(kms, clock).decrypt(encrypted, KEY)
    ((plain, _),) = kms.keys.values()
    shown = repr([cipher, vars(cipher), encrypted])
    assert repr(plain)[2:-1] not in shown
    assert "geheim" not in shown


def test_threads_share_one_key(kms: FakeKms, clock: Clock) -> None:
    cipher = a_cipher(kms, clock)
    encrypted: list[Ciphertext] = []
    threads = [
        Thread(target=lambda: encrypted.extend(cipher.encrypt(SECRET, KEY) for _ in range(10)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kms.calls == ["generate"]
    assert {cipher.decrypt(each, KEY) for each in encrypted[:10]} == {SECRET}

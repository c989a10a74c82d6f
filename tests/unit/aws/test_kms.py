"""S2: tokens can be decrypted for their own item only, and data keys do not stay in memory."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from botocore.exceptions import EndpointConnectionError, ParamValidationError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from koppeling.auth.token_pair import TokenKey
from koppeling.aws.data_keys import KEY_LIFE, MOST_KEYS
from koppeling.aws.kms import (
    CIPHER,
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


def a_cipher(kms: FakeKms, clock: Clock, stage: str = "test") -> KmsCipher:
    """Return the cipher of another process."""
    return KmsCipher(lambda: kms, "tokens-key", clock.now, stage=stage)


def a_key(number: int) -> TokenKey:
    """Return one of many chains."""
    return replace(KEY, user=f"{number}@x.nl")


def test_a_ciphertext_can_be_decrypted_for_its_own_item_in_any_process(
    kms: FakeKms, clock: Clock
) -> None:
    encrypted = a_cipher(kms, clock).encrypt(SECRET, KEY)
    assert encrypted.cipher == CIPHER == "aes-256-gcm-hkdf"
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


def test_a_ciphertext_of_another_stage_cannot_be_decrypted(kms: FakeKms, clock: Clock) -> None:
    encrypted = a_cipher(kms, clock).encrypt(SECRET, KEY)
    with pytest.raises(UnreadableError, match="belong to another item"):
        a_cipher(kms, clock, stage="production").decrypt(encrypted, KEY)


def test_the_data_key_itself_opens_nothing(kms: FakeKms, clock: Clock) -> None:
    encrypted = a_cipher(kms, clock).encrypt(SECRET, KEY)
    bound_to = b'{"host":"start.exactonline.nl","provider":"exact","user":"jan@x.nl"}'
    with pytest.raises(InvalidTag):
        AESGCM(kms.keys[encrypted.data_key][0]).decrypt(
            encrypted.blob[:12], encrypted.blob[12:], bound_to
        )


def test_a_ciphertext_with_one_changed_bit_cannot_be_decrypted(kms: FakeKms, clock: Clock) -> None:
    cipher = a_cipher(kms, clock)
    encrypted = cipher.encrypt(SECRET, KEY)
    for place in range(len(encrypted.blob)):
        blob = bytearray(encrypted.blob)
        blob[place] ^= 1
        with pytest.raises(UnreadableError):
            cipher.decrypt(replace(encrypted, blob=bytes(blob)), KEY)


def test_the_context_names_the_stage_and_the_purpose_and_no_person(
    kms: FakeKms, clock: Clock
) -> None:
    a_cipher(kms, clock).encrypt(SECRET, KEY)
    ((_, context),) = kms.keys.values()
    assert context == {"stage": "test", "purpose": "oauth-tokens"}


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


def test_a_data_key_is_used_for_an_hour_and_then_replaced(kms: FakeKms, clock: Clock) -> None:
    cipher = a_cipher(kms, clock)
    first = cipher.encrypt(SECRET, KEY)
    assert timedelta(hours=1) == KEY_LIFE
    clock.advance(KEY_LIFE.total_seconds() - 1)
    assert cipher.decrypt(first, KEY) == SECRET
    assert cipher.encrypt(SECRET, KEY).data_key == first.data_key
    assert kms.calls == ["generate"]
    clock.advance(1)
    assert cipher.decrypt(first, KEY) == SECRET
    assert cipher.encrypt(SECRET, KEY).data_key != first.data_key
    assert kms.calls == ["generate", "decrypt", "generate"]


def test_ten_thousand_chains_cost_one_call_in_each_of_two_processes(
    kms: FakeKms, clock: Clock
) -> None:  # P8
    one, other = a_cipher(kms, clock), a_cipher(kms, clock)
    for number in range(10_000):
        assert other.decrypt(one.encrypt(SECRET, a_key(number)), a_key(number)) == SECRET
    assert kms.calls == ["generate", "decrypt"]


def test_chains_of_one_data_key_do_not_open_each_other(kms: FakeKms, clock: Clock) -> None:
    cipher = a_cipher(kms, clock)
    made = {key: cipher.encrypt(SECRET, key) for key in (KEY, *OTHERS)}
    assert len({each.data_key for each in made.values()}) == 1
    for key, encrypted in made.items():
        for other in made.keys() - {key}:
            with pytest.raises(UnreadableError):
                cipher.decrypt(encrypted, other)


def test_an_unwrapped_data_key_is_asked_for_again_after_an_hour(kms: FakeKms, clock: Clock) -> None:
    encrypted = a_cipher(kms, clock).encrypt(SECRET, KEY)
    cipher = a_cipher(kms, clock)
    kms.calls.clear()
    for _ in range(2):
        assert [cipher.decrypt(encrypted, KEY) for _ in range(500)] == [SECRET] * 500
        clock.advance(KEY_LIFE.total_seconds())
    assert kms.calls == ["decrypt"] * 2


def test_an_unwrapped_data_key_never_encrypts(kms: FakeKms, clock: Clock) -> None:
    """Otherwise one key would pass from process to process and live for ever."""
    encrypted = a_cipher(kms, clock).encrypt(SECRET, KEY)
    cipher = a_cipher(kms, clock)
    cipher.decrypt(encrypted, KEY)
    assert cipher.encrypt(SECRET, KEY).data_key != encrypted.data_key


def test_the_keys_in_memory_are_bounded_and_those_in_use_stay(kms: FakeKms, clock: Clock) -> None:
    cipher, often = a_cipher(kms, clock), a_cipher(kms, clock).encrypt(SECRET, KEY)
    cipher.decrypt(often, KEY)
    for _ in range(MOST_KEYS + 5):
        cipher.decrypt(a_cipher(kms, clock).encrypt(SECRET, KEY), KEY)
        cipher.decrypt(often, KEY)
    assert unwrapped(cipher) == MOST_KEYS
    kms.calls.clear()
    cipher.decrypt(often, KEY)
    assert kms.calls == []


def test_expired_data_keys_do_not_stay_in_memory(kms: FakeKms, clock: Clock) -> None:
    cipher = a_cipher(kms, clock)
    for _ in range(50):
        cipher.decrypt(a_cipher(kms, clock).encrypt(SECRET, KEY), KEY)
    clock.advance(KEY_LIFE.total_seconds())
    cipher.decrypt(a_cipher(kms, clock).encrypt(SECRET, KEY), KEY)
    assert unwrapped(cipher) == 1


def unwrapped(cipher: KmsCipher) -> int:
    """Return how many keys of other processes are in memory."""
    return len(cipher._keys._unwrapped)  # noqa: SLF001 - what stays in memory is the point


def test_a_prepared_data_key_lasts_until_the_pair_is_saved(
    kms: FakeKms, clock: Clock
) -> None:  # R29
    cipher = a_cipher(kms, clock)
    cipher.encrypt(SECRET, KEY)
    clock.advance(KEY_LIFE.total_seconds() - 50)
    cipher.prepare()
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
        lambda cipher: cipher.prepare(),
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
    shown = repr([cipher, vars(cipher), vars(cipher._keys), encrypted])  # noqa: SLF001 - likewise
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

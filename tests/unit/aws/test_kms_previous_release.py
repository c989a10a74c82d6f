"""R40: tokens that the release before sealed, with a data key for each chain."""

import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from koppeling.auth.token_pair import TokenKey
from koppeling.aws.kms import CHAIN_KEY, CIPHER, Ciphertext, UnreadableError
from tests.sandbox.common.clock import Clock
from tests.unit.aws.fakes import FakeKms
from tests.unit.aws.test_kms import KEY, NOON, OTHERS, SECRET, a_cipher


@pytest.fixture
def kms() -> FakeKms:
    return FakeKms()


@pytest.fixture
def clock() -> Clock:
    return Clock(frozen_at=NOON)


def sealed_by_the_release_before(kms: FakeKms, key: TokenKey = KEY) -> Ciphertext:
    """Seal as that release did: a data key for each chain, with the chain as its context."""
    context = {"provider": key.provider, "user": key.user, "host": key.host}
    context["purpose"] = "oauth-tokens"
    made = kms.generate_data_key(KeyId="tokens-key", KeySpec="AES_256", EncryptionContext=context)
    nonce, bound_to = b"123456789012", json.dumps(context, sort_keys=True, separators=(",", ":"))
    blob = AESGCM(made["Plaintext"]).encrypt(nonce, SECRET, bound_to.encode())
    kms.calls.clear()
    return Ciphertext("aes-256-gcm", nonce + blob, made["CiphertextBlob"])


def test_tokens_of_the_release_before_can_still_be_read(kms: FakeKms, clock: Clock) -> None:  # R40
    encrypted, cipher = sealed_by_the_release_before(kms), a_cipher(kms, clock)
    assert encrypted.cipher == CHAIN_KEY
    assert [cipher.decrypt(encrypted, KEY) for _ in range(200)] == [SECRET] * 200
    assert kms.calls == ["decrypt"]


@pytest.mark.parametrize("other", OTHERS, ids=lambda key: key.provider + key.user + key.host)
def test_nor_do_those_open_for_another_item(kms: FakeKms, clock: Clock, other: TokenKey) -> None:
    encrypted = sealed_by_the_release_before(kms)
    with pytest.raises(UnreadableError, match="belong to another item"):
        a_cipher(kms, clock).decrypt(encrypted, other)
    wrapped = encrypted.data_key
    context = {"provider": other.provider, "user": other.user, "host": other.host}
    kms.keys[wrapped] = (kms.keys[wrapped][0], {**context, "purpose": "oauth-tokens"})
    with pytest.raises(UnreadableError):
        a_cipher(kms, clock).decrypt(encrypted, other)


@pytest.mark.parametrize("made", [CIPHER, CHAIN_KEY])
def test_the_name_of_the_other_cipher_opens_nothing(kms: FakeKms, clock: Clock, made: str) -> None:
    if made == CIPHER:
        encrypted, other = a_cipher(kms, clock).encrypt(SECRET, KEY), CHAIN_KEY
    else:
        encrypted, other = sealed_by_the_release_before(kms), CIPHER
    with pytest.raises(UnreadableError):
        a_cipher(kms, clock).decrypt(replace(encrypted, cipher=other), KEY)

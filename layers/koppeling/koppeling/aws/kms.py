"""AES-256-GCM under a subkey of a KMS data key: tokens open for the item they belong to (S2).

    KMS ──► one data key per process and hour ──HKDF──► a subkey per chain ──AES-GCM──► tokens

The chain (provider, user, host) binds twice. It is part of what the subkey is derived from, and the
tokens carry it as additional data. A ciphertext that is copied to another item does not open there.
The encryption context, which stands in the log of KMS, names the stage and the purpose; no person.

Three primitives do all of it: HKDF and AESGCM of `cryptography`, and two calls to KMS. The AWS
Encryption SDK (4.0.7) was considered; it uses the same `cryptography`. It takes 110 to 130 ms to
import after boto3, half of P9, where `cryptography` alone takes 15 to 25. Its message format would
hide the wrapped key, which here can be read in the item.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from koppeling.auth.token_pair import TokenKey
from koppeling.aws.data_keys import DataKeys, OtherContextError
from koppeling.core.clock import Now

CIPHER = "aes-256-gcm-hkdf"
# R40: the release before had a data key for each chain, whose context named the user
CHAIN_KEY = "aes-256-gcm"
# R40: the one before that left the encryption to the KMS key of the table
TABLE_KEY = "table-key"
PURPOSE = "oauth-tokens"
# A refresh needs a data key for at least this long: the lease, and saving after it (R26)
AHEAD = timedelta(seconds=60)
NONCE_BYTES = 12
_SUBKEY_BYTES = 32
_SUBKEY_OF = b"koppeling/oauth-tokens/1\n"


@dataclass(frozen=True, slots=True, repr=False)
class Ciphertext:
    """Secrets as they are stored: the cipher that encrypted them, and the wrapped data key."""

    cipher: str
    blob: bytes
    data_key: bytes = b""


class UnreadableError(ValueError):
    """An unknown cipher, or a ciphertext of another item: an alarm, and no retry."""


class KmsCipher:
    """Encrypts and decrypts tokens of all chains of a process; its threads may share it."""

    def __init__(self, kms: Callable[[], Any], key_id: str, now: Now, *, stage: str = "") -> None:
        self._keys = DataKeys(kms, key_id, now)
        self._context = {"stage": stage, "purpose": PURPOSE}

    def prepare(self) -> None:
        """Make sure of a data key, so that saving needs no call to KMS.

        Once the provider has answered, the old token is spent. An outage of KMS at that moment
        would lose the chain; now it only delays the refresh (R29).

        Raises:
            Retry: KMS does not answer.
        """
        self._keys.own(self._context, AHEAD)

    def encrypt(self, secret: bytes, key: TokenKey) -> Ciphertext:
        """Encrypt the secrets of one chain.

        Raises:
            Retry: KMS does not answer.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - P9

        data_key = self._keys.own(self._context)
        nonce, chain = os.urandom(NONCE_BYTES), _chain(key)
        encrypted = AESGCM(_subkey(data_key.plain, chain)).encrypt(nonce, secret, chain)
        return Ciphertext(CIPHER, nonce + encrypted, data_key.wrapped)

    def decrypt(self, encrypted: Ciphertext, key: TokenKey) -> bytes:
        """Return the secrets of one chain.

        Raises:
            Retry: KMS does not answer.
            UnreadableError: they belong to another chain, or their cipher is unknown.
        """
        if encrypted.cipher == TABLE_KEY:
            return encrypted.blob
        if encrypted.cipher not in {CIPHER, CHAIN_KEY} or not encrypted.data_key:
            raise UnreadableError(f"tokens of {key.provider} are sealed with {encrypted.cipher}")
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - P9
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - P9

        nonce, blob = encrypted.blob[:NONCE_BYTES], encrypted.blob[NONCE_BYTES:]
        try:
            plain, bound_to = self._opening(encrypted, key)
            return AESGCM(plain).decrypt(nonce, blob, bound_to)
        except (InvalidTag, OtherContextError):
            raise UnreadableError(f"tokens of {key.provider} belong to another item") from None

    def _opening(self, encrypted: Ciphertext, key: TokenKey) -> tuple[bytes, bytes]:
        """Return the key that opens a ciphertext, and the additional data that it is bound to."""
        if encrypted.cipher == CHAIN_KEY:
            context = {**_facts(key), "purpose": PURPOSE}
            return self._keys.unwrapped(encrypted.data_key, context).plain, _as_bytes(context)
        chain = _chain(key)
        plain = self._keys.unwrapped(encrypted.data_key, self._context).plain
        return _subkey(plain, chain), chain


def _subkey(data_key: bytes, chain: bytes) -> bytes:
    """Derive the key of one chain: a subkey tells nothing of another one, nor of the data key."""
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - P9
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415 - P9

    hkdf = HKDF(algorithm=SHA256(), length=_SUBKEY_BYTES, salt=None, info=_SUBKEY_OF + chain)
    return hkdf.derive(data_key)


def _chain(key: TokenKey) -> bytes:
    return _as_bytes(_facts(key))


def _facts(key: TokenKey) -> dict[str, str]:
    return {"provider": key.provider, "user": key.user, "host": key.host}


def _as_bytes(values: dict[str, str]) -> bytes:
    """Return values as bytes; no two of them give the same bytes."""
    return json.dumps(values, sort_keys=True, separators=(",", ":")).encode()

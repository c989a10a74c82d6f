"""AES-256-GCM under a KMS data key: tokens can only be decrypted for the item they belong to (S2).

The context (provider, user, host, purpose) binds twice. KMS decrypts the data key under this
context only, and the tokens carry it as additional data. A ciphertext that is copied to another
item cannot be decrypted there.

Two primitives do all of it: AESGCM of `cryptography` and two calls to KMS. The AWS Encryption SDK
(4.0.7) was considered; it uses the same `cryptography`. It takes 110 to 130 ms to import after
boto3, half of P9, where `cryptography` alone takes 15 to 25. Its cache would share data keys as
ours does, but needs a partition for each chain. Its message format would hide the wrapped key and
the context, which here can be read in the item.

A data key that we generated encrypts for five minutes or a hundred uses. A data key that we
unwrapped decrypts for as long and never encrypts, so no key lives on from process to process. Both
stay in memory only, and expired ones are dropped whenever another key is fetched.
"""

import json
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from koppeling.auth.token_pair import TokenKey
from koppeling.core.clock import Now
from koppeling.core.errors import Retry

CIPHER = "aes-256-gcm"
# R40: an earlier release left the encryption to the KMS key of the table
TABLE_KEY = "table-key"
PURPOSE = "oauth-tokens"
# S2: a data key is kept for no longer than this, and for no more uses
KEY_LIFE = timedelta(minutes=5)
KEY_USES = 100
# A refresh needs a data key for at least this long: the lease, and saving after it (R26)
AHEAD = timedelta(seconds=60)
NONCE_BYTES = 12
_OTHER_CONTEXT = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})
KMS_TROUBLE = "token-key-unavailable"


@dataclass(frozen=True, slots=True, repr=False)
class Ciphertext:
    """Secrets as they are stored: the cipher that encrypted them, and the wrapped data key."""

    cipher: str
    blob: bytes
    data_key: bytes = b""


class UnreadableError(ValueError):
    """An unknown cipher, or a ciphertext of another item: an alarm, and no retry."""


@dataclass(slots=True, repr=False)
class _DataKey:
    """A data key in plain text and wrapped. It has no repr, so that no log can show it."""

    plain: bytes
    wrapped: bytes
    since: datetime
    uses: int = 0

    def lasts(self, until: datetime) -> bool:
        return until - self.since < KEY_LIFE and self.uses < KEY_USES


class KmsCipher:
    """Encrypts and decrypts tokens of all chains of a process; its threads may share it."""

    def __init__(self, kms: Callable[[], Any], key_id: str, now: Now) -> None:
        self._kms = kms
        self._key_id = key_id
        self._now = now
        self._generated: dict[TokenKey, _DataKey] = {}
        self._unwrapped: dict[tuple[TokenKey, bytes], _DataKey] = {}
        self._lock = Lock()

    def prepare(self, key: TokenKey) -> None:
        """Generate the next data key, so that saving needs no call to KMS.

        Once the provider has answered, the old token is spent. An outage of KMS at that moment
        would lose the chain; now it only delays the refresh (R29).

        Raises:
            Retry: KMS does not answer.
        """
        with self._lock:
            self._generated_key(key, AHEAD)

    def encrypt(self, secret: bytes, key: TokenKey) -> Ciphertext:
        """Encrypt the secrets of one chain.

        Raises:
            Retry: KMS does not answer.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - P9

        with self._lock:
            data_key = self._generated_key(key, timedelta())
            data_key.uses += 1
        nonce = os.urandom(NONCE_BYTES)
        encrypted = AESGCM(data_key.plain).encrypt(nonce, secret, _additional(key))
        return Ciphertext(CIPHER, nonce + encrypted, data_key.wrapped)

    def decrypt(self, encrypted: Ciphertext, key: TokenKey) -> bytes:
        """Return the secrets of one chain.

        Raises:
            Retry: KMS does not answer.
            UnreadableError: they belong to another chain, or their cipher is unknown.
        """
        if encrypted.cipher == TABLE_KEY:
            return encrypted.blob
        if encrypted.cipher != CIPHER or not encrypted.data_key:
            raise UnreadableError(f"tokens of {key.provider} are sealed with {encrypted.cipher}")
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - P9
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - P9

        with self._lock:
            data_key = self._unwrapped_key(key, encrypted.data_key)
            data_key.uses += 1
        nonce, blob = encrypted.blob[:NONCE_BYTES], encrypted.blob[NONCE_BYTES:]
        try:
            return AESGCM(data_key.plain).decrypt(nonce, blob, _additional(key))
        except InvalidTag:
            raise _of_another_item(key) from None

    def _generated_key(self, key: TokenKey, ahead: timedelta) -> _DataKey:
        held = self._generated.get(key)
        if held is not None and held.lasts(self._now() + ahead):
            return held
        with _kms_errors(key):
            answer = self._kms().generate_data_key(
                KeyId=self._key_id, KeySpec="AES_256", EncryptionContext=_context(key)
            )
        self._drop_expired()
        made = _DataKey(answer["Plaintext"], answer["CiphertextBlob"], self._now())
        self._generated[key] = made
        return made

    def _unwrapped_key(self, key: TokenKey, wrapped: bytes) -> _DataKey:
        for held in (self._generated.get(key), self._unwrapped.get((key, wrapped))):
            if held is not None and held.wrapped == wrapped and held.lasts(self._now()):
                return held
        with _kms_errors(key):
            answer = self._kms().decrypt(
                KeyId=self._key_id, CiphertextBlob=wrapped, EncryptionContext=_context(key)
            )
        self._drop_expired()
        unwrapped = _DataKey(answer["Plaintext"], wrapped, self._now())
        self._unwrapped[key, wrapped] = unwrapped
        return unwrapped

    def _drop_expired(self) -> None:
        now = self._now()
        self._generated = {key: held for key, held in self._generated.items() if held.lasts(now)}
        self._unwrapped = {name: held for name, held in self._unwrapped.items() if held.lasts(now)}


def _context(key: TokenKey) -> dict[str, str]:
    return {"provider": key.provider, "user": key.user, "host": key.host, "purpose": PURPOSE}


def _additional(key: TokenKey) -> bytes:
    """Return the context as bytes; no two contexts give the same bytes."""
    return json.dumps(_context(key), sort_keys=True, separators=(",", ":")).encode()


def _of_another_item(key: TokenKey) -> UnreadableError:
    return UnreadableError(f"tokens of {key.provider} belong to another item")


@contextmanager
def _kms_errors(key: TokenKey) -> Generator[None]:
    """Raise Retry when KMS does not answer, and UnreadableError for a key of another item."""
    try:
        yield
    except ParamValidationError:  # a mistake of ours, such as a key id that is not set
        raise
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in _OTHER_CONTEXT:
            raise _of_another_item(key) from None
        raise Retry(KMS_TROUBLE, f"KMS: {code}") from None
    except BotoCoreError as error:
        raise Retry(KMS_TROUBLE, f"KMS: {type(error).__name__}") from None

"""AES-256-GCM under a KMS data key: only the item that tokens belong to can open them (S2).

The context (provider, user, host, purpose) binds twice: KMS opens the data key under it alone, and
the tokens carry it as additional data. A ciphertext that is moved to another item opens nothing.

Two primitives do all of it: AESGCM of `cryptography` and two calls to KMS. The AWS Encryption SDK
(4.0.7) stands on the same `cryptography` and was weighed against it. It takes 110 to 130 ms to
import after boto3, half of P9, where `cryptography` alone takes 15 to 25. Its cache would share
data keys as ours does, but has to be told a partition for each chain, and its message format would
put the wrapped key and the context where nobody could look into them by hand.

A data key of our own making seals for five minutes or a hundred uses; one that was unwrapped opens
for as long, and never seals, so that no key lives on from process to process. Both stay in memory
only, and those that are over are dropped whenever another is fetched.
"""

import json
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from koppeling.auth.token_pair import TokenKey
from koppeling.aws.dynamodb.tokens import Ciphertext, TableKeyCipher, UnreadableError
from koppeling.core.clock import Now
from koppeling.core.errors import Retry

CIPHER = "aes-256-gcm"
PURPOSE = "oauth-tokens"
# S2: a data key is kept for no longer than this, and for no more uses
KEY_LIFE = timedelta(minutes=5)
KEY_USES = 100
# What a key still has to last for when a refresh begins: the lease and saving after it (R26)
AHEAD = timedelta(seconds=60)
NONCE_BYTES = 12
_MOVED = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})
KMS_TROUBLE = "token-key-unavailable"


@dataclass(slots=True, repr=False)
class _DataKey:
    """A data key in the clear, and wrapped as it is stored. It has no repr: no log can show it."""

    plain: bytes
    wrapped: bytes
    since: datetime
    uses: int = 0

    def lasts(self, until: datetime) -> bool:
        return until - self.since < KEY_LIFE and self.uses < KEY_USES


class KmsCipher:
    """Seals and opens tokens; one for all chains of a process, and its threads may share it."""

    def __init__(self, kms: Callable[[], Any], key_id: str, now: Now) -> None:
        self._kms = kms
        self._key_id = key_id
        self._now = now
        self._sealing: dict[TokenKey, _DataKey] = {}
        self._opening: dict[tuple[TokenKey, bytes], _DataKey] = {}
        self._lock = Lock()

    def prepare(self, key: TokenKey) -> None:
        """Fetch the data key that seals next, so that saving needs no call to KMS.

        Once the provider has answered, the old token is spent: an outage of KMS at that moment
        would lose the chain, and at this one it only puts the refresh off (R29).

        Raises:
            Retry: KMS does not answer.
        """
        with self._lock:
            self._sealing_key(key, AHEAD)

    def encrypt(self, secret: bytes, key: TokenKey) -> Ciphertext:
        """Seal secrets for one chain.

        Raises:
            Retry: KMS does not answer.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - P9

        with self._lock:
            data_key = self._sealing_key(key, timedelta())
            data_key.uses += 1
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(data_key.plain).encrypt(nonce, secret, _additional(key))
        return Ciphertext(CIPHER, nonce + sealed, data_key.wrapped)

    def decrypt(self, sealed: Ciphertext, key: TokenKey) -> bytes:
        """Return the secrets of one chain; also those of a release that left them to the table.

        Raises:
            Retry: KMS does not answer.
            UnreadableError: they belong to another chain, or were sealed in an unknown way.
        """
        if sealed.cipher == TableKeyCipher.cipher:  # R40: sealed anew at the next save
            return sealed.blob
        if sealed.cipher != CIPHER or sealed.data_key is None:
            raise UnreadableError(f"tokens of {key.provider} are sealed with {sealed.cipher}")
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - P9
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - P9

        with self._lock:
            data_key = self._opening_key(key, sealed.data_key)
            data_key.uses += 1
        nonce, blob = sealed.blob[:NONCE_BYTES], sealed.blob[NONCE_BYTES:]
        try:
            return AESGCM(data_key.plain).decrypt(nonce, blob, _additional(key))
        except InvalidTag:
            raise UnreadableError(f"tokens of {key.provider} belong to another item") from None

    def _sealing_key(self, key: TokenKey, ahead: timedelta) -> _DataKey:
        held = self._sealing.get(key)
        if held is not None and held.lasts(self._now() + ahead):
            return held
        with _trouble_is_retry(key):
            answer = self._kms().generate_data_key(
                KeyId=self._key_id, KeySpec="AES_256", EncryptionContext=_context(key)
            )
        self._drop_old()
        made = _DataKey(answer["Plaintext"], answer["CiphertextBlob"], self._now())
        self._sealing[key] = made
        return made

    def _opening_key(self, key: TokenKey, wrapped: bytes) -> _DataKey:
        for held in (self._sealing.get(key), self._opening.get((key, wrapped))):
            if held is not None and held.wrapped == wrapped and held.lasts(self._now()):
                return held
        with _trouble_is_retry(key):
            answer = self._kms().decrypt(
                KeyId=self._key_id, CiphertextBlob=wrapped, EncryptionContext=_context(key)
            )
        self._drop_old()
        unwrapped = _DataKey(answer["Plaintext"], wrapped, self._now())
        self._opening[key, wrapped] = unwrapped
        return unwrapped

    def _drop_old(self) -> None:
        now = self._now()
        self._sealing = {key: held for key, held in self._sealing.items() if held.lasts(now)}
        self._opening = {name: held for name, held in self._opening.items() if held.lasts(now)}


def _context(key: TokenKey) -> dict[str, str]:
    return {"provider": key.provider, "user": key.user, "host": key.host, "purpose": PURPOSE}


def _additional(key: TokenKey) -> bytes:
    """Return the context as bytes that no two contexts share."""
    return json.dumps(_context(key), sort_keys=True, separators=(",", ":")).encode()


@contextmanager
def _trouble_is_retry(key: TokenKey) -> Generator[None]:
    """Put work off while KMS does not answer, and tell a key that opens another item as that."""
    from botocore.exceptions import (  # noqa: PLC0415 - boto3 is imported by then
        BotoCoreError,
        ClientError,
        ParamValidationError,
    )

    try:
        yield
    except ParamValidationError:  # a mistake of ours, such as a key that is not set
        raise
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in _MOVED:
            raise UnreadableError(f"tokens of {key.provider} belong to another item") from None
        raise Retry(KMS_TROUBLE, f"KMS: {code}") from None
    except BotoCoreError as error:
        raise Retry(KMS_TROUBLE, f"KMS: {type(error).__name__}") from None

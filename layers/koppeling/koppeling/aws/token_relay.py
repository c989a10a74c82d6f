"""A token pair that could not be written, sealed in a message to whoever can write it later.

The pair is encrypted as it is in the table, bound to its chain (S2). Nothing of it stands in the
message in clear but whose pair it is, since that is needed to open it.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import datetime

from koppeling.auth.ports import HandOver, SealedPair
from koppeling.auth.token_pair import TokenKey, TokenPair, TokenState
from koppeling.aws.kms import CHAIN_KEY, CIPHER, Ciphertext, KmsCipher, UnreadableError
from koppeling.core.errors import Fatal
from koppeling.core.ports import Queue

# No other: a message is never in clear, as items of an earlier release are
_SEALED_WITH = {cipher: cipher for cipher in (CIPHER, CHAIN_KEY)}


class SqsTokenRelay:
    """Sends sealed pairs to a queue, and opens them at its other end.

    `queue` makes the queue: few invocations ever need it.
    """

    def __init__(self, queue: Callable[[], Queue], cipher: KmsCipher) -> None:
        self._queue = queue
        self._cipher = cipher

    def sealed(self, pair: TokenPair, hand_over: HandOver) -> SealedPair:
        key = pair.key
        content = {
            "hand_over": hand_over.value,
            "access_token": pair.access_token,
            "refresh_token": pair.refresh_token,
            "granted_at": pair.granted_at.isoformat(),
            "refresh_from": pair.refresh_from.isoformat(),
            "state": pair.state.value,
            "fencing": pair.fencing,
            "generation": pair.generation,
        }
        encrypted = self._cipher.encrypt(json.dumps(content).encode(), key)
        return {
            "provider": key.provider,
            "oauth_user": key.user,
            "host": key.host,
            "cipher": encrypted.cipher,
            "sealed": b64encode(encrypted.blob).decode(),
            "data_key": b64encode(encrypted.data_key).decode(),
        }

    def send(self, sealed: SealedPair) -> None:
        self._queue().send([(sealed, 0)])

    def opened(self, body: str) -> tuple[TokenPair, HandOver]:
        try:
            message = json.loads(body)
            key = TokenKey(message["provider"], message["oauth_user"], message["host"])
            sealed, data_key = b64decode(message["sealed"]), b64decode(message["data_key"])
            encrypted = Ciphertext(_SEALED_WITH[message["cipher"]], sealed, data_key)
            return _pair(key, json.loads(self._cipher.decrypt(encrypted, key)))
        except (KeyError, TypeError, ValueError, RecursionError, UnreadableError):
            # Without the cause: its text could hold what was in the message
            raise Fatal("message-unreadable", "no sealed token pair") from None


def _pair(key: TokenKey, content: dict[str, str]) -> tuple[TokenPair, HandOver]:
    pair = TokenPair(
        key=key,
        access_token=content["access_token"],
        refresh_token=content["refresh_token"],
        granted_at=datetime.fromisoformat(content["granted_at"]),
        refresh_from=datetime.fromisoformat(content["refresh_from"]),
        state=TokenState(content["state"]),
        fencing=int(content["fencing"]),
        generation=int(content["generation"]),
    )
    return pair, HandOver(content["hand_over"])

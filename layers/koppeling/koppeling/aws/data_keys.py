"""Data keys of KMS: one that this process made, and those that it unwrapped, each for an hour.

A process asks KMS once an hour for a key to encrypt with, and once an hour for each key of another
process that it has to open. Plain keys stay in memory only. An unwrapped key never encrypts, so
that no key lives on from process to process.
"""

from collections import OrderedDict
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from koppeling.core.clock import Now
from koppeling.core.errors import Retry

# S2: a data key is kept in memory for no longer than this
KEY_LIFE = timedelta(hours=1)
# Every process of the last hour has one; pairs of the release before have one each
MOST_KEYS = 1_000
KMS_TROUBLE = "token-key-unavailable"
_OTHER_CONTEXT = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})

type Context = Mapping[str, str]
"""The encryption context: KMS unwraps a data key only under the one it was made for."""


class OtherContextError(ValueError):
    """KMS does not unwrap a data key under this context."""


@dataclass(frozen=True, slots=True, repr=False)
class DataKey:
    """A data key in plain text and wrapped. It has no repr, so that no log can show it."""

    plain: bytes
    wrapped: bytes
    since: datetime

    def lasts(self, until: datetime) -> bool:
        """Say whether it may still be used at a moment."""
        return until - self.since < KEY_LIFE


class DataKeys:
    """The data keys of a process; its threads share them.

    Both methods raise:
        Retry: KMS does not answer.
    """

    def __init__(self, kms: Callable[[], Any], key_id: str, now: Now) -> None:
        self._kms = kms
        self._key_id = key_id
        self._now = now
        self._own: DataKey | None = None
        self._unwrapped: OrderedDict[tuple[bytes, str], DataKey] = OrderedDict()
        self._reading = Lock()
        # Held during a call: threads that need the same key wait for one answer
        self._calling = Lock()
        self._failed_calls = 0

    def own(self, context: Context, ahead: timedelta = timedelta()) -> DataKey:
        """Return the key that this process encrypts with; it lasts for `ahead` at least."""

        def held() -> DataKey | None:
            own = self._own
            return own if own is not None and own.lasts(self._now() + ahead) else None

        def made() -> DataKey:
            answer = self._kms().generate_data_key(
                KeyId=self._key_id, KeySpec="AES_256", EncryptionContext=context
            )
            self._own = DataKey(answer["Plaintext"], answer["CiphertextBlob"], self._now())
            return self._own

        return held() or self._called(held, made)

    def unwrapped(self, wrapped: bytes, context: Context) -> DataKey:
        """Return the key that some process encrypted with.

        Raises:
            OtherContextError: it was made for another context.
        """
        name = (wrapped, str(sorted(context.items())))

        def held() -> DataKey | None:
            with self._reading:
                known = [key for key in (self._own, self._unwrapped.get(name)) if key is not None]
                if name in self._unwrapped:
                    self._unwrapped.move_to_end(name)
            fitting = (key for key in known if key.wrapped == wrapped and key.lasts(self._now()))
            return next(fitting, None)

        def asked() -> DataKey:
            answer = self._kms().decrypt(
                KeyId=self._key_id, CiphertextBlob=wrapped, EncryptionContext=context
            )
            key = DataKey(answer["Plaintext"], wrapped, self._now())
            with self._reading:
                self._keep(name, key)
            return key

        return held() or self._called(held, asked)

    def _called(self, held: Callable[[], DataKey | None], call: Callable[[], DataKey]) -> DataKey:
        """Return the key of a call to KMS, unless another thread got it meanwhile.

        An outage must not be waited for by one thread after another: who waited while a call
        failed takes that for the answer.
        """
        failed_before = self._failed_calls
        with self._calling:
            key = held()
            if key is not None:
                return key
            if self._failed_calls != failed_before:
                raise Retry(KMS_TROUBLE, "KMS did not answer another thread")
            try:
                with _kms_errors():
                    return call()
            except Retry:
                self._failed_calls += 1
                raise

    def _keep(self, name: tuple[bytes, str], held: DataKey) -> None:
        """Keep one more; what has expired goes, and so do those that were not used for longest."""
        now = self._now()
        for expired in [each for each, key in self._unwrapped.items() if not key.lasts(now)]:
            del self._unwrapped[expired]
        self._unwrapped[name] = held
        while len(self._unwrapped) > MOST_KEYS:
            self._unwrapped.popitem(last=False)


@contextmanager
def _kms_errors() -> Generator[None]:
    """Raise Retry when KMS does not answer, and OtherContextError for a key of something else."""
    try:
        yield
    except ParamValidationError:  # a mistake of ours, such as a key id that is not set
        raise
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in _OTHER_CONTEXT:
            raise OtherContextError(code) from None
        raise Retry(KMS_TROUBLE, f"KMS: {code}") from None
    except BotoCoreError as error:
        raise Retry(KMS_TROUBLE, f"KMS: {type(error).__name__}") from None

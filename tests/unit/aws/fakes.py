"""KMS in memory. A data key can be unwrapped with its own context only."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from botocore.exceptions import ClientError

from koppeling.aws.kms import KmsCipher
from koppeling.core.clock import now


def refused(code: str, operation: str) -> ClientError:
    """Return an error as KMS raises it."""
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation)


@dataclass(slots=True)
class FakeKms:
    """Generates and unwraps data keys. The next calls raise `errors`."""

    keys: dict[bytes, tuple[bytes, Mapping[str, str]]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    def generate_data_key(
        self,
        KeyId: str,  # noqa: N803 - boto3's names
        KeySpec: str,  # noqa: N803
        EncryptionContext: Mapping[str, str],  # noqa: N803
    ) -> dict[str, bytes]:
        """Return a new data key, plain and wrapped."""
        self._called(f"generate {KeyId} {KeySpec}")
        plain, wrapped = os.urandom(32), b"wrapped-" + os.urandom(8)
        self.keys[wrapped] = (plain, dict(EncryptionContext))
        return {"Plaintext": plain, "CiphertextBlob": wrapped}

    def decrypt(
        self,
        KeyId: str,  # noqa: N803 - boto3's names
        CiphertextBlob: bytes,  # noqa: N803
        EncryptionContext: Mapping[str, str],  # noqa: N803
    ) -> dict[str, bytes]:
        """Unwrap a data key."""
        self._called(f"decrypt {KeyId}")
        plain, context = self.keys[CiphertextBlob]
        if context != dict(EncryptionContext):
            raise refused("InvalidCiphertextException", "Decrypt")
        return {"Plaintext": plain}

    def _called(self, call: str) -> None:
        self.calls.append(call.partition(" ")[0])
        if self.errors:
            raise self.errors.pop(0)


def a_cipher() -> KmsCipher:
    """Return the cipher of a process, on a KMS of its own in memory."""
    kms = FakeKms()
    return KmsCipher(lambda: kms, "tokens-key", now)

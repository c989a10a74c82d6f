"""What Exact sends to the webhook: one change, signed over its literal text (X177).

The signature is checked over the bytes as they came. Only what is signed is read.
"""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass

# In bytes; a message of Exact has some hundreds
LONGEST_BODY = 64 * 1024
# X175: the topics that Exact has of what is pulled, and the entity of each
ENTITIES = {"Accounts": "accounts", "Items": "items"}
# The content is taken as it stands: written anew it would have another signature
_SIGNED = re.compile(
    rb'\s*\{\s*"Content"\s*:\s*(?P<content>\{.*\})\s*,\s*"HashCode"\s*:\s*"(?P<hash>[0-9A-Fa-f]{64})"\s*\}\s*',
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Change:
    """A change in an administration; `entity` is what has to be pulled.

    `digest` tells one message from another, so that a second delivery is known.
    """

    division: int
    entity: str
    digest: str


def signed_content(body: bytes, secret: bytes) -> bytes | None:
    """Return the content of a message as it came; None when it does not have our signature.

    Without a secret no signature is right.
    """
    found = _SIGNED.fullmatch(body)
    if found is None or not secret:
        return None
    signature = hmac.new(secret, found["content"], hashlib.sha256).hexdigest().upper()
    is_ours = hmac.compare_digest(signature.encode(), found["hash"])
    return found["content"] if is_ours else None


def change_in(content: bytes) -> Change | None:
    """Return the change that a content tells of; None when no pull is about it."""
    try:
        told = json.loads(content)
        division, topic = told["Division"], told["Topic"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    entity = ENTITIES.get(topic) if isinstance(topic, str) else None
    if entity is None or type(division) is not int:
        return None
    return Change(division, entity, hashlib.sha256(content).hexdigest())

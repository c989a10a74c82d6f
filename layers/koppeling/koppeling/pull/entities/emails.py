"""E-mail addresses: a field in Exact may hold several of them, and other text."""

import re
from dataclasses import dataclass

from koppeling.core.text import clean, without_invisible

# L21: the longest address that mail systems accept
LONGEST = 254
_SEPARATORS = re.compile(r"[;,\s]+")


@dataclass(frozen=True, slots=True)
class Addresses:
    """The valid addresses of a field, in their order, and the parts that are no address."""

    valid: tuple[str, ...]
    invalid: tuple[str, ...]

    @property
    def first(self) -> str | None:
        """Return the first valid address."""
        return self.valid[0] if self.valid else None

    @property
    def others(self) -> str | None:
        """Return the other valid addresses as a Cc field holds them."""
        return ";".join(self.valid[1:]) or None


NO_ADDRESSES = Addresses((), ())


def addresses(source: object) -> Addresses:
    """Split a field at `;`, `,` and white space, drop doubles, and validate each part (L21).

    Invisible characters, which come along when an address is pasted, are left out.
    """
    if not source:
        return NO_ADDRESSES
    parts: dict[str, str] = {}
    for part in _SEPARATORS.split(without_invisible(clean(source) or "")):
        if part:
            parts.setdefault(part.lower(), part)
    valid = tuple(part for part in parts.values() if _is_address(part))
    return Addresses(valid, tuple(part for part in parts.values() if not _is_address(part)))


def _is_address(text: str) -> bool:
    name, at, host = text.partition("@")
    labels = host.split(".")
    return bool(
        at and name and "@" not in host and len(text) <= LONGEST and len(labels) > 1 and all(labels)
    )

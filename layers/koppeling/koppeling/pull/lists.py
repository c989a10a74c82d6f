"""Whole lists of Exact: compared as one, and distrusted when they suddenly shrink."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Any

# R15: a list that lost a fifth of its rows may be a right that was taken away
SHRUNK_BY = Decimal("0.2")


def storable(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as it is kept: a number with a fraction as text with the same digits."""
    return {name: str(v) if isinstance(v, Decimal) else v for name, v in row.items()}


def digest_of(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return the hash by which a list is seen to be unchanged, whatever the order of its rows."""
    texts = sorted(json.dumps(row, sort_keys=True, ensure_ascii=False) for row in rows)
    return sha256("\n".join(texts).encode(errors="surrogatepass")).hexdigest()


def has_shrunk(before: int | None, after: int) -> bool:
    """Say whether a list is so much shorter than the last one that it is not believed."""
    return before is not None and after <= before * (1 - SHRUNK_BY) and after < before

"""The texts of the pages: both languages say the same things."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import pytest

from koppeling.core import rendering

NAMES = sorted(
    each.name.removesuffix(".nl.toml")
    for each in (files("koppeling") / "messages" / "portal").iterdir()
    if each.name.endswith(".nl.toml")
)


def flat(texts: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Return every text by its whole key."""
    found: dict[str, Any] = {}
    for key, each in texts.items():
        found |= flat(each, f"{above}{key}.") if isinstance(each, Mapping) else {above + key: each}
    return found


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_texts_with_the_same_values(name: str) -> None:
    dutch, english = (flat(rendering.load(f"portal/{name}", each)) for each in ("nl", "en"))

    assert dutch.keys() == english.keys()
    for key, text in dutch.items():
        other = english[key]
        if isinstance(text, str):
            assert rendering.placeholders(text) == rendering.placeholders(other), f"{name}: {key}"
        else:
            assert len(text) == len(other), f"{name}: {key}"

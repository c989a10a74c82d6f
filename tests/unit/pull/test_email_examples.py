"""The examples of addresses in docs/emailadressen.md are what the link makes of them."""

import re

import pytest

from koppeling.pull.entities.emails import addresses
from tools.paths import ROOT

PAGE = (ROOT / "docs" / "emailadressen.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^\| `([^`]+)` \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
STAYS = "blijft zoals het is"


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 5


@pytest.mark.parametrize(("source", "to", "copy"), EXAMPLES)
def test_an_example_is_what_the_link_does(source: str, to: str, copy: str) -> None:
    found = addresses(source)

    assert (found.first or STAYS) == to
    assert (found.others or STAYS) == copy

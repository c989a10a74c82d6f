"""What a browser sends: the language that it prefers."""

import pytest

from koppeling.core.web import language_of


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "nl"),
        ("de-DE,de;q=0.9", "nl"),
        ("en-GB,en;q=0.9", "en"),
        ("nl-NL,nl;q=0.9,en;q=0.8", "nl"),
        ("de,en;q=0.8,nl;q=0.7", "en"),
        ("nl;q=0.1, EN-us ; q=0.9", "en"),
        ("en;q=0", "nl"),
    ],
)
def test_a_page_is_in_the_language_that_a_browser_prefers(accepted: str, language: str) -> None:
    assert language_of(accepted) == language

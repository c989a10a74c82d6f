"""A text filled with its values begins with a capital, but for an address of somebody."""

import pytest

from koppeling.core.rendering import fill


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("de factuur is er", {}, "De factuur is er"),
        ("{what} wacht", {"what": "één factuur"}, "Één factuur wacht"),
        ("{who} is erbij", {"who": "pim@x.example"}, "pim@x.example is erbij"),
        ("mail naar {who}", {"who": "pim@x.example"}, "Mail naar pim@x.example"),
        ("[{who}]", {"who": ""}, ""),
    ],
)
def test_a_sentence_has_a_capital_and_an_address_stays_as_it_is(
    text: str, values: dict[str, str], filled: str
) -> None:
    assert fill(text, values) == filled

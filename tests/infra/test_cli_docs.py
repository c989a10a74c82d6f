"""The pages of the command line and of the configuration say what is really there.

`python -m tools.docs.pages` writes them anew.
"""

import json
from pathlib import Path

import pytest

from koppeling.cli.configuration.reading import read
from koppeling.cli.configuration.yaml_file import FILE, schema
from tools.docs.pages import DOCS, GENERATED

EXAMPLE = DOCS / "veldhuis-advies-01.yaml"


@pytest.mark.parametrize("page", GENERATED, ids=lambda page: page.name)
def test_a_page_says_what_the_code_does(page: Path) -> None:
    assert page.read_text() == GENERATED[page]()


def test_the_example_can_be_applied_as_it_stands() -> None:
    assert read(EXAMPLE.name, EXAMPLE.read_text()).id == EXAMPLE.stem


def test_the_schema_is_one_that_editors_understand() -> None:
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(schema()))["$id"].startswith("urn:koppeling:schema:connection")
    assert FILE in (DOCS / "connection.md").read_text()

"""The pages of the command line and of the configuration tell what is really there.

`python -m tests.infra.test_cli_docs` writes them anew.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from koppeling.cli.configuration.reading import read
from koppeling.cli.configuration.yaml_file import FILE, schema
from koppeling.cli.manual import page as command_line
from koppeling.cli.reference_docs import page as connection
from tools.paths import ROOT

DOCS = ROOT / "docs"
PAGES: dict[Path, Callable[[], str]] = {
    DOCS / "command-line.md": command_line,
    DOCS / "connection.md": connection,
}
EXAMPLE = DOCS / "veldhuis-advies-01.yaml"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_tells_what_the_code_does(page: Path) -> None:
    assert page.read_text() == PAGES[page]()


def test_the_example_can_be_applied_as_it_stands() -> None:
    assert read(EXAMPLE.name, EXAMPLE.read_text()).id == EXAMPLE.stem


def test_the_schema_is_one_that_editors_understand() -> None:
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(schema()))["$id"].startswith("urn:koppeling:schema:connection")
    assert FILE in (DOCS / "connection.md").read_text()


if __name__ == "__main__":
    for path, text in PAGES.items():
        path.write_text(text())

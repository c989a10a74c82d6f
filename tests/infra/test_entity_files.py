"""What an entity touches of the product: its own file, the registry, its texts, the template."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from koppeling.core.rendering import LANGUAGES
from koppeling.pull.entities.registry import ENTITIES
from tests.infra.sources import PACKAGE
from tools.docs.schema import SCHEMA, rendered
from tools.paths import ROOT

PRODUCT = ("layers/koppeling/koppeling", "functions", "template.yaml", "samconfig.toml")
TEXTS = {f"messages/{language}.toml" for language in LANGUAGES}
# What a page calls a list, and what it calls the settings of one
PAGE_TEXTS = {
    f"messages/portal/{page}.{language}.toml"
    for page in ("layout", "settings")
    for language in LANGUAGES
}
CHECK_TEXTS = {f"messages/check.{language}.toml" for language in LANGUAGES}
GENERATED = {"cli/configuration/connection.schema.json"}
COMPARED = [name for name, entity in ENTITIES.items() if entity.codes_must_exist]


def naming(entity: str) -> set[str]:
    """Return the files that name an entity; those of the package without its path."""
    wanted = re.compile(rf"(?<!\w){entity}(?!\w)|(?<!\w){entity.replace('_', '-')}(?!\w)")
    return {
        str(path.relative_to(PACKAGE if path.is_relative_to(PACKAGE) else ROOT))
        for path in _files()
        if wanted.search(path.read_text())
    }


def _files() -> Iterator[Path]:
    for name in PRODUCT:
        place = ROOT / name
        found = [place] if place.is_file() else sorted(place.rglob("*"))
        yield from (path for path in found if path.suffix in {".py", ".toml", ".json", ".yaml"})


def test_a_list_is_named_in_the_files_that_the_design_tells_of() -> None:
    own = {"pull/entities/cost_centers.py", "pull/entities/registry.py", "template.yaml"}
    # A refused invoice may wait for a cost centre: that is what pushing knows of it
    assert naming("cost_centers") == (
        own | TEXTS | PAGE_TEXTS | CHECK_TEXTS | GENERATED | {"push/blocked.py"}
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entity", ENTITIES)
def test_an_entity_has_a_word_for_all_its_records_and_for_one(entity: str, language: str) -> None:
    words = messages(language)["words"]["entity"]

    assert {entity, ENTITIES[entity].singular} <= words.keys()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entity", COMPARED)
def test_a_list_whose_codes_are_compared_has_the_texts_of_its_finding(
    entity: str, language: str
) -> None:
    item = entity.replace("_", "-")
    code, check = f"{item.removesuffix('s')}-unknown", messages(f"check.{language}")

    assert code in messages(language)
    assert item in check["items"].keys() & check["words"]["entity"].keys() & check["fine"].keys()
    assert f"{item}.one" in check["fine"]
    assert code in check["texts"].keys() & check["one"].keys()


def test_the_schema_of_a_configuration_file_names_the_entities_of_the_registry() -> None:
    assert rendered(SCHEMA.read_text(), ENTITIES) == SCHEMA.read_text()


def messages(name: str) -> dict[str, dict[str, dict[str, str]]]:
    """Return a file of texts."""
    found: dict[str, dict[str, dict[str, str]]] = tomllib.loads(
        (PACKAGE / "messages" / f"{name}.toml").read_text()
    )
    return found

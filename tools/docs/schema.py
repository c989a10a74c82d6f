"""The entities that a configuration file may name, written into its schema from the registry.

`python -m tools.docs.schema` writes them anew. A title that stands there stays as it is; a new
entity gets the word that the catalogue has for it.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from koppeling.pull.entities.entity import Entity
from koppeling.pull.entities.registry import ENTITIES
from tools.paths import ROOT

SCHEMA = ROOT / "layers/koppeling/koppeling/cli/configuration/connection.schema.json"
_LIST = re.compile(
    r'(?P<begin>  "entities": \{.*?"properties": \{\n).*?(?P<end>\n      \})', re.DOTALL
)


def rendered(
    text: str, entities: Mapping[str, Entity], words: Mapping[str, str] | None = None
) -> str:
    """Return the schema with an entry for each entity, in the order of a first load."""
    rows = ",\n".join(_rows(json.loads(text), entities, words or _words()))
    return _LIST.sub(lambda found: f"{found['begin']}{rows}{found['end']}", text)


def _rows(
    schema: Mapping[str, Any], entities: Mapping[str, Entity], words: Mapping[str, str]
) -> Iterator[str]:
    paces = {
        part["properties"]["interval_minutes"]["default"]: name
        for name, part in schema["$defs"].items()
        if "properties" in part
    }
    held = schema["properties"]["entities"]["properties"]
    for name, entity in entities.items():
        title = held[name]["title"] if name in held else words[name][:1].upper() + words[name][1:]
        reference = f"#/$defs/{paces[entity.interval_minutes]}"
        row = json.dumps({"$ref": reference, "title": title}, ensure_ascii=False)
        yield f'        "{name}": {row}'


def _words() -> Mapping[str, str]:
    text = (files("koppeling") / "messages/en.toml").read_text(encoding="utf-8")
    words: Mapping[str, str] = tomllib.loads(text)["words"]["entity"]
    return words


if __name__ == "__main__":
    SCHEMA.write_text(rendered(SCHEMA.read_text(), ENTITIES))

"""A preview in the words of the screen: fields, values and reasons as people know them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from koppeling.core import catalogue, rendering
from koppeling.pull.preview_rows import PreviewRow


@dataclass(frozen=True, slots=True)
class PreviewWords:
    """The words of previews in one language."""

    language: str

    def say(self, name: str, **values: str) -> str:
        """Return a text of the preview; `column.new` is the text `new` of its table `column`."""
        found: Any = rendering.load("preview", self.language)
        for part in name.split("."):
            found = found[part]
        return rendering.fill(found, values)

    def entity(self, entity: str) -> str:
        """Return what people call an entity."""
        names = rendering.load("portal/layout", self.language)["entities"]
        return str(names[entity])

    def field(self, name: str) -> str:
        """Return what the screen of QicsMilestones calls a field, with a capital."""
        word = rendering.load("preview", self.language)["field"].get(name, name)
        return rendering.fill(word, {})

    def value(self, value: object) -> str:
        """Return a value as people write it."""
        texts = rendering.load("preview", self.language)
        match value:
            case None | "":
                return str(texts["empty"])
            case bool():
                return str(texts["yes" if value else "no"])
            case _:
                return str(value)

    def count(self, number: int) -> str:
        """Return a number as people write it."""
        return rendering.count(number, self.language)

    def why(self, row: PreviewRow) -> str:
        """Return why a record does not come along, or asks for attention."""
        if row.problem not in catalogue.codes():
            return self.say("other")
        return catalogue.title(row.problem, self.language, row.values)

    def overwritten(self, rows: Iterable[PreviewRow]) -> list[tuple[str, str, str, str, str]]:
        """Return a line for each field: code, name, field, old value, new value."""
        return [
            (row.code, row.name, self.field(name), self.value(old), self.value(new))
            for row in rows
            for name, (old, new) in row.fields.items()
        ]

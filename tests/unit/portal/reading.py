"""Reads pages in tests as a person does: the text in its order, the links, forms and tables."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "input", "br", "hr", "img", "link"}
_SILENT = {"style", "title"}


@dataclass(slots=True)
class Seen:
    """What a page shows; a link and a form by where they lead, a cell by its row."""

    text: str = ""
    links: dict[str, str] = field(default_factory=dict)
    forms: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)

    @property
    def actions(self) -> list[str]:
        """Where the forms of the screen lead, apart from signing out."""
        return [place for place, _ in self.forms if not place.endswith("/sign-out")]


def seen(page: str) -> Seen:
    """Read the HTML of a page.

    Raises:
        ValueError: its elements are not nested as they should be.
    """
    reader = _Reader()
    reader.feed(page)
    reader.close()
    if reader.path:
        raise ValueError(f"not closed: {reader.path}")
    found = reader.found
    found.text = " ".join(found.text.split())
    return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = Seen()
        self.path: list[str] = []
        self._link, self._words = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "input" and self.found.forms:
            self.found.forms[-1][1][values.get("name", "")] = values.get("value", "")
        if tag == "br":
            self.handle_data(" ")
        if tag in _VOID:
            return
        self.path.append(tag)
        match tag:
            case "a":
                self._link, self._words = values["href"], ""
            case "form":
                self.found.forms.append((values["action"], {}))
            case "tr":
                self.found.rows.append([])
            case "td" | "th":
                self.found.rows[-1].append("")
            case "h1" | "h2" | "h3":
                self.found.headings.append((int(tag[1]), ""))

    def handle_endtag(self, tag: str) -> None:
        if not self.path or self.path.pop() != tag:
            raise ValueError(f"</{tag}> closes another element")
        if tag == "a":
            self.found.links[" ".join(self._words.split())] = self._link
        if tag in {"td", "th"}:
            cells = self.found.rows[-1]
            cells[-1] = cells[-1].strip("\n ")
        if tag not in {"a", "strong", "em", "span"}:
            self.found.text += " "

    def handle_data(self, data: str) -> None:
        if set(self.path) & _SILENT:
            return
        self.found.text += data
        self._words += data
        if {"td", "th"} & set(self.path):
            cells = self.found.rows[-1]
            cells[-1] += data
        if self.path and self.path[-1] in {"h1", "h2", "h3"}:
            level, text = self.found.headings[-1]
            self.found.headings[-1] = (level, text + data)

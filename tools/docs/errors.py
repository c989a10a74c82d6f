"""The parts of docs/synchronisatiefouten.md: every code, what it looks like and what ends it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from koppeling.cli.configuration.reading import read
from koppeling.core import catalogue
from koppeling.core.rendering import LANGUAGES, PRODUCT, UNKNOWN, chosen, fill
from koppeling.pull.entities.registry import ENTITIES
from koppeling.push.attachment import ASK_AGAIN
from koppeling.push.blocked import DAY, blocker_of
from koppeling.push.invoice import Invoice
from koppeling.push.upload import PATIENCE
from koppeling.push.worker import WAIT_FOR_A_LOGIN
from koppeling.watch.letters import LOGIN_AT
from tools.docs.words import table, word, words
from tools.paths import ROOT

REFERENCE = ROOT / "docs" / "reference" / "errors.md"
EXAMPLES = ROOT / "tests" / "unit" / "push" / "examples"
CONNECTION = ROOT / "docs" / "veldhuis-advies-01.yaml"
LANGUAGE = "nl"

_SECTION = re.compile(r"^## \d\. (.+?)(?: \(.*\))?$")
_CODE = re.compile(r"^(?:### |\| )`([a-z-]+)`")
_UNBLOCKS = re.compile(r"\*\*Unblocks:\*\* (.+)$")
_HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Row:
    """One code as the reference groups it, and what ends it there."""

    section: str
    code: str
    unblocks: str = ""


@cache
def reference() -> tuple[Row, ...]:
    """Return the codes in the order of errors.md."""
    found: list[Row] = []
    section = ""
    for line in REFERENCE.read_text().splitlines():
        if heading := _SECTION.match(line):
            section = heading[1]
        elif code := _CODE.match(line):
            found.append(Row(section, code[1]))
        elif unblocks := _UNBLOCKS.search(line):
            found[-1] = Row(section, found[-1].code, unblocks[1].strip())
    return tuple(found)


def contents() -> str:
    """Return the table of contents: what somebody sees, and which entries that may be."""
    return table(
        ("Wat je ziet", "Wat het kan zijn"),
        [(each["sign"], "<br>".join(_links(each["codes"]))) for each in words()["symptoms"]],
    )


def problems() -> str:
    """Return every entry, grouped as in the reference."""
    parts: list[str] = []
    for section, rows in groupby(reference(), lambda row: row.section):
        together = list(rows)
        ours = [row.code for row in together if catalogue.is_ours_to_mend(row.code)]
        parts.append(f"## {word('sections', section)}")
        parts.extend(_entry(row) for row in together if row.code not in ours)
        if ours:
            parts.extend(_ours(ours))
    return "\n\n".join(parts)


def _entry(row: Row) -> str:
    found = catalogue.entry(row.code, LANGUAGE)
    lines = [
        f'<a id="{row.code}"></a>',
        f"### {heading(row.code)}",
        "",
        f"> {text(row.code)}",
        "",
        f"* **Soort:** {word('levels', found.level)}{_hardens(found.error_after_hours)}",
    ]
    if found.level != "notice":
        lines.append(f"* **Gaat het vanzelf weer?** {by_itself(row.code)}")
    lines.append(f"* **Wie:** {catalogue.who(row.code, LANGUAGE)}.")
    if row.unblocks:
        lines.append(f"* **Opgelost:** {word('unblocks', row.unblocks)}")
    return "\n".join([*lines, f"* **Code:** `{row.code}`"])


def _ours(codes: list[str]) -> Iterator[str]:
    """Yield the entries that share one text, since a customer can do nothing about them."""
    anchors = "".join(f'<a id="{code}"></a>' for code in codes)
    yield f"{anchors}\n### {heading(codes[0])}"
    yield f"> {text(codes[0])}"
    yield f"{word('retry', 'internal')} Voor Qics zegt de code wat het is:"
    yield "\n".join(f"* `{code}`" for code in codes)


def text(code: str) -> str:
    """Return the whole text, with what differs each time in bold."""
    values = {**words()["values"], **words()["values_of"].get(code, {})}
    found = catalogue.entry(code, LANGUAGE)
    known = catalogue.shown(code, LANGUAGE, values)
    template = chosen(found.text, {*known, "qm"}).replace("{qm}", PRODUCT)
    message = catalogue.text(code, LANGUAGE, values)
    # The catalogue decides how a value is written; what varies is between its fixed words
    fixed = re.split(r"\{\w+\}", template)
    shape = "(.+?)".join(re.escape(each) for each in fixed)
    varying = re.fullmatch(shape, message, re.IGNORECASE | re.DOTALL)
    if varying is None:
        raise ValueError(f"the text of {code} does not fit its own template")
    shown = (f"**{value}**" for value in varying.groups())
    return "".join(f"{piece}{next(shown, '')}" for piece in fixed)


def by_itself(code: str) -> str:
    """Say what the link does without anybody, and when."""
    found = catalogue.entry(code, LANGUAGE)
    numbers = {
        "login_minutes": WAIT_FOR_A_LOGIN.seconds // 60,
        "pdf_days": PATIENCE.days,
        "pdf_minutes": ASK_AGAIN.seconds // 60,
    }
    if code in LOGIN_AT and found.level == "error":
        return word("retry", "login").format(**numbers)
    cause = _cause(code)
    if cause == DAY:
        return word("retry", "day")
    if cause is not None:
        (entity,) = (each for each in ENTITIES.values() if each.name == cause)
        every = word("every", str(entity.interval_minutes))
        return word("retry", "entity").format(thing=word("things", cause), every=every)
    return word("retry", found.retry).format(**numbers)


def _cause(code: str) -> str | None:
    """Return what a refused invoice with this code waits for, as the push would note it."""
    connection = read(CONNECTION.name, CONNECTION.read_text())
    document: Mapping[str, object] = json.loads((EXAMPLES / "invoice.json").read_text())
    wait = blocker_of(code, {}, "", Invoice.from_document(document), connection)
    return None if wait is None else wait.cause


def _links(codes: Iterable[str]) -> Iterator[str]:
    """Yield a link to each entry; what shares one text, to the first of its codes."""
    seen: set[str] = set()
    for code in codes:
        if heading(code) not in seen:
            yield f"[{heading(code)}](#{code})"
        seen.add(heading(code))


def heading(code: str) -> str:
    """Return the title of a code, with an ellipsis for what differs each time."""
    values = {**words()["values"], **words()["values_of"].get(code, {})}
    known = catalogue.shown(code, LANGUAGE, values)
    title = fill(catalogue.entry(code, LANGUAGE).title, dict.fromkeys(known, UNKNOWN))
    return title.rstrip(".").replace(f"{UNKNOWN} {UNKNOWN}", UNKNOWN)


def _hardens(hours: int | None) -> str:
    if hours is None:
        return ""
    if hours > _HOURS_A_DAY:
        return f" Na {hours // _HOURS_A_DAY} dagen wordt dit een fout."
    return f" Na {hours} uur wordt dit een fout."


def reference_text() -> str:
    """Return errors.md with the texts of the catalogue as they are now."""
    code = ""
    lines: list[str] = []
    for line in REFERENCE.read_text().splitlines():
        if heading := _CODE.match(line):
            code = heading[1]
        lines.append(_with_texts(line, code))
    return "\n".join(lines) + "\n"


def _with_texts(line: str, code: str) -> str:
    """Return a line of errors.md with the text of this code, where it holds one."""
    for language in LANGUAGES:
        if line.startswith(mark := f"- **{language.upper()}** "):
            found = catalogue.entry(code, language)
            return f"{mark}**{found.title}** {found.cause} {found.cure}"
    if line.startswith("| `") and line.count(" | ") == len(("when", "nl", "en")):
        texts = (catalogue.entry(code, each).text.replace("|", "\\|") for each in LANGUAGES)
        return " | ".join((*line.split(" | ")[:2], *texts)) + " |"
    return line

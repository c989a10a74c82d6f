"""What a line of the log says: who did what, in a sentence."""

from collections.abc import Mapping
from typing import Any

from koppeling.core import rendering
from koppeling.core.log import LogEntry
from koppeling.core.problems import number_in
from koppeling.portal.invoice_events import QICS
from koppeling.portal.round_counts import grouped
from koppeling.portal.settings_shown import change_in_words
from koppeling.pull.entities.registry import ENTITIES
from koppeling.push.decider import OPERATOR_ROLE


def sentence_of(entry: LogEntry, language: str) -> str:
    """Return the sentence of a line; one that a later release wrote is named by its kind."""
    texts = rendering.load("portal/log", language)
    text = texts["what"].get(entry.what) or texts["other"][entry.kind]
    said = rendering.fill(text, _values(entry, texts, language))
    if not entry.reason:
        return said
    return f"{said} {rendering.fill(texts['because'], {'reason': entry.reason})}"


def who_of(entry: LogEntry, language: str) -> str:
    """Return who did it: a person, Qics, or the link itself."""
    if entry.role == OPERATOR_ROLE:
        return QICS
    own: str = rendering.load("portal/log", language)["link_itself"]
    return entry.who or own


def _values(entry: LogEntry, texts: Mapping[str, Any], language: str) -> dict[str, str]:
    entity = entry.subject.partition("/")[0]
    names = rendering.load("portal/layout", language)["entities"]
    counts = {key: rendering.count(number, language) for key, number in entry.counts.items()}
    parts = [
        rendering.fill(texts["counts"][name], {"count": rendering.count(number, language)}).lower()
        for name, number in grouped(entry.counts).items()
    ]
    values = {
        "entity": names[entity] if entity in ENTITIES else texts["everything"],
        "invoice": number_in(entry.subject) or "",
        "counts": ", ".join(parts) or texts["nothing"],
        "reason": entry.reason,
        "group": _filled(texts["settings"], entry.values.get("field", "").partition(".")[0]),
        "provider": _filled(texts["provider"], entry.subject.rpartition("/")[2]),
    }
    changed = change_in_words(entry.values, language) if entry.what == "changed" else {}
    # What a setting was and became is said in words, or not at all
    hidden = {"old", "new"} if entry.what == "changed" else set[str]()
    told = {name: value for name, value in entry.values.items() if name not in hidden}
    own = {key: value for key, value in values.items() if value}
    return {**counts, **told, **own, **changed}


def _filled(texts: Mapping[str, str], key: str) -> str:
    text = texts.get(key) or texts.get("other", "")
    return text.replace("{qm}", rendering.PRODUCT)

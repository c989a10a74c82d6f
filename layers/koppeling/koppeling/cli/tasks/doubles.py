"""Likely doubles as a table, and the choices in it."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from koppeling.cli.exits import UsageError
from koppeling.core.connection import Connection
from koppeling.core.csv_table import Table, as_csv
from koppeling.pull.double_choices import DoubleChoice, KnownDouble, wake

if TYPE_CHECKING:
    from koppeling.cli.stack import Stack

COLUMNS = (
    "Nummer Exact",
    "Naam Exact",
    "Nummer QicsMilestones",
    "Naam QicsMilestones",
    "Zekerheid",
    "Waarom",
    "Keuze",
)
_CODE, _THERE, _CHOICE = COLUMNS[0], COLUMNS[2], COLUMNS[-1]
# What is written, and what people type as well
WORDS: Mapping[DoubleChoice, str] = {
    DoubleChoice.SAME: "zelfde",
    DoubleChoice.DIFFERENT: "verschillend",
    DoubleChoice.LEFT_OUT: "later",
}
_READ = {word: choice for choice, word in WORDS.items()} | {
    each.value: each for each in DoubleChoice
}
WHY: Mapping[str, str] = {
    "vat-number": "zelfde btw-nummer",
    "chamber-of-commerce": "zelfde KvK-nummer",
    "iban": "zelfde rekeningnummer",
    "email-domain": "zelfde maildomein",
    "name-equal": "zelfde naam",
    "name-shortened": "naam anders geschreven",
    "name-slip": "naam met een tikfout",
    "name-part": "deel van de naam",
    "place": "zelfde plaats",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a file of choices did: how many, and the lines that are wrong with what to do."""

    chosen: int
    wrong: tuple[str, ...]


def table_of(pairs: Iterable[KnownDouble]) -> Table:
    """Return pairs as people read them, the likeliest first."""
    best_first = sorted(pairs, key=lambda each: (-each.double.score, each.double.exact_code))
    return Table(COLUMNS, tuple(_row(each) for each in best_first))


def save(pairs: Iterable[KnownDouble], file: Path) -> None:
    """Save pairs as a file to fill in."""
    # The text holds its own line ends (RFC 4180)
    file.write_text(as_csv(table_of(pairs)), encoding="utf-8", newline="")


def choose(stack: "Stack", connection: Connection, file: Path) -> Chosen:
    """Take the choices of a file; a wrong line is told, and the others count.

    Raises:
        UsageError: it is no such file.
    """
    pairs = {_named(each): each for each in stack.stores.doubles.of(connection.id)}
    taken = {
        each.double.milestones_id: each.double.exact_code
        for each in pairs.values()
        if each.choice is DoubleChoice.SAME
    }
    wrong: list[str] = []
    codes: set[str] = set()
    for number, line in _lines(file):
        word = line[_CHOICE].strip().lower()
        if not word:
            continue
        pair, choice = pairs.get((_plain(line[_CODE]), _plain(line[_THERE]))), _READ.get(word)
        if pair is None or choice is None:
            wrong.append(f"line {number}: {_wrong(word, choice)}")
            continue
        code, there = pair.double.exact_code, pair.double.milestones_id
        if choice is DoubleChoice.SAME and taken.setdefault(there, code) != code:
            number_there = pair.double.milestones_code
            wrong.append(f"line {number}: {number_there} is the same as {taken[there]} already")
            continue
        stack.stores.doubles.choose(connection.id, pair, choice, stack.caller)
        codes.add(code)
    wake(connection.id, codes, stack.stores.retries, stack.stores.records, stack.now())
    return Chosen(len(codes), tuple(wrong))


def _wrong(word: str, choice: DoubleChoice | None) -> str:
    if choice is None:
        return f"'{word}' is no choice; write one of: {', '.join(WORDS.values())}"
    return "no such pair; leave both numbers as `--csv` wrote them"


def _lines(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    text = file.read_text(encoding="utf-8-sig")
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    rows = csv.DictReader(StringIO(text, newline=""), delimiter=delimiter)
    missing = {_CODE, _THERE, _CHOICE} - set(rows.fieldnames or ())
    if missing:
        raise UsageError(f"{file} lacks: {', '.join(sorted(missing))}; begin with `--csv {file}`")
    for row in rows:
        yield rows.line_num, {name: value or "" for name, value in row.items() if name}


def _named(pair: KnownDouble) -> tuple[str, str]:
    return pair.double.exact_code, pair.double.milestones_code


def _plain(cell: str) -> str:
    """Return a number without the apostrophe that keeps a spreadsheet from calculating it."""
    return cell.strip().removeprefix("'")


def _row(pair: KnownDouble) -> tuple[str, ...]:
    double = pair.double
    return (
        double.exact_code,
        double.exact_name,
        double.milestones_code,
        double.milestones_name,
        f"{double.score}%",
        ", ".join(WHY.get(reason, reason) for reason in double.reasons),
        "" if pair.choice is None else WORDS[pair.choice],
    )

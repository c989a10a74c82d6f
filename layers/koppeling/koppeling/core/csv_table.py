"""Tables as CSV files that a Dutch Excel opens right, and in which it calculates nothing (S11)."""

import csv
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO
from typing import Self

# Excel reads a file without this mark as Windows-1252, and Dutch Excel splits at semicolons
_MARK = "\ufeff"
_DELIMITER = ";"
# S11: what starts a formula in a spreadsheet, also in the full width of East Asian keyboards
_STARTS_A_FORMULA = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
_CONTROLS = frozenset("\t\r\n")


class NumberCell(str):
    """A number in the cell of a table: a negative one stays a number, since it is no text."""

    __slots__ = ()

    @classmethod
    def of(cls, number: Decimal) -> Self:
        """Return a number as a Dutch Excel reads it."""
        return cls(f"{number:f}".replace(".", ","))


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, and rows with a cell for each of them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        # JSON has lists for tuples
        object.__setattr__(self, "columns", tuple(self.columns))
        object.__setattr__(self, "rows", tuple(tuple(row) for row in self.rows))
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"each row has {len(self.columns)} cells")


def as_csv(table: Table) -> str:
    """Return a table as the text of a CSV file, in which no cell is a formula (S11)."""
    file = StringIO(newline="")
    writer = csv.writer(file, delimiter=_DELIMITER, lineterminator="\r\n")
    for row in (table.columns, *table.rows):
        writer.writerow([_harmless(cell) for cell in row])
    return _MARK + file.getvalue()


def _harmless(cell: str) -> str:
    """Return a cell with an apostrophe before what a spreadsheet would calculate (S11)."""
    if isinstance(cell, NumberCell):
        return cell
    seen = cell.lstrip(" ")  # some spreadsheets ignore leading spaces
    dangerous = seen[:1] in _STARTS_A_FORMULA or seen[:1] in _CONTROLS
    return f"'{cell}" if dangerous else cell

"""Tables for people: as rows, and as a CSV file that Dutch Excel opens with a double click."""

import csv
from dataclasses import dataclass
from io import StringIO

# Excel takes a file without this mark for Windows-1252, and Dutch Excel splits at semicolons
_MARK = "\ufeff"
_DELIMITER = ";"
# S11: what makes a spreadsheet calculate, also in the width that East Asian keyboards type
_STARTS_A_FORMULA = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
_CONTROLS = frozenset("\t\r\n")


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, and rows with a cell for each of them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        """Refuse a row that does not fit, and take lists, as JSON has them, for tuples.

        Raises:
            ValueError: a row has another number of cells than there are columns.
        """
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
    """Return a cell with an apostrophe before what a spreadsheet would calculate (S11).

    Some spreadsheets pass over spaces in front, so these hide no formula either.
    """
    seen = cell.lstrip(" ")
    dangerous = seen[:1] in _STARTS_A_FORMULA or seen[:1] in _CONTROLS
    return f"'{cell}" if dangerous else cell

"""A list of a screen as a file for a Dutch Excel."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from koppeling.core import rendering
from koppeling.core.csv_table import NumberCell, Table, as_csv
from koppeling.portal.page import Download

type Cell = str | int | Decimal | date | None


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Download:
    """Return a list as a download, with numbers and days as a Dutch Excel reads them."""
    table = Table(tuple(columns), tuple(tuple(map(_written, row)) for row in rows))
    return Download(name, "text/csv; charset=utf-8", as_csv(table).encode())


def _written(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Decimal():
            return NumberCell.of(cell)
        case date():
            return rendering.moment(cell.isoformat(), "nl")
        case _:
            return str(cell)

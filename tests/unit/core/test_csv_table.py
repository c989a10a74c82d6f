"""S11: tables as files that a spreadsheet opens, and in which it calculates nothing."""

import csv
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koppeling.core.csv_table import NumberCell, Table, as_csv

# csv itself refuses no character, and reads back all but a null on its own terms
CELLS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.builds(
        Table,
        st.lists(CELLS, min_size=width, max_size=width).map(tuple),
        st.lists(st.lists(CELLS, min_size=width, max_size=width).map(tuple)).map(tuple),
    )
)


def read_back(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text[1:], newline=""), delimiter=";", strict=True))


@given(TABLES)
def test_every_cell_comes_back_as_it_was_but_for_an_apostrophe_in_front(table: Table) -> None:
    rows = read_back(as_csv(table))

    assert len(rows) == 1 + len(table.rows)
    for row, wanted in zip(rows, (table.columns, *table.rows), strict=True):
        assert [cell in (kept, f"'{kept}") for cell, kept in zip(row, wanted, strict=True)] == (
            [True] * len(wanted)
        )


@given(TABLES)
def test_no_cell_begins_a_formula_also_not_behind_spaces(table: Table) -> None:
    cells = [cell for row in read_back(as_csv(table)) for cell in row]

    assert [cell for cell in cells if cell.lstrip(" ")[:1] in set("=+-@\t\r\n\uff1d")] == []


@pytest.mark.parametrize(
    "cell", ["=1+1", "+31", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\uff1d1"]
)
def test_what_a_spreadsheet_would_calculate_is_text(cell: str) -> None:
    (row,) = read_back(as_csv(Table((cell,), ())))

    assert row == [f"'{cell}"]


@pytest.mark.parametrize("cell", ["0000215", "Bakkerij 't Hoekje", "a=b", "", "1-2", "50%"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    (row,) = read_back(as_csv(Table((cell,), ())))

    assert row == [cell]


def test_dutch_excel_gets_semicolons_and_a_mark_and_whole_lines() -> None:
    table = Table(("Nummer", "Naam"), (("9901", 'Café "De Pul"; Zutphen'),))

    assert as_csv(table) == '\ufeffNummer;Naam\r\n9901;"Café ""De Pul""; Zutphen"\r\n'


def test_a_row_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="2 cells"):
        Table(("a", "b"), (("1",),))


def test_a_negative_amount_stays_a_number() -> None:
    table = Table(("amount", "text"), ((NumberCell.of(Decimal("-1234.50")), "-1234,50"),))

    assert as_csv(table).endswith("\r\n-1234,50;'-1234,50\r\n")

"""Pages of A4 as a PDF: headings, sentences and tables, which flow over as many as they need.

It uses a font that every reader of PDF has, so no font travels along. That font has the letters of
Western Europe; others are written with the letter that resembles them.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pydyf  # type: ignore[import-untyped]  # it has no types

# In points, of which an inch has 72
WIDTH, HEIGHT, MARGIN = 595, 842, 56
BOTTOM = MARGIN + 24
TEXT, SMALL, TITLE, HEADING = 10, 8, 18, 12
SMALLEST = 5  # of an amount, which would be another one if it was cut
_LEADING = 1.4
_GAP = 6  # between columns
_REGULAR, _BOLD = "F1", "F2"
# How wide Helvetica's letters are, in thousandths of its size, from the space on
_WIDTHS = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556),
    *(1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778),
    *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556),
    *(333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556),
    *(556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584),
)
_WIDEST_OF_OTHERS = 556
_BOLD_IS_WIDER = 1.08
# Letters that are no other letter with an accent
_RESEMBLING = str.maketrans("ŁłĐđıŐőŰű\u2009\u202f", "LlDdiÖöÜü  ")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its width in points, and whether it holds amounts."""

    heading: str
    width: int
    is_amount: bool = False


@dataclass(frozen=True, slots=True)
class _Words:
    """Words at a place on a page."""

    font: str
    size: int
    x: float
    y: float
    text: bytes


class Paper:
    """Pages that are written from top to bottom."""

    def __init__(self, title: str, language: str) -> None:
        self._title, self._language = title, language
        self._pages: list[list[_Words]] = []
        self._lines: list[list[float]] = []
        self._y = 0.0
        self._turn()

    def title(self, text: str) -> None:
        """Write the title."""
        self._paragraph(text, TITLE, _BOLD)

    def heading(self, text: str) -> None:
        """Write a heading, with room for some lines below it."""
        self._need(5 * TEXT * _LEADING)
        self._y -= HEADING
        self._paragraph(text, HEADING, _BOLD)

    def text(self, text: str, *, small: bool = False) -> None:
        """Write a paragraph."""
        self._paragraph(text, SMALL if small else TEXT, _REGULAR)

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Write a table; its headings stand on every page that it reaches."""
        self._need(3 * TEXT * _LEADING)
        self._row(columns, [each.heading for each in columns], _BOLD)
        for row in rows:
            if self._y - TEXT * _LEADING < BOTTOM:
                self._turn()
                self._row(columns, [each.heading for each in columns], _BOLD)
            self._row(columns, row, _REGULAR)
        self._y -= TEXT

    def written(self, footer: str) -> bytes:
        """Return the PDF; `{page}` and `{pages}` in the footer are numbers."""
        import pydyf  # noqa: PLC0415 - only who asks for a PDF waits for it

        pdf = pydyf.PDF()
        pdf.info["Title"] = pydyf.String(self._title)
        pdf.catalog["Lang"] = pydyf.String(self._language)
        fonts = _fonts(pdf)
        for number, words in enumerate(self._pages, start=1):
            foot = footer.replace("{page}", str(number)).replace("{pages}", str(len(self._pages)))
            stream = pydyf.Stream(compress=True)
            _draw_lines(stream, self._lines[number - 1])
            for word in (*words, _Words(_REGULAR, SMALL, MARGIN, MARGIN - 12, encoded(foot))):
                _draw(stream, word)
            pdf.add_object(stream)
            pdf.add_page(_page(pdf, stream, fonts))
        file = BytesIO()
        pdf.write(file, compress=True)
        return file.getvalue()

    def _turn(self) -> None:
        self._pages.append([])
        self._lines.append([])
        self._y = HEIGHT - MARGIN

    def _need(self, points: float) -> None:
        if self._y - points < BOTTOM:
            self._turn()

    def _paragraph(self, text: str, size: int, font: str) -> None:
        for line in wrapped(text, size, WIDTH - 2 * MARGIN):
            self._need(size * _LEADING)
            self._y -= size * _LEADING
            self._pages[-1].append(_Words(font, size, MARGIN, self._y, encoded(line)))
        self._y -= size * 0.6

    def _row(self, columns: Sequence[Column], cells: Sequence[str], font: str) -> None:
        self._y -= TEXT * _LEADING
        left = float(MARGIN)
        for column, cell in zip(columns, cells, strict=True):
            wider = _BOLD_IS_WIDER if font == _BOLD else 1
            room = (column.width - _GAP) / wider
            size = fitting(cell, room, SMALLEST if column.is_amount else SMALL)
            text = shortened(cell, size, room)
            right = left + column.width - _GAP - width_of(text, size) * wider
            at = right if column.is_amount else left
            self._pages[-1].append(_Words(font, size, at, self._y, encoded(text)))
            left += column.width
        self._lines[-1].append(self._y - 4)


def encoded(text: str) -> bytes:
    """Return a text in the code of the font; what it lacks becomes the letter that resembles it."""
    return b"".join(map(_encoded, text.translate(_RESEMBLING)))


def width_of(text: str, size: int) -> float:
    """Return how wide a text is, in points; bold headings are a little wider."""
    plain = unicodedata.normalize("NFKD", text)
    signs = [sign for sign in plain if not unicodedata.combining(sign)]
    return sum(_width(sign) for sign in signs) * size / 1000


def fitting(text: str, width: float, smallest: int) -> int:
    """Return the size at which a text fits into a width, or the smallest one that may be used."""
    sizes = range(TEXT, smallest - 1, -1)
    return next((size for size in sizes if width_of(text, size) <= width), smallest)


def shortened(text: str, size: int, width: float) -> str:
    """Return a text that fits into a width, with dots where it was cut."""
    if width_of(text, size) <= width:
        return text
    while text and width_of(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def wrapped(text: str, size: int, width: float) -> list[str]:
    """Return the lines of a paragraph of a width."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer, size) * _BOLD_IS_WIDER > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return [shortened(line, size, width) for line in lines]


def _width(sign: str) -> int:
    place = ord(sign) - ord(" ")
    return _WIDTHS[place] if 0 <= place < len(_WIDTHS) else _WIDEST_OF_OTHERS


def _encoded(sign: str) -> bytes:
    try:
        return sign.encode("cp1252")
    except UnicodeEncodeError:
        resembling = unicodedata.normalize("NFKD", sign).encode("cp1252", "ignore")
        return resembling or b"?"


def _fonts(pdf: "pydyf.PDF") -> "pydyf.Dictionary":
    import pydyf  # noqa: PLC0415 - see `written`

    fonts = pydyf.Dictionary()
    for name, font in ((_REGULAR, "/Helvetica"), (_BOLD, "/Helvetica-Bold")):
        values = {"Type": "/Font", "Subtype": "/Type1", "BaseFont": font}
        held = pydyf.Dictionary(values | {"Encoding": "/WinAnsiEncoding"})
        pdf.add_object(held)
        fonts[name] = held.reference
    return fonts


def _page(pdf: "pydyf.PDF", stream: Any, fonts: Any) -> Any:  # noqa: ANN401 - pydyf has no types
    import pydyf  # noqa: PLC0415 - see `written`

    return pydyf.Dictionary(
        {
            "Type": "/Page",
            "Parent": pdf.pages.reference,
            "MediaBox": pydyf.Array([0, 0, WIDTH, HEIGHT]),
            "Resources": pydyf.Dictionary({"Font": fonts}),
            "Contents": stream.reference,
        }
    )


def _draw_lines(stream: Any, heights: Sequence[float]) -> None:  # noqa: ANN401 - pydyf has no types
    stream.set_color_rgb(0.8, 0.8, 0.8, stroke=True)
    stream.set_line_width(0.5)
    for height in heights:
        stream.move_to(MARGIN, height)
        stream.line_to(WIDTH - MARGIN, height)
        stream.stroke()


def _draw(stream: Any, words: _Words) -> None:  # noqa: ANN401 - pydyf has no types
    import pydyf  # noqa: PLC0415 - see `written`

    stream.begin_text()
    stream.set_font_size(words.font, words.size)
    stream.move_text_to(round(words.x, 2), round(words.y, 2))
    shown: Any = pydyf.String()
    shown.string = words.text  # bytes in the code of the font, which are written as they are
    stream.show_text(shown)
    stream.end_text()

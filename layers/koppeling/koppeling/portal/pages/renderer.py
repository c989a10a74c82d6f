"""Turns a page into HTML: no scripts, nothing from another site, every text from `messages/`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from koppeling.core import rendering
from koppeling.core.clock import AMSTERDAM
from koppeling.core.connection import Connection
from koppeling.core.people import Person
from koppeling.core.web import page_headers
from koppeling.portal.menu import ABOVE, MENU, label_of
from koppeling.portal.page import PortalPage

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_DATE = re.compile(r"\b\d{1,2}-\d{1,2}-\d{4}\b")


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a page: who is signed in, where, and what was just done.

    Without a person it is a page of somebody who is not signed in. `form_token` goes into every
    form. `waiting` is the number beside *Te doen*, `others` are further connections of this person.
    """

    language: str
    person: Person | None = None
    connection: Connection | None = None
    form_token: str = ""
    notice: str = ""
    waiting: int = 0
    others: tuple[str, ...] = ()
    reference: str = ""
    support_mail: str = ""


class PortalRenderer:
    """Makes the HTML of pages. Jinja2 is imported for the first page, not at a cold start (P9)."""

    def __init__(self, portal_url: str) -> None:
        self._portal_url = portal_url

    def html(self, page: PortalPage, frame: Frame) -> str:
        """Return a whole page."""
        texts = rendering.load(f"portal/{page.screen}", frame.language)
        say = Sayings(texts, rendering.load("portal/layout", frame.language), frame.language)
        return self._environment.get_template(f"{page.screen}.html").render(
            page.values,
            say=say,
            title=say("title", **page.heading),
            frame=frame,
            language=frame.language,
            style=self._style,
            menu=[(path, say.layout(f"menu.{label_of(path)}")) for path in MENU],
            at=ABOVE.get(page.screen, page.screen.removeprefix("overview")),
            address=self._address(frame),
            token_field=_token_field(frame.form_token),
            **_formats(frame.language),
        )

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The headers of every page."""
        return page_headers(str(self._style))

    def address(self, connection: str = "", path: str = "", **query: object) -> str:
        """Return the address of a screen; without a connection, that of a page above them all."""
        parts = [self._portal_url, quote(connection, safe=""), path]
        asked = {name: value for name, value in query.items() if value not in (None, "")}
        place = "/".join(part for part in parts if part)
        return f"{place}?{urlencode(asked)}" if asked else place

    def _address(self, frame: Frame) -> Callable[..., str]:
        """Return what makes the address of a screen: `address("month", period="2026-11")`."""
        of = "" if frame.connection is None else frame.connection.id

        def address(path: str = "", connection: str = of, **query: object) -> str:
            return self.address(connection, path, **query)

        return address

    @cached_property
    def _environment(self) -> "Environment":
        from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415 - see the class

        environment = Environment(
            loader=FunctionLoader(_template),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters["emphasised"] = emphasised
        return environment

    @cached_property
    def _style(self) -> "Markup":
        from markupsafe import Markup  # noqa: PLC0415 - see the class

        return Markup(_read("style.css"))  # noqa: S704 - our own file


class Sayings:
    """The texts of one screen: `say("empty")`, and those of the layout by `say.layout("sign_out")`.

    A dot goes into a table: `say("standing.booked")`. A missing text is a mistake of ours and
    raises a KeyError, so that a test finds it.
    """

    def __init__(self, own: Mapping[str, Any], layout: Mapping[str, Any], language: str) -> None:
        self._own = own
        self._layout = layout
        self._language = language

    def __call__(self, key: str, **values: object) -> str:
        """Return a text of the screen, filled."""
        return _said(self._own, key, values)

    def layout(self, key: str, **values: object) -> str:
        """Return a text that every screen has."""
        return _said(self._layout, key, values)

    def many(self, key: str, number: int, **values: object) -> str:
        """Return the text for one (`key.one`) or for another number (`key.many`)."""
        form = "one" if number == 1 else "many"
        return self(f"{key}.{form}", count=rendering.count(number, self._language), **values)


def _said(texts: Mapping[str, Any], key: str, values: Mapping[str, object]) -> str:
    found: Any = texts
    for part in key.split("."):
        found = found[part]
    return rendering.fill(found, {name: str(value) for name, value in values.items()})


def emphasised(text: str) -> "Markup":
    """Return escaped text with *words* emphasised, and no date broken at the end of a line."""
    from markupsafe import Markup, escape  # noqa: PLC0415 - see PortalRenderer

    marked = re.sub(r"\*([^*]+)\*", r"<em>\1</em>", str(escape(text)))
    whole = _DATE.sub(r'<span class="whole">\g<0></span>', marked)
    return Markup(whole)  # noqa: S704 - escaped


def _token_field(form_token: str) -> "Markup":
    """Return the hidden field that stands in every form."""
    from markupsafe import Markup  # noqa: PLC0415 - see PortalRenderer

    return Markup('<input type="hidden" name="form_token" value="{}">').format(form_token)


def _formats(language: str) -> dict[str, Callable[..., str]]:
    """Return what templates write values with, each in the language of the page."""

    def amount(value: Decimal, currency: str = "EUR") -> str:
        return rendering.amount(value, currency, language)

    def count(value: int) -> str:
        return rendering.count(value, language)

    def day(value: date | datetime | None) -> str:
        return "" if value is None else rendering.moment(_local(value).date().isoformat(), language)

    def moment(value: datetime | None) -> str:
        return "" if value is None else rendering.moment(value.isoformat(), language)

    def clock(value: datetime | None) -> str:
        return "" if value is None else _local(value).strftime("%H:%M")

    return {"amount": amount, "count": count, "day": day, "moment": moment, "clock": clock}


def _local(value: date | datetime) -> datetime:
    if isinstance(value, datetime):
        return value.astimezone(AMSTERDAM)
    return datetime(value.year, value.month, value.day, tzinfo=AMSTERDAM)


def _template(name: str) -> str:
    return _read(f"templates/{name}")


def _read(name: str) -> str:
    return (files("koppeling.portal.pages") / name).read_text(encoding="utf-8")

"""Turns views into HTML pages, without scripts and without anything from another site."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from koppeling.auth.ports import View
from koppeling.auth.session import administration_of
from koppeling.core import catalogue
from koppeling.core.clock import AMSTERDAM
from koppeling.core.connection import Connection
from koppeling.core.rendering import PRODUCT, fill, load
from koppeling.core.web import page_headers

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

# Stands where a provider would stand, in the address of the button that asks for a new link
ASK_ANEW = "new-link"
SYSTEMS = {"exact": "Exact Online", "milestones": PRODUCT}
_AND = {"nl": " en ", "en": " and "}


class PageRenderer:
    """Makes the HTML of views. Jinja2 is imported for the first page, not at a cold start (P9)."""

    def __init__(self, connect_url: str) -> None:
        self._connect_url = connect_url

    def html(self, view: View, language: str, reference: str) -> str:
        """Return the page of a view; a helpdesk finds the request in our log by `reference`."""
        texts = load("login", language)
        own, labels = texts["page"][view.page], texts["labels"]
        values = _values(view, language)
        title, text = fill(own["title"], values), [fill(line, values) for line in own["text"]]
        if view.code:
            title = catalogue.title(view.code, language, view.values).rstrip(".")
            text = [catalogue.body(view.code, language, view.values)]
        failed = view.page == "failure"
        return self._template.render(
            language=language,
            style=self._style,
            product=labels["product"],
            between=fill(labels["between"], {}),
            view=view,
            title=title,
            tone=own.get("tone", "plain"),
            text=text,
            facts=[(fill(label, {}), value) for label, value in _facts(view, labels, values)],
            then=[fill(line, values) for line in _then(view, own)],
            step=_step(view, labels),
            button=fill(own.get("button", labels[_button(view)]), values),
            action=self._action(view),
            ask_anew=self._ask_anew(view),
            ask_anew_button=fill(labels["ask_anew"], {}),
            reference=fill(labels["reference"], {"reference": reference}) if failed else "",
        )

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The headers of every page."""
        return page_headers(str(self._style))

    def _action(self, view: View) -> str:
        if view.connection is None or not view.login:
            return ""
        address = f"{self._connect_url}/connect/{quote(view.connection.id, safe='')}"
        return address if view.ticket else f"{address}/{view.login}"

    def _ask_anew(self, view: View) -> str:
        if not view.ask_anew:
            return ""
        return f"{self._connect_url}/connect/{quote(view.ask_anew, safe='')}/{ASK_ANEW}"

    @cached_property
    def _template(self) -> "Template":
        from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - see the class

        environment = Environment(
            autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        environment.filters["emphasised"] = _emphasised
        return environment.from_string(_read("templates/page.html"))

    @cached_property
    def _style(self) -> "Markup":
        from markupsafe import Markup  # noqa: PLC0415 - see the class

        return Markup(_read("style.css"))  # noqa: S704 - our own file


def _read(name: str) -> str:
    return (files("koppeling.auth.pages") / name).read_text(encoding="utf-8")


def _emphasised(text: str) -> "Markup":
    """Return escaped text with the catalogue's *words* emphasised."""
    from markupsafe import Markup, escape  # noqa: PLC0415 - see the class

    return Markup(re.sub(r"\*([^*]+)\*", r"<em>\1</em>", str(escape(text))))  # noqa: S704 - escaped


def _values(view: View, language: str) -> dict[str, str]:
    provider = view.login if view.page == "invitation" else view.provider
    values = {
        **view.values,
        "systems": _AND[language].join(SYSTEMS[name] for name in view.providers),
        "provider": SYSTEMS.get(provider, ""),
        "next": SYSTEMS.get(view.login, ""),
    }
    if "until" in values:
        values["until"] = day(values["until"], language)
    return values


def _then(view: View, own: Mapping[str, Any]) -> list[str]:
    """Return the lines about what comes next."""
    if view.page == "invitation":
        return [own[name] for name in view.providers]
    if view.page == "connected-before":
        return [own["next" if view.login else "done"]]
    if view.page != "connected":
        return []
    duration = own[f"{view.provider}_until"]
    if view.login:
        return [duration, own["next"]]
    return [duration, *own[_what_comes(view.connection)]]


def _what_comes(connection: Connection | None) -> str:
    """Return which text says what happens after the last login."""
    if connection is None or not connection.paused:
        return "now"
    return "paused" if connection.started else "not-started"


def _step(view: View, labels: Mapping[str, str]) -> str:
    """Return which of two logins this page is about; nothing when there is only one."""
    if view.page not in {"invitation", "connected", "connected-before"} or len(view.providers) == 1:
        return ""
    at = view.login if view.page == "invitation" else view.provider
    step = str(view.providers.index(at) + 1)
    return fill(labels["step"], {"step": step, "steps": str(len(view.providers))})


def _button(view: View) -> str:
    if view.code == "exact-connect-failed":
        return "connect"  # as the catalogue calls it
    labels = {"invitation": "log_in", "connected": "log_in_next", "connected-before": "log_in_next"}
    return labels.get(view.page, "again")


def _facts(
    view: View, labels: Mapping[str, str], values: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield what was agreed before a login, and what was found after it."""
    connection = view.connection
    if view.page == "invitation" and connection is not None:
        if "exact" in view.providers:
            yield labels["administration"], administration_of(connection)
            yield labels["exact_user"], connection.exact_user
        if "milestones" in view.providers:
            yield labels["company_number"], connection.company_id
            yield labels["milestones_user"], connection.milestones_user
    if view.page == "connected":
        label = labels["administration" if view.provider == "exact" else "company"]
        yield label, f"{values['name']} ({values['number']})"
        yield labels[f"{view.provider}_user"], values["user"]


def day(moment: str, language: str) -> str:
    """Return the day of a moment with its month as a word."""
    local = datetime.fromisoformat(moment).astimezone(AMSTERDAM)
    months = load("login", language)["months"]
    return f"{local.day} {months[local.month - 1]} {local.year}"

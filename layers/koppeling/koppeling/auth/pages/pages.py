"""Views made into pages: without scripts, and without anything from elsewhere."""

import base64
import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from koppeling.auth.ports import View
from koppeling.core import catalogue
from koppeling.core.catalogue import LANGUAGES, PRODUCT
from koppeling.core.clock import AMSTERDAM
from koppeling.core.connection import Connection

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

_AND = {"nl": " en ", "en": " and "}


@dataclass(frozen=True, slots=True, repr=False)
class LoginPage:
    """What the template shows. It has no repr, since `ticket` and `redirect_to` are secrets."""

    title: str
    tone: str
    text: list[str]
    then: list[str] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    step: str = ""
    button: str = ""
    action: str = ""
    ticket: str = ""
    redirect_to: str = ""
    reference: str = ""


class PageRenderer:
    """Makes the HTML of views; the template is read when the first page is asked for (P9)."""

    def __init__(self, connect_url: str) -> None:
        self._connect_url = connect_url

    def html(self, view: View, language: str, reference: str) -> str:
        """Return the page of a view; `reference` finds the request in our log."""
        return self._template.render(
            page=self._page(view, language, reference),
            labels={name: filled(text, {}) for name, text in texts(language)["labels"].items()},
            language=language,
            style=self._style,
        )

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The headers of every page: nothing is kept, framed, guessed or told on."""
        digest = hashlib.sha256(str(self._style).encode()).digest()
        style = f"'sha256-{base64.b64encode(digest).decode()}'"
        policy = (
            f"default-src 'none'; style-src {style}; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        )
        return {
            "Cache-Control": "no-store",
            "Content-Security-Policy": policy,
            "Cross-Origin-Opener-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "Strict-Transport-Security": "max-age=31536000",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }

    def _page(self, view: View, language: str, reference: str) -> LoginPage:
        told, labels = texts(language)["page"][view.page], texts(language)["labels"]
        values = self._values(view, language)

        def said(*lines: str) -> list[str]:
            return [filled(line, values) for line in lines]

        title, text = filled(told["title"], values), said(*told["text"])
        if view.code:
            words = texts(language)["words"]
            given = {name: words.get(value, value) for name, value in view.values.items()}
            title = catalogue.title(view.code, language, given).rstrip(".")
            text = [_body(view.code, language, given)]
        return LoginPage(
            title=title,
            tone=told.get("tone", "plain"),
            text=text,
            then=said(*_then(view, told)),
            facts=list(_facts(view, labels, values)),
            step=_step(view, labels),
            button=filled(told.get("button", labels[_button(view)]), values),
            action=self._action(view),
            ticket=view.ticket,
            redirect_to=view.redirect_to,
            reference=filled(labels["reference"], {"reference": reference})
            if view.page == "failure"
            else "",
        )

    def _values(self, view: View, language: str) -> dict[str, str]:
        systems = _AND[language].join(SYSTEMS[name] for name in view.providers)
        provider = view.login if view.page == "invitation" else view.provider
        values = {
            **view.values,
            "systems": systems,
            "provider": SYSTEMS.get(provider, ""),
            "next": SYSTEMS.get(view.login, ""),
        }
        if "until" in values:
            values["until"] = day(values["until"], language)
        return values

    def _action(self, view: View) -> str:
        if view.connection is None or not view.login:
            return ""
        address = f"{self._connect_url}/connect/{quote(view.connection.id, safe='')}"
        return address if view.ticket else f"{address}/{view.login}"

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
    """Return escaped text in which *words* are emphasised, as the catalogue writes them."""
    from markupsafe import Markup, escape  # noqa: PLC0415 - see the class

    return Markup(re.sub(r"\*([^*]+)\*", r"<em>\1</em>", str(escape(text))))  # noqa: S704 - escaped


def _body(code: str, language: str, values: Mapping[str, str]) -> str:
    """Return the text of the catalogue without its title, which stands above it."""
    whole = catalogue.text(code, language, values)
    title = catalogue.title(code, language, values)
    return whole.removeprefix(title).lstrip(" ,")


def _then(view: View, told: Mapping[str, Any]) -> list[str]:
    if view.page == "invitation":
        return [told[name] for name in view.providers]
    if view.page != "connected":
        return []
    lasts = told[f"{view.provider}_until"]
    if view.login:
        return [lasts, told["next"]]
    paused = view.connection is not None and view.connection.paused
    return [lasts, *told["paused" if paused else "now"]]


def _step(view: View, labels: Mapping[str, str]) -> str:
    """Return which of two logins this is about; nothing when there is one."""
    if view.page not in {"invitation", "connected"} or len(view.providers) == 1:
        return ""
    at = view.login if view.page == "invitation" else view.provider
    step = str(view.providers.index(at) + 1)
    return filled(labels["step"], {"step": step, "steps": str(len(view.providers))})


def _button(view: View) -> str:
    if view.code == "exact-connect-failed":
        return "connect"  # as the catalogue calls it
    return {"invitation": "log_in", "connected": "log_in_next"}.get(view.page, "again")


def _facts(
    view: View, labels: Mapping[str, str], values: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    if view.page == "invitation" and view.connection is not None:
        yield from _agreed(view, view.connection, labels)
    if view.page == "connected":
        place = labels["administration" if view.provider == "exact" else "company"]
        yield filled(place, {}), f"{values['name']} ({values['number']})"
        yield filled(labels[f"{view.provider}_user"], {}), values["user"]


def _agreed(
    view: View, connection: Connection, labels: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield what was agreed on a connection, as far as its logins are about it."""
    if "exact" in view.providers:
        yield labels["administration"], f"{connection.administration_name} ({connection.division})"
        yield labels["exact_user"], connection.exact_user
    if "milestones" in view.providers:
        yield filled(labels["company_number"], {}), connection.company_id
        yield filled(labels["milestones_user"], {}), connection.milestones_user


_WEIGHT = re.compile(r"\s*q=(0(?:\.\d{1,3})?|1(?:\.0{1,3})?)\s*")
SYSTEMS = {"exact": "Exact Online", "milestones": PRODUCT}


def language_of(accepted: str) -> str:
    """Return the language that a browser likes best of those there are; Dutch when it is unsure."""
    best, weight = LANGUAGES[0], 0.0
    for each in accepted.split(","):
        tag, _, rest = each.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        found = _WEIGHT.fullmatch(rest)
        liking = float(found[1]) if found else 1.0
        if language in LANGUAGES and liking > weight:
            best, weight = language, liking
    return best


def texts(language: str) -> Mapping[str, Any]:
    """Return all texts of a language."""
    return _file(language)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its values; the page escapes what comes out."""
    given = {"qm": PRODUCT, **values}
    return re.sub(r"\{(\w+)\}", lambda found: given.get(found[1], "…"), text)


def day(moment: str, language: str) -> str:
    """Return the day of a moment as people write it."""
    local = datetime.fromisoformat(moment).astimezone(AMSTERDAM)
    return f"{local.day} {texts(language)['months'][local.month - 1]} {local.year}"


@cache
def _file(language: str) -> Mapping[str, Any]:
    path = files("koppeling") / "messages" / f"login.{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))

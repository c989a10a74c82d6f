"""What a screen gets, and what it gives: a page, a file, or another page to go to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from koppeling.core.connection import Connection
from koppeling.core.people import Person


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A person who is signed in asks for a page of one connection that this person may see.

    `query` and `form` hold each name once. `now` is the moment of the request.
    """

    connection: Connection
    person: Person
    now: datetime
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def language(self) -> str:
        """The language of the page."""
        return self.person.language

    @property
    def may_decide(self) -> bool:
        """Say whether this person may press a button that changes something."""
        return self.person.may_decide


@dataclass(frozen=True, slots=True)
class PortalPage:
    """A page: its screen names the template and the file of texts, `values` fill both.

    `heading` are values of the title of the screen, such as the number of an invoice. A page that
    waits for something is asked for again after `refresh_seconds`; it has a link that ends this.
    A screen that has read the problems anyway says how many wait for people: `waiting_count`.
    """

    screen: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    heading: Mapping[str, str] = field(default_factory=dict)
    refresh_seconds: int = 0
    waiting_count: int | None = None


@dataclass(frozen=True, slots=True)
class Download:
    """A file that the browser saves."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class GoTo:
    """Another page of the same connection, with a sentence about what was done.

    After every POST comes a redirect, so that "reload" and "back" repeat nothing. `notice` is a key
    in `messages/portal/notices.*.toml`, and `values` fill it.
    """

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class LeaveFor:
    """A page of ours beside those of the connection: a login page. Its address may be a secret."""

    address: str


class NoSuchPage(Exception):  # noqa: N818 - it names what happened
    """What was asked for does not exist, or this person may not see it: both are a 404."""


type Answer = PortalPage | Download | GoTo | LeaveFor
type Screen = Callable[[PageRequest], Answer]
type Action = Callable[[PageRequest], GoTo | LeaveFor]
"""What a button does. Only a person who may decide gets here, with a valid form token."""

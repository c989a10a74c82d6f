"""Wires the pages of the bookkeeper: each screen and each button with what it reads and does."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from koppeling.portal import menu
from koppeling.portal.page import Action, Screen
from koppeling.portal.screens.todo import TodoScreen

if TYPE_CHECKING:
    from koppeling.bootstrap.wiring import Wiring


def screens(wiring: "Wiring") -> Mapping[str, Screen]:
    """Return every screen by its path below the address of a connection."""
    return {menu.TODO: TodoScreen(wiring.stores.problems).show}


def actions(wiring: "Wiring") -> Mapping[str, Action]:
    """Return what every button does for people who may decide, by its path below `do/`."""
    del wiring
    return {}


def own_actions(wiring: "Wiring") -> Mapping[str, Action]:
    """Return the buttons that everybody may press: they change only what one chose for oneself."""
    del wiring
    return {}

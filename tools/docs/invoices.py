"""The parts of the pages about invoices: their states, the waits, how a month is compared."""

from dataclasses import fields
from datetime import timedelta

from koppeling.core.catalogue import entry
from koppeling.push.attachment import ASK_AGAIN
from koppeling.push.outbox import LOOK_AFTER, SETTLED_AFTER, State
from koppeling.push.reconciliation import Reconciliation
from koppeling.push.service import ASK_WHEN_PAUSED
from koppeling.push.upload import PATIENCE, TRY_AGAIN
from koppeling.push.worker import ATTEMPTS, WAIT_FOR_A_LOGIN, WAIT_FOR_A_RIGHT
from tools.docs.words import table, word


def states() -> str:
    """Return how far an invoice can be."""
    rows = [(f"`{state.value}`", word("states", state.value)) for state in State]
    return table(("Stand", "Wat dat is"), rows)


def waits() -> str:
    """Return how long the link waits for what, and how often it looks."""
    uncertain = entry("entry-uncertain").error_after_hours
    looks = (
        f"na {_minutes(LOOK_AFTER)} minuut, daarna steeds opnieuw; als er "
        f"{_minutes(SETTLED_AFTER)} minuten later nog niets staat, boekt de koppeling alsnog"
    )
    rows = [
        ("De koppeling staat op pauze", f"elke {_minutes(ASK_WHEN_PAUSED)} minuten", "onbeperkt"),
        (
            "Er moet iemand inloggen",
            f"elke {_minutes(WAIT_FOR_A_LOGIN)} minuten",
            "onbeperkt",
        ),
        ("Er ontbreekt een recht", f"elke {_minutes(WAIT_FOR_A_RIGHT)} minuten", "onbeperkt"),
        (
            "Exact Online geeft geen antwoord",
            f"{ATTEMPTS} keer, met groeiende pauzes",
            "een paar uur; daarna krijgt Qics een alarm",
        ),
        ("De dag- of minuutlimiet van Exact Online", "als de limiet voorbij is", "onbeperkt"),
        (
            "Onzeker of een factuur geboekt is",
            looks,
            f"na {uncertain} uur telt het als fout",
        ),
        (
            "De pdf is er nog niet",
            f"elke {_minutes(ASK_AGAIN)} minuten",
            f"{PATIENCE.days} dagen na de boeking",
        ),
        (
            "Exact Online neemt de pdf niet aan",
            f"elke {_minutes(TRY_AGAIN)} minuten",
            f"{PATIENCE.days} dagen na de boeking",
        ),
    ]
    return table(("Waarop de koppeling wacht", "Hoe vaak zij kijkt", "Hoe lang"), rows)


def parts_of_the_answer() -> str:
    """Return what each part of the answer of a reconciliation means."""
    rows = [
        (f"`{each.name}`", word("reconciliation", each.name)) for each in fields(Reconciliation)
    ]
    return table(("Onderdeel", "Wat het betekent"), rows)


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)

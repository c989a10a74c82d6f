"""A press of a button on a connection that is paused, and the sentence after a button."""

from dataclasses import replace

from koppeling.core import rendering
from koppeling.portal.page import GoTo, PageRequest
from tests.unit.portal.showing import connection


def paused(request: PageRequest) -> PageRequest:
    """Return a press on a connection that is paused."""
    return replace(request, connection=connection(paused=True))


def said(answer: GoTo, language: str = "nl") -> str:
    """Return the sentence after a button."""
    return rendering.fill(rendering.load("portal/notices", language)[answer.notice], answer.values)

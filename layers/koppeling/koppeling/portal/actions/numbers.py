"""Geen factuur: a person says of numbers that nobody handed in that they are no invoice."""

from dataclasses import dataclass

from koppeling.portal.actions.deciding import decider
from koppeling.portal.menu import MONTH, TODO
from koppeling.portal.page import GoTo, PageRequest
from koppeling.push.decider import LONGEST_REASON
from koppeling.push.missing_numbers import MissingNumbers, NotMissing
from koppeling.push.outbox import Conflict


@dataclass(frozen=True, slots=True)
class ExcuseNumbers:
    """Takes the decision about the numbers that a form names."""

    numbers: MissingNumbers

    def excuse(self, request: PageRequest) -> GoTo:
        """Note that they are no invoice; a person says why."""
        asked, reason = request.form.get("numbers", ""), request.form.get("reason", "").strip()
        if not reason or len(reason) > LONGEST_REASON:
            return _back(request, "number-reason-needed")
        try:
            written = self.numbers.excuse(request.connection.id, asked, decider(request, reason))
        except NotMissing:
            return _back(request, "not-missing")
        except Conflict:
            return _back(request, "try-again")
        return _back(request, "not-an-invoice", {"number": ", ".join(written)})


def _back(request: PageRequest, notice: str, values: dict[str, str] | None = None) -> GoTo:
    """Return to where the button was: a month, or all that waits."""
    if request.form.get("back") == MONTH:
        return GoTo(MONTH, {"month": request.form.get("month", "")}, notice, values or {})
    return GoTo(TODO, {}, notice, values or {})

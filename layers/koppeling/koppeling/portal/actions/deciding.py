"""Akkoord and Overslaan: what a person decides about an invoice; its delivery carries it out."""

from dataclasses import dataclass

from koppeling.portal.at_rest import notice_for
from koppeling.portal.menu import INVOICE, TODO
from koppeling.portal.page import GoTo, PageRequest
from koppeling.push.decider import LONGEST_REASON, Decider
from koppeling.push.deciding import CannotDecide, DecisionSender, Objection


@dataclass(frozen=True, slots=True)
class Decide:
    """Takes decisions about the invoice that a form names by its `number`."""

    decisions: DecisionSender

    def agree(self, request: PageRequest) -> GoTo:
        """Agree with an entry that differs from its invoice."""
        number = request.form.get("number", "")
        try:
            self.decisions.confirm(request.connection.id, number, decider(request), _seen(request))
        except CannotDecide as refusal:
            return back_to(request, _notice(refusal), number)
        return back_to(request, notice_for(request.connection, "agreed"), number)

    def skip(self, request: PageRequest) -> GoTo:
        """Leave an invoice as it is; a person says why."""
        number = request.form.get("number", "")
        reason = request.form.get("reason", "").strip()
        if not reason or len(reason) > LONGEST_REASON:
            return back_to(request, "reason-needed", number)
        try:
            self.decisions.skip(
                request.connection.id, number, decider(request, reason), _seen(request)
            )
        except CannotDecide as refusal:
            return back_to(request, _notice(refusal), number)
        return back_to(request, notice_for(request.connection, "skipped"), number)


def decider(request: PageRequest, reason: str = "") -> Decider:
    """Return who presses the button, and why."""
    return Decider(request.person.mail, request.person.role, reason)


def back_to(request: PageRequest, notice: str, number: str) -> GoTo:
    """Return to where the button was: an invoice, a group of problems, or all that waits."""
    values = {"number": number}
    if request.form.get("back") == INVOICE:
        return GoTo(INVOICE, {"number": number}, notice, values)
    within = request.form.get("within", "")
    return GoTo(TODO, {"group": within} if within else {}, notice, values)


def _seen(request: PageRequest) -> str:
    """Return what the page of the form showed; a page of an earlier release does not say."""
    return request.form.get("seen", "")


def _notice(refusal: CannotDecide) -> str:
    """Return what to say when the state is another one than the page showed."""
    return f"cannot-decide-{Objection(refusal.objection)}"

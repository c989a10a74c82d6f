"""Voorbeeld maken and akkoord geven: what a first load would do, and that it may begin."""

from dataclasses import dataclass

from koppeling.portal.menu import FIRST_LOAD
from koppeling.portal.page import GoTo, PageRequest
from koppeling.pull.approval import Approving, NotSeen
from koppeling.pull.by_hand import HandPulls


@dataclass(frozen=True, slots=True)
class Starting:
    """Asks for previews, and takes the approval of one."""

    pulls: HandPulls
    approving: Approving

    def preview(self, request: PageRequest) -> GoTo:
        """Look what a first load would do; nothing is written."""
        asked = self.pulls.ask_previews(request.connection)
        return GoTo(FIRST_LOAD, notice="preview-asked" if asked else "preview-under-way")

    def approve(self, request: PageRequest) -> GoTo:
        """Let the connection begin, if it would still do what was seen."""
        connection, person = request.connection, request.person
        if connection.started:
            return GoTo(FIRST_LOAD, notice="approved-before")
        if request.form.get("seen") != "yes":
            return GoTo(FIRST_LOAD, notice="approve-unseen")
        digest = request.form.get("digest", "")
        try:
            self.approving.approve(connection, digest, who=person.mail, role=person.role)
        except NotSeen:
            return GoTo(FIRST_LOAD, notice="approve-other")
        self.pulls.ask_first_load(connection)
        return GoTo(FIRST_LOAD, notice="approved")

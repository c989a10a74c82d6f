"""The way in: who calls, may they, and have they calls left (X4, X22, X30-X40, X133, X136)."""

from dataclasses import dataclass, replace

from flask import Response

from tests.sandbox.exact_online import answers
from tests.sandbox.exact_online.calls import Incoming, Target
from tests.sandbox.exact_online.error_quota import Desk, ErrorQuota
from tests.sandbox.exact_online.errors import BareError, BusinessError, RefusedError, RequestError
from tests.sandbox.exact_online.limits import Limits
from tests.sandbox.exact_online.oauth import Access, Authority
from tests.sandbox.exact_online.rights import may
from tests.sandbox.exact_online.service import Service
from tests.sandbox.exact_online.switches import Switches
from tests.sandbox.exact_online.users import User
from tests.sandbox.exact_online.world import World

OK_LIMIT = 400  # from this status on an answer is an error


@dataclass(frozen=True, slots=True)
class Gate:
    """Every API call passes here before the service sees it."""

    world: World
    switches: Switches
    authority: Authority
    limits: Limits
    quota: ErrorQuota
    service: Service

    def answer(self, call: Incoming, target: Target) -> Response:
        """Answer one call, counting it where Exact counts."""
        access = self.authority.access(call.bearer)
        user = self.world.users[access.user] if access else None
        desk = Desk(user.name if user else "", target.division, target.endpoint)
        if self.quota.is_blocked(desk):
            return answers.bare(self.switches.block_status)
        try:
            if user is None or access is None or not access.valid:
                raise BareError(401)
            response = self._limited(call, target, user, access)
        except RefusedError as error:
            response = self._refused(error)
        self.quota.note(desk, response.status_code)
        return answers.in_accepted_form(response, call.accept)

    def _limited(self, call: Incoming, target: Target, user: User, access: Access) -> Response:
        if target.division == 0:  # X39: current/Me does not count
            if target.endpoint != "current/Me":
                raise BareError(404)
            return self.service.carry_out(call, target, user)
        if target.division not in user.divisions:
            raise BareError(404)  # X136
        user = _as_consented(user, access)
        if target.division not in user.divisions:
            raise BareError(self.switches.left_out_answer)  # X31
        exceeded = self.limits.take(target.division)
        if exceeded is not None:
            return answers.bare(429, exceeded)
        try:
            self._check_rights(call, target, user)
            self._check_division(target)
            response = self.service.carry_out(call, target, user)
        except RefusedError as error:
            response = self._refused(error)
        if response.status_code < OK_LIMIT or self.switches.limit_headers_on_errors:
            response.headers.update(self.limits.headers(target.division))
        return response

    def _check_rights(self, call: Incoming, target: Target, user: User) -> None:
        """X30, X32, X136: a right that the app or the user lacks is a 403."""
        if target.resource is None:
            return
        app_lacks = target.resource.fields.scope in self.switches.missing_rights
        if app_lacks or not may(user, target.resource, call.method):
            raise BareError(403)

    def _check_division(self, target: Target) -> None:
        """X89: how calls fail in a division that is blocked or archived is not known; a switch."""
        status = self.switches.blocked_division_answer
        is_list = target.resource is not None and target.resource.endpoint.table == "Divisions"
        if status and not is_list and not self.world.is_division_open(target.division):
            raise BareError(status)

    def _refused(self, error: RefusedError) -> Response:
        if isinstance(error, BareError):
            return answers.bare(error.status, error.headers)
        if isinstance(error, BusinessError):
            language = "en-US" if self.switches.language == "en" else "nl-NL"
            return answers.refusal(error.text, self.switches.validation_status, language)
        if isinstance(error, RequestError):
            return answers.refusal(error.text, 400)
        raise error


def _as_consented(user: User, access: Access) -> User:
    """Return the user with the administrations that this consent left in (X31)."""
    if access.divisions is None:
        return user
    return replace(user, divisions=tuple(d for d in user.divisions if d in access.divisions))

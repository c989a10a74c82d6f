"""Verbinding: both logins, missing rights, what was agreed, the people, and one's own mails."""

from collections.abc import Iterable
from dataclasses import dataclass

from koppeling.core.mail import MailAddresses
from koppeling.core.ports import Problems
from koppeling.core.preferences import MailChoice, MailPreferences
from koppeling.core.problems import Problem
from koppeling.portal.logins import LoginStanding, login_states
from koppeling.portal.page import PageRequest, PortalPage
from koppeling.portal.problem_texts import ProblemTexts
from koppeling.portal.settings_shown import settings_shown

# Problems that a right of a user solves, and that belong to no record
RIGHTS = frozenset(
    {
        *("exact-no-rights", "exact-division-not-accessible", "exact-division-blocked"),
        *("exact-user-type-not-allowed", "milestones-no-rights"),
    }
)


@dataclass(frozen=True, slots=True)
class ConnectionScreen:
    """Shows a connection: its open problems, what this person chose, and which mail bounces."""

    problems: Problems
    preferences: MailPreferences
    addresses: MailAddresses

    def show(self, request: PageRequest) -> PortalPage:
        """Show the page."""
        connection = request.connection
        opened = list(self.problems.opened(connection.id))
        troubles = self.addresses.troubles_of(person.mail for person in connection.everybody)
        logins = login_states(connection, opened)
        return PortalPage(
            "connection",
            {
                "logins": logins,
                "all_connected": all(e.standing is LoginStanding.CONNECTED for e in logins),
                "rights": _rights(opened, request.language),
                "groups": settings_shown(connection, request.language),
                "people": [(each, troubles.get(each.mail)) for each in connection.everybody],
                "choices": tuple(MailChoice),
                "wanted": self.preferences.wanted(connection.id, request.person.mail),
                "is_named": connection.person(request.person.mail) is not None,
            },
        )


def _rights(opened: Iterable[Problem], language: str) -> list[tuple[str, str]]:
    """Return what each missing right keeps from working, and what to do; equal ones once."""
    texts = ProblemTexts(language)
    told = [(texts.title(each), texts.advice(each)) for each in opened if each.code in RIGHTS]
    return list(dict.fromkeys(told))

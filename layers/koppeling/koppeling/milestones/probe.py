"""What a fresh token of QicsMilestones may see: the companies that its user's role shows."""

from koppeling.auth.ports import FreshToken
from koppeling.core.administration import Company
from koppeling.milestones.api import API_PATH, COMPANY
from koppeling.milestones.lists import Lists
from koppeling.milestones.transport import Pace, Transport


class MilestonesLoginProbe:
    """Looks around with a token that belongs to no connection yet.

    The API has no way to ask who logged in, so whether it is the agreed user cannot be checked;
    whether this user sees the agreed company can be, and is (M13).
    """

    def __init__(self, base_url: str, pace: Pace) -> None:
        self._base_url = base_url
        self._pace = pace

    def company(self, token: str, agreed: str) -> Company | None:
        """Return the agreed company; None when this user's role does not show it.

        Raises:
            Consequence: QicsMilestones does not tell; see `answers.body_of`.
        """
        bearer = FreshToken(token, "milestones-reconnect-needed")
        lists = Lists(Transport(bearer, self._pace), f"{self._base_url}{API_PATH}")
        rows = lists.all(COMPANY.path)
        found = (row for row in rows if str(row.get(COMPANY.key)) == agreed)
        return next((Company(agreed, str(row.get("Name") or "")) for row in found), None)

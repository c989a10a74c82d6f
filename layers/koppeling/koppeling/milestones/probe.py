"""What a fresh token of QicsMilestones may read: the companies that its user's role shows."""

from collections.abc import Callable, Collection, Mapping

import requests

from koppeling.auth.ports import FreshToken
from koppeling.core.administration import Company
from koppeling.core.http import vendor_session
from koppeling.milestones.api import COMPANY
from koppeling.milestones.lists import Lists
from koppeling.milestones.pacer import Pacer
from koppeling.milestones.transport import Transport


class MilestonesLoginProbe:
    """Reads with a token that belongs to no connection yet.

    The API does not tell who logged in. So it is not checked whether this is the agreed user, only
    whether this user sees the agreed companies (M13).
    """

    def __init__(
        self,
        base_url: str,
        pacer: Pacer,
        new_session: Callable[[], requests.Session] = vendor_session,
    ) -> None:
        self._base_url = base_url
        self._pacer = pacer
        self._new_session = new_session

    def companies(self, token: str, agreed: Collection[str]) -> Mapping[str, Company]:
        bearer = FreshToken(token, "milestones-reconnect-needed")
        rows = Lists(
            Transport(self._base_url, bearer, self._pacer, new_session=self._new_session)
        ).all(COMPANY.path)
        shown = ((str(row.get(COMPANY.key)), str(row.get("Name") or "")) for row in rows)
        return {number: Company(number, name) for number, name in shown if number in agreed}

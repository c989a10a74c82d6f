"""The webhook subscriptions of our app in one administration (X174)."""

import re

from koppeling.core.errors import Reject, Uncertain
from koppeling.core.text import clean
from koppeling.exact.client import ExactClient
from koppeling.pull.webhook.subscriptions import Subscription

ENDPOINT = "webhooks/WebhookSubscriptions"
_FIELDS = ("ID", "Topic", "CallbackURL")
# X158: with status 500, so that nothing but the text tells it from an outage
_EXISTS = re.compile(r"Gegeven bestaat reeds|Data already exists", re.IGNORECASE)


class ExactSubscriptions:
    """Lists and makes subscriptions; each list and each new one is a call."""

    def __init__(self, client: ExactClient) -> None:
        self._client = client

    def subscriptions(self) -> list[Subscription]:
        rows = (row for page in self._client.whole(ENDPOINT, _FIELDS) for row in page.rows)
        return [
            Subscription(clean(row.get("Topic")) or "", clean(row.get("CallbackURL")) or "")
            for row in rows
        ]

    def subscribe(self, wanted: Subscription) -> bool:
        body = {"Topic": wanted.topic, "CallbackURL": wanted.address}
        try:
            self._client.create(ENDPOINT, body, lambda row: row["ID"])
        except (Reject, Uncertain) as refusal:
            if _EXISTS.search(refusal.values.get("message", "")):
                return False
            raise
        return True

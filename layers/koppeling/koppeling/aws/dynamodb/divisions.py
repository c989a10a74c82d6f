"""What is known of administrations, one item each, shared by all their pulls."""

from datetime import datetime

from pynamodb.exceptions import DoesNotExist

from koppeling.aws.dynamodb.table import SyncItem, division_key
from koppeling.core.administration import DivisionFacts
from koppeling.core.ids import Division


class DivisionStore:
    """Keeps the newest facts."""

    def __init__(self, items: type[SyncItem]) -> None:
        self._items = items

    def get(self, host: str, division: Division) -> DivisionFacts | None:
        """Return what was last seen; None when nobody looked yet."""
        try:
            data = self._items.get(division_key(host, division), "FACTS").data
        except DoesNotExist:
            return None
        return DivisionFacts(
            status=data["status"],
            blocking_status=data["blocking_status"],
            moved=data["moved"],
            looked_at=datetime.fromisoformat(data["looked_at"]),
        )

    def save(self, host: str, division: Division, facts: DivisionFacts) -> None:
        """Keep what was seen."""
        data = {
            "status": facts.status,
            "blocking_status": facts.blocking_status,
            "moved": facts.moved,
            "looked_at": facts.looked_at.isoformat(),
        }
        self._items(division_key(host, division), "FACTS", data=data).save()

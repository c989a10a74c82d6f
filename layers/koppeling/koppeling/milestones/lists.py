"""Lists of QicsMilestones in each of their shapes, page by page."""

from collections.abc import Iterator
from urllib.parse import quote

from koppeling.core.errors import Fatal, Retry
from koppeling.core.links import stays_below
from koppeling.milestones.api import PAGE_SIZE
from koppeling.milestones.transport import Transport
from koppeling.pull.link_values import Row
from koppeling.pull.snapshot import ListPlace


class Lists:
    """Reads lists; every link has to stay below the root of the API."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._root = transport.root

    def found(self, path: str, where: str) -> Iterator[Row]:
        """Yield the rows that a filter finds, on all pages that the server links to."""
        link: str | None = f"{self._root}{path}?$filter={quote(where, safe='')}"
        seen: set[str] = set()
        while link is not None:
            rows, link = self._page(path, link, seen)
            yield from rows

    def all(self, path: str) -> Iterator[Row]:
        """Yield every row: by links if the server gives them, else by `$skip` (M18).

        Raises:
            Fatal: the list became empty while it was read (M13), or `$skip` does nothing.
        """
        for rows, _ in self.pages(path):
            yield from rows

    def pages(
        self, path: str, place: ListPlace | None = None
    ) -> Iterator[tuple[list[Row], ListPlace | None]]:
        """Yield the pages of a whole list, each with where the next one is; the last has None.

        Raises:
            Fatal: see `all`.
        """
        place = place or ListPlace(self._numbered(path, 0), 0)
        seen: set[str] = set()
        before: list[Row] = []
        while place is not None:
            link, received = place.link, place.received
            rows, following = self._page(path, link, seen)
            if rows and rows == before:
                raise Fatal("milestones-contract-changed", f"$skip changes nothing on {path}")
            before = rows
            if not rows and received:
                rows = self._beyond(path, received)
            received += len(rows)
            is_last = following is None and (not rows or "$skip=" not in link)
            following = following or self._numbered(path, received)
            place = None if is_last else ListPlace(following, received)
            yield rows, place

    def _beyond(self, path: str, received: int) -> list[Row]:
        """Return what follows after so many rows, asked for together with the last of these.

        An empty page ends a list. It also shows when a right is taken away meanwhile, and then the
        rest would be taken for missing.
        """
        again, _ = self._page(path, self._numbered(path, received - 1), set())
        if not again:
            raise Fatal("milestones-no-rights", f"{path} became empty", entity=path)
        return again[1:]

    def _numbered(self, path: str, skip: int) -> str:
        return f"{self._root}{path}?$top={PAGE_SIZE}&$skip={skip}"

    def _page(self, path: str, link: str, seen: set[str]) -> tuple[list[Row], str | None]:
        self._follow(link, seen)
        body = self._transport.call("GET", link, path).body
        held = body if isinstance(body, dict) else {"value": body}
        rows = held.get("value")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            # Do not take it for an empty list: existing records would be created again
            raise Retry("milestones-unavailable", f"no list of {path}")
        return rows, held.get("odata.nextLink") or held.get("@odata.nextLink")

    def _follow(self, link: str, seen: set[str]) -> None:
        if not stays_below(link, self._root) or link in seen:
            raise Fatal("milestones-contract-changed", "a next link leads elsewhere or came back")
        seen.add(link)

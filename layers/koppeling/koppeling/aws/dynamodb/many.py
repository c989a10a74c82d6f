"""Many items of SyncTable at once: a page of Exact is of up to a thousand records."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import batched

from koppeling.aws.dynamodb.table import SyncItem

# DynamoDB takes so many keys in one call. Of such calls so many go at the same time
MOST_KEYS, READERS = 100, 4

type Key = tuple[str, str]


def get_many(items: type[SyncItem], keys: Sequence[Key]) -> Iterator[SyncItem]:
    """Yield the items that are there under keys, as they are by now, in no order."""
    together = list(batched(keys, MOST_KEYS, strict=False))
    if len(together) <= 1:
        yield from items.batch_get(keys, consistent_read=True)
        return

    def got(some: Sequence[Key]) -> list[SyncItem]:
        return list(items.batch_get(some, consistent_read=True))

    with ThreadPoolExecutor(READERS) as pool:
        for found in pool.map(got, together):
            yield from found

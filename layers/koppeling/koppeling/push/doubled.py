"""Entries that stand in the books twice: one reference, one debtor, and more than one entry."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from unicodedata import category

from koppeling.push.journal import JournalRow
from koppeling.push.outbox import OutboxItem


@dataclass(frozen=True, slots=True)
class Doubled:
    """An entry that we did not book, beside another one for the same invoice.

    `item` is the invoice when we booked the other one; None when both were made by hand. `is_seen`
    says that the other one stands in the same month, so that it exists for sure.
    """

    row: JournalRow
    item: OutboxItem | None
    is_seen: bool


def doubled(items: Iterable[OutboxItem], rows: Iterable[JournalRow]) -> Iterator[Doubled]:
    """Yield the entries of a month that are one too many.

    `items` are the invoices of the month, and those that the reference of an entry may mean.
    Capitals, spaces and signs that nobody sees do not count in a reference: a person typed it. Two
    entries that we booked are two invoices, also when their numbers differ in these only.
    """
    booked = [item for item in items if item.is_booked]
    entries = {_id(item.entry_id) for item in booked}
    of_invoice = {_key(item.number, str(item.customer)): item for item in booked}
    by_hand: dict[tuple[str, str], list[JournalRow]] = defaultdict(list)
    seen = set()
    for row in rows:
        seen.add(_id(row.id))
        key = _key(row.your_ref, row.customer)
        if key[0] and _id(row.id) not in entries:
            by_hand[key].append(row)
    for key, same in by_hand.items():
        item = of_invoice.get(key)
        is_seen = item is None or _id(item.entry_id) in seen
        for row in same[1:] if item is None else same:
            yield Doubled(row, item, is_seen)


def spellings(reference: str) -> frozenset[str]:
    """Return the numbers of ours that a reference may mean, as people type them."""
    bare, _ = _key(reference, "")
    return frozenset({reference, bare, bare.upper()}) - {""}


def _id(entry: object) -> str:
    return str(entry).lower()


def _key(reference: str, customer: str) -> tuple[str, str]:
    seen = (each for each in reference.casefold() if not each.isspace() and category(each) != "Cf")
    return "".join(seen), customer.lower()

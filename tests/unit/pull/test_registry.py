"""L11: each feed asks for exactly what its mapping reads, and Exact has every field."""

import json
from pathlib import Path
from typing import Any

import pytest

from koppeling.core.connection import InvoiceEmail
from koppeling.pull.entities.entity import Entity, Feed, FeedKind
from koppeling.pull.entities.mapping import MappingContext
from koppeling.pull.entities.registry import ENTITIES
from tests.unit.pull.builders import (
    ADDRESS,
    CONTACT,
    TODAY,
    RowThatRemembers,
    a_connection,
    a_contact,
    an_account,
    an_address,
    rows_of,
)

FIELDS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "sandbox" / "exact-fields.json").read_text(encoding="utf-8")
)
FEEDS = [feed for entity in ENTITIES.values() for feed in entity.feeds]
# what the link itself needs of every row, beside what a mapping reads
IDENTITY = {"ID", "Timestamp"}


def read_by_mapping_accounts() -> dict[str, set[str]]:
    """Map accounts of every kind, and return the fields that were read by feed."""
    read: dict[str, set[str]] = {"accounts": set(), "addresses": set(), "contacts": set()}
    for invoice_email in InvoiceEmail:
        sources = rows_of(
            an_account(MainContact=CONTACT, Email="a@x.nl"),
            a_contact(),
            an_address(Contact=CONTACT),
            an_address(ID=f"{ADDRESS}-2", Main=False),
        )
        recorded = {
            feed: {key: RowThatRemembers(row, read[feed]) for key, row in rows.items()}
            for feed, rows in sources.items()
        }
        connection = a_connection(invoice_email=invoice_email)
        ENTITIES["accounts"].map(recorded, MappingContext(connection, TODAY))
    return read


def test_each_feed_of_accounts_asks_for_exactly_what_the_mapping_reads() -> None:
    read = read_by_mapping_accounts()
    for feed in ENTITIES["accounts"].feeds:
        owner = {feed.owner} if feed.owner != "ID" else set()
        assert feed.select == read[feed.name] | IDENTITY | owner, feed.name


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_exact_has_every_field_that_a_feed_asks_for(feed: Feed) -> None:
    assert feed.select <= FIELDS[feed.endpoint]["properties"].keys()


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_a_feed_is_read_as_its_endpoint_allows_and_names_the_owner_among_its_fields(
    feed: Feed,
) -> None:
    assert (FIELDS[feed.endpoint]["kind"] == "sync") is (feed.kind is FeedKind.SYNC)
    assert feed.owner in feed.select


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_no_feed_asks_for_private_data_or_a_clock_that_is_no_cursor(feed: Feed) -> None:
    unwanted = ("BSN", "Birth", "Gender", "SocialSecurity", "Mobile", "Created", "Modified")
    assert [name for name in feed.select if name.startswith(unwanted)] == []


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=lambda entity: entity.name)
def test_the_feed_that_makes_a_record_is_read_last(entity: Entity) -> None:
    assert [feed.owner for feed in entity.feeds[:-1]] == ["Account"] * (len(entity.feeds) - 1)
    by_code = entity.name == "payment_conditions"  # X84: instalments share a code
    assert entity.feeds[-1].owner == ("Code" if by_code else "ID")


@pytest.mark.parametrize("name", ENTITIES)
def test_an_entity_is_found_by_its_own_name(name: str) -> None:
    assert ENTITIES[name].name == name

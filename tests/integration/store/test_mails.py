"""What is kept for mails: troubled addresses, mails a day, what is due, readers of a morning."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from koppeling.aws.dynamodb.mail_addresses import MailAddressStore
from koppeling.aws.dynamodb.mail_rounds import DueMailStore, MorningStore, PauseStore
from koppeling.aws.dynamodb.table import SyncItem
from koppeling.core.ids import ConnectionId
from koppeling.core.mail import AddressTrouble, MailKind
from koppeling.core.people import mail_digest
from koppeling.watch.ports import DueMail, MorningReader
from tests.integration.store.conftest import NOW
from tests.sandbox.common.clock import Clock

ACME, BETA = ConnectionId("acme"), ConnectionId("beta")
MARIT = "marit@veldhuis.example"
DAY = date(2026, 11, 26)
DIGEST = mail_digest(MARIT)


def test_an_address_in_trouble_is_known_in_any_spelling_until_it_is_cleared(
    items: type[SyncItem],
) -> None:
    store = MailAddressStore(items)
    assert store.trouble_of(MARIT) is None
    store.note_trouble(MARIT, "bounce", NOW)
    store.note_trouble(MARIT, "complaint", NOW + timedelta(days=1))
    assert store.trouble_of(f" {MARIT.upper()}") == AddressTrouble(NOW, "bounce")
    both = [MARIT.upper(), MARIT, "pim@veldhuis.example"]
    assert store.troubles_of(both) == dict.fromkeys(both[:2], AddressTrouble(NOW, "bounce"))
    assert store.troubles_of([]) == {}
    assert store.clear(MARIT)
    assert not store.clear(MARIT)
    assert store.trouble_of(MARIT) is None


def test_no_address_stands_in_a_key(items: type[SyncItem]) -> None:
    store = MailAddressStore(items)
    store.note_trouble(MARIT, "bounce", NOW)
    store.take(DIGEST, DAY, MailKind.LOGIN)
    assert MARIT not in str([item.attribute_values for item in items.scan()])


@pytest.mark.parametrize(
    ("kinds", "taken"),
    [
        ([MailKind.LOGIN] * 3, [True, True, False]),
        ([MailKind.MORNING, MailKind.FIRST_LOAD, MailKind.LOGIN], [True, False, True]),
        ([MailKind.LOGIN, MailKind.MORNING, MailKind.LOGIN], [True, False, True]),
        ([MailKind.MORNING, MailKind.MORNING], [True, False]),
    ],
)
def test_a_person_gets_two_mails_a_day_of_which_one_is_news(
    items: type[SyncItem], kinds: list[MailKind], taken: list[bool]
) -> None:
    store = MailAddressStore(items)
    assert [store.take(DIGEST, DAY, kind) for kind in kinds] == taken
    assert store.take(DIGEST, DAY + timedelta(days=1), MailKind.MORNING)
    assert store.take(mail_digest("pim@veldhuis.example"), DAY, MailKind.MORNING)


@pytest.mark.parametrize("kind", [MailKind.LOGIN, MailKind.MORNING])
def test_what_was_given_back_may_be_taken_again(items: type[SyncItem], kind: MailKind) -> None:
    store = MailAddressStore(items)
    for _ in range(3):
        assert store.take(DIGEST, DAY, kind)
        store.give_back(DIGEST, DAY, kind)


def test_what_is_due_is_kept_until_it_is_removed(items: type[SyncItem], clock: Clock) -> None:
    store = DueMailStore(items, clock.now)
    values: Mapping[str, str] = {"since": "2026-11-17"}
    due = DueMail(ACME, "paused-for-a-week", "2026-11-17", values, clock.now())
    other = replace(due, connection=BETA, once="2026-11-17T10:00:00+00:00/21")
    for each in (due, other, due):
        store.add(each)
    assert sorted(store.all(), key=lambda each: each.connection) == [due, other]
    store.remove(due)
    assert list(store.all()) == [other]


def test_the_connections_of_a_reader_are_together_and_each_day_apart(
    items: type[SyncItem],
) -> None:
    store, other = MorningStore(items), mail_digest("pim@veldhuis.example")
    for digest, connection in ((DIGEST, BETA), (other, ACME), (DIGEST, ACME), (DIGEST, ACME)):
        store.add(DAY, digest, connection)
    found = sorted(store.readers(DAY), key=lambda each: each.digest == other)
    assert found == [MorningReader(DIGEST, (ACME, BETA)), MorningReader(other, (ACME,))]
    assert list(store.readers(DAY + timedelta(days=1))) == []


def test_a_pause_is_counted_from_its_first_day_and_a_gap_begins_a_new_one(
    items: type[SyncItem],
) -> None:
    store = PauseStore(items)
    days = (0, 1, 1, 2, 4, 5)
    seen = [store.seen(ACME, DAY + timedelta(days=each)) for each in days]
    assert [(each - DAY).days for each in seen] == [0, 0, 0, 0, 4, 4]

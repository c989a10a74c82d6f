"""R40: chains of QicsMilestones that the release before kept by the host of its base URL."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from koppeling.auth.token_chain import LEASE
from koppeling.auth.token_keys import NO_TENANT
from koppeling.auth.token_pair import MILESTONES_CHAIN, Grant, TokenKey, TokenPair, TokenState
from koppeling.aws.dynamodb.privacy import TableEraser
from koppeling.aws.dynamodb.table import SyncItem, TokenItem
from koppeling.aws.dynamodb.tokens import LEFT_LEASED, MOVING, DynamoTokenStore
from koppeling.aws.kms import Ciphertext, KmsCipher
from koppeling.core.errors import Retry
from tests.integration.store.conftest import NOW
from tests.sandbox.common.clock import Clock
from tests.unit.aws.fakes import FakeKms

HOST = "api.milestones.example"
KEY = TokenKey("milestones", "jan@x.nl", "acme@")
FORMER = replace(KEY, host=f"acme@{HOST}")
MOMENT = NOW.replace(microsecond=0)


def granted(key: TokenKey, refresh_token: str = "refresh-1") -> TokenPair:  # noqa: S107 - of a test
    """Return a pair as it follows from a login."""
    empty = TokenPair(key, "", "", MOMENT, MOMENT, connected_at=MOMENT)
    grant = Grant("access-1", refresh_token, timedelta(seconds=600))
    return empty.renewed(grant, MOMENT, MILESTONES_CHAIN)


@dataclass(slots=True)
class Moving:
    """A table with chains of the release before, and processes of this one."""

    items: type[TokenItem]
    clock: Clock
    kms: FakeKms

    def process(self, host: str = HOST) -> DynamoTokenStore:
        """Return the store of one more process."""
        cipher = KmsCipher(lambda: self.kms, "key", self.clock.now)
        return DynamoTokenStore(self.items, cipher, milestones_host=host, now=self.clock.now)

    def partitions(self) -> set[str]:
        """Return which items there are."""
        return {item.pk for item in self.items.scan()}


@pytest.fixture
def moving(tokens: type[TokenItem], clock: Clock) -> Moving:
    built = Moving(tokens, clock, FakeKms())
    built.process().connect(granted(FORMER))
    return built


@pytest.mark.parametrize(
    ("key", "former"),
    [(KEY, FORMER), (replace(KEY, host=NO_TENANT), replace(KEY, host=HOST))],
    ids=["a tenant", "no tenant"],
)
def test_a_chain_is_found_under_its_former_key_once_and_then_under_its_own(
    moving: Moving, key: TokenKey, former: TokenKey
) -> None:
    if former != FORMER:
        moving.process().connect(granted(former))
    found = moving.process().get(key)
    assert found == replace(granted(key), fencing=2)
    moving.items(f"milestones#{former.host}#jan@x.nl").delete()
    # Another base URL: the login is still there
    assert moving.process("new.example").get(key) == found


def test_the_chain_goes_on_where_it_was(moving: Moving) -> None:
    store = moving.process()
    store.get(KEY)
    held = store.lease(KEY, moving.clock.now(), LEASE)
    assert held is not None
    renewed = held.renewed(Grant("a", "refresh-2", timedelta(hours=1)), MOMENT, MILESTONES_CHAIN)
    store.save(renewed)
    assert moving.process().get(KEY) == renewed
    facts = store.facts(KEY)
    assert facts is not None
    assert facts.state is TokenState.ACTIVE


def test_what_is_left_opens_for_nobody_else_and_is_refreshed_by_nobody(moving: Moving) -> None:
    moving.process().get(KEY)
    moving.clock.advance(LEFT_LEASED.total_seconds() - 60)
    assert moving.process().lease(FORMER, moving.clock.now(), LEASE) is None


def test_while_the_release_before_refreshes_it_the_work_waits(moving: Moving) -> None:
    before = moving.process()
    held = before.lease(FORMER, moving.clock.now(), LEASE)
    assert held is not None
    with pytest.raises(Retry, match="token-busy"):
        moving.process().get(KEY)
    before.save(held.renewed(Grant("a", "refresh-2", LEASE), MOMENT, MILESTONES_CHAIN))
    found = moving.process().get(KEY)
    assert found is not None
    assert found.refresh_token == "refresh-2"


def test_of_two_processes_that_move_it_both_have_the_same_pair(moving: Moving) -> None:
    first = moving.process().get(KEY)
    lagging = moving.process()
    assert lagging._moved(FORMER, KEY) == first  # noqa: SLF001 - it read before the first wrote


def test_a_login_under_the_present_key_is_not_replaced(moving: Moving) -> None:
    store = moving.process()
    store.connect(granted(KEY, "refresh-new"))
    with pytest.raises(Retry, match="token-busy"):
        store._moved(FORMER, KEY)  # noqa: SLF001 - it read before the login was written
    found = store.get(KEY)
    assert found is not None
    assert found.refresh_token == "refresh-new"


def test_when_kms_is_down_in_the_middle_the_move_is_made_later(moving: Moving) -> None:
    process = moving.process()
    trouble = ClientError({"Error": {"Code": "KMSInternalException"}}, "Decrypt")
    moving.kms.errors = [trouble]
    with pytest.raises(Retry):
        process.get(KEY)
    assert process.get(KEY) is not None


def test_facts_tell_of_it_before_it_moved_and_nobody_is_taken_for_new(moving: Moving) -> None:
    facts = moving.process().facts(KEY)
    assert facts is not None
    assert (facts.key, facts.granted_at) == (KEY, MOMENT)
    assert moving.process().facts(replace(KEY, user="nobody")) is None
    assert moving.process().get(replace(KEY, user="nobody")) is None
    assert len(moving.partitions()) == 1


def test_all_facts_move_what_is_left_also_from_another_base_url(moving: Moving) -> None:
    old = replace(KEY, user="piet@x.nl", host="acme@older.example")
    moving.process().connect(granted(old))
    found = sorted(moving.process().all_facts(), key=lambda each: each.key.user)
    assert [each.key for each in found] == [KEY, replace(KEY, user="piet@x.nl")]
    assert [each.key for each in moving.process().all_facts()] == [each.key for each in found]
    assert moving.process("new.example").get(replace(KEY, user="piet@x.nl")) is not None


def test_of_two_base_urls_the_newest_login_counts(moving: Moving) -> None:
    later = replace(granted(replace(KEY, host="acme@b.example"), "refresh-b"))
    later = replace(later, granted_at=MOMENT + timedelta(days=1))
    moving.process().connect(later)
    assert len(list(moving.process().all_facts())) == 1
    found = moving.process().get(KEY)
    assert found is not None
    assert found.refresh_token == "refresh-b"


@pytest.mark.parametrize("moves", [True, False], ids=["moved", "not moved"])
def test_erasing_a_chain_takes_what_the_release_before_left_of_it(
    moving: Moving, items: type[SyncItem], *, moves: bool
) -> None:
    moving.process().connect(granted(replace(FORMER, host="other-tenant@x.example")))
    act: Callable[[TokenKey], object] = moving.process().get if moves else moving.process().facts
    act(KEY)
    TableEraser(items, moving.items).erase_chain(KEY)
    assert moving.partitions() == {"milestones#other-tenant@x.example#jan@x.nl"}


def test_a_login_at_the_release_before_ends_a_chain_that_moved_and_was_lost(
    moving: Moving,
) -> None:
    store = moving.process()
    store.get(KEY)
    held = store.lease(KEY, moving.clock.now(), LEASE)
    assert held is not None
    store.save(replace(held, state=TokenState.RECONNECT))
    assert moving.process().get(KEY) == replace(held, state=TokenState.RECONNECT)
    again = MOMENT + timedelta(minutes=5)
    login = replace(granted(FORMER, "refresh-new"), granted_at=again)
    moving.process().connect(login)

    found = moving.process().get(KEY)

    assert found is not None
    assert (found.state, found.refresh_token) == (TokenState.ACTIVE, "refresh-new")
    assert moving.process().get(KEY) == found
    assert moving.process().lease(FORMER, moving.clock.now(), LEASE) is None


def test_a_chain_is_not_moved_once_the_lease_may_be_over(moving: Moving) -> None:
    class Slow(KmsCipher):
        def encrypt(self, secret: bytes, key: TokenKey) -> Ciphertext:
            moving.clock.advance(MOVING.total_seconds())
            return super().encrypt(secret, key)

    cipher = Slow(lambda: moving.kms, "key", moving.clock.now)
    slow = DynamoTokenStore(moving.items, cipher, milestones_host=HOST, now=moving.clock.now)
    with pytest.raises(Retry, match="token-busy"):
        slow.get(KEY)
    assert moving.partitions() == {f"milestones#{FORMER.host}#jan@x.nl"}
    moving.clock.advance(1)
    assert moving.process().get(KEY) is not None

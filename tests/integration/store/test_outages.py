"""R6: what is known of an outage is read back, and written only on what was read."""

from datetime import UTC, datetime, timedelta

from koppeling.aws.dynamodb.outages import OutageStore
from koppeling.aws.dynamodb.table import SyncItem
from koppeling.core.ids import ConnectionId
from koppeling.core.outage import FailedCall, Outage

HOST, BELGIUM = "start.exactonline.nl", "start.exactonline.be"
NOW = datetime(2026, 11, 24, 6, 3, 12, 345678, tzinfo=UTC)
KNOWN = Outage((FailedCall(NOW, ConnectionId("acme")),), NOW, NOW + timedelta(seconds=30))


def test_an_outage_is_read_back_as_it_was_written_and_belongs_to_its_host(
    items: type[SyncItem],
) -> None:
    store = OutageStore(items)
    assert store.get(HOST) == Outage()

    saved = store.save(HOST, KNOWN)

    assert saved == store.get(HOST, newest=True) == KNOWN
    assert saved is not None
    assert store.get(HOST).mark == saved.mark != ""
    assert store.get(BELGIUM) == Outage()


def test_of_two_functions_that_change_it_at_once_the_second_is_told_to_read_again(
    items: type[SyncItem],
) -> None:
    store = OutageStore(items)
    first = store.get(HOST)
    assert store.save(HOST, KNOWN) is not None
    assert store.save(HOST, first) is None

    newest = store.get(HOST, newest=True)
    assert store.save(HOST, Outage(mark=newest.mark)) is not None
    assert store.get(HOST) == Outage()

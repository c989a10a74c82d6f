"""X170, R39: what was booked before the last login is looked for, also when its item is lost."""

from datetime import datetime

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

from koppeling.auth.oauth import EXACT
from koppeling.aws.dynamodb.table import connection_key
from koppeling.push.outbox import State
from tests.environment import Environment, environment
from tests.sandbox.exact_online.books import booked_entries
from tests.sandbox.invoices import InvoiceFiles, build_invoice

NUMBER = "20260620"
TEN_MINUTES = 600.0  # the life of an access token: a process knows of a new login after it


def came_at(home: Environment, files: InvoiceFiles, moment: datetime) -> None:
    """Let the document have been put at a moment of the sandboxes' clock."""
    bucket = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[home.settings.inbox_bucket]
    bucket.keys[files.json_key].last_modified = moment


def lose(home: Environment) -> None:
    """Put SyncTable back to before the invoice was known."""
    items = home.wiring.stores.outbox._items  # noqa: SLF001 - a table goes back without asking
    key = connection_key(home.connection.id)
    for item in list(items.query(key, items.sk.startswith("INVOICE#"))):
        item.delete()


def test_an_invoice_whose_item_was_lost_before_a_new_login_is_not_booked_again() -> None:
    with environment(accounts=3) as home:
        home.pull()
        files = build_invoice(NUMBER, debtor_code="1068")
        home.offer(files)
        came_at(home, files, home.clock.now())
        lose(home)
        assert home.wiring.stores.outbox.get(home.connection.id, NUMBER) is None
        home.clock.advance(TEN_MINUTES)
        home.log_in(EXACT)

        home.deliver(files.json_key)

        (entry,) = booked_entries(home.exact.world)
        item = home.wiring.stores.outbox.get(home.connection.id, NUMBER)
        assert item is not None
        assert (item.state, item.entry_number) == (State.DONE, str(entry["entry_number"]))
        assert len(entry["documents"]) == 1
        assert [len(each["attachments"]) for each in entry["documents"]] == [1]

"""The webhook between both sandboxes: a change in Exact arrives before its tick, or by its tick."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from koppeling.bootstrap import Wiring
from koppeling.bootstrap.observability import logger
from koppeling.core.clock import Deadline
from koppeling.core.summary import Summary
from koppeling.pull.webhook.desk import WebhookDesk
from tests.environment import MILLISECONDS_LEFT, Environment, environment
from tests.integration.levers import catch_up
from tests.integration.test_clients_secrets import everything_at_debug
from tests.sandbox.exact_online.webhooks import SECRET

SUBSCRIPTIONS = "webhooks/WebhookSubscriptions"
ADDRESS = "https://koppeling.example/exact/webhook"


@dataclass(slots=True)
class Hooked:
    """An environment whose stack has the webhook, and the way from Exact to it."""

    h: Environment
    wiring: Wiring
    answers: list[int]

    def carry(self, address: str, body: bytes) -> int:
        """Take what Exact sends to the function, as the HTTP API does."""
        assert address == ADDRESS
        event = {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
        status: int = self.desk.answer(event)["statusCode"]
        self.answers.append(status)
        return status

    @property
    def desk(self) -> WebhookDesk:
        """What answers at the address."""
        return self.wiring.webhook_desk

    def look(self) -> Summary:
        """Let the watch look after the connection, as it does once a day."""
        looks = list(self.wiring.watch.looks(self.h.connection.id))
        (found,) = [each for each in looks if each.story == "subscriptions"]
        return found

    def early(self) -> list[Summary]:
        """Let the minute pass, and handle the messages of the pull of accounts."""
        self.h.clock.advance(60)
        deadline = Deadline(lambda: MILLISECONDS_LEFT)
        taken = self.h.taken(self.h.settings.pull_queue_url)
        return [self.h.pulls().handle_message(message, deadline) for message in taken]

    def calls(self) -> list[tuple[str, str]]:
        """Return the calls about subscriptions."""
        made = self.h.exact.journal.calls(lambda call: call.endpoint == SUBSCRIPTIONS)
        return [(call.method, str(call.status)) for call in made]


@pytest.fixture
def hooked() -> Iterator[Hooked]:
    """Yield a link that is up to date, in a stack with the webhook, with its subscriptions."""
    with environment(accounts=4) as h:
        settings = replace(h.settings, has_webhooks=True)
        wiring = Wiring(settings, now=h.clock.now, pause=h.clock.advance, aws=h.wiring.aws)
        stack = Hooked(h, wiring, [])
        h.exact.webhooks.carry = stack.carry
        catch_up(h)
        stack.look()
        yield stack


def test_a_change_is_in_milestones_before_its_tick(hooked: Hooked) -> None:
    hooked.h.exact.change_account("1068", Name="Epe")

    assert hooked.h.exact.webhooks.send() == [200]
    (summary,) = hooked.early()

    assert (summary.outcome, summary.counts["changed"]) == ("done", 1)
    assert hooked.h.customer("1068")["Name"] == "Epe"


def test_a_thousand_changes_are_one_early_tick(hooked: Hooked) -> None:
    for n in range(1000):
        hooked.h.exact.change_account("1068", Name=f"Epe {n}")

    assert set(hooked.h.exact.webhooks.send()) == {200}

    assert len(hooked.early()) == 1
    assert hooked.h.customer("1068")["Name"] == "Epe 999"


def test_what_is_delivered_again_does_nothing_more(hooked: Hooked) -> None:
    hooked.h.exact.change_account("1068", Name="Epe")
    hooked.h.exact.webhooks.send()
    hooked.early()
    hooked.h.clock.advance(3600)

    assert hooked.h.exact.webhooks.repeat() == [200]

    assert hooked.early() == []


def test_what_somebody_else_signed_is_refused_and_moves_nothing(hooked: Hooked) -> None:
    hooked.h.exact.change_account("1068", Name="Epe")

    assert hooked.h.exact.webhooks.send(secret="geraden") == [403]

    assert hooked.early() == []


def test_with_every_message_lost_the_next_tick_brings_the_change(hooked: Hooked) -> None:
    hooked.h.exact.change_account("1068", Name="Epe")
    hooked.h.exact.webhooks.waiting.clear()

    assert hooked.h.next_tick().counts["changed"] == 1
    assert hooked.h.customer("1068")["Name"] == "Epe"


def test_a_paused_connection_gets_no_early_tick(hooked: Hooked) -> None:
    hooked.h.change(paused=True)
    hooked.h.exact.change_account("1068", Name="Epe")

    assert hooked.h.exact.webhooks.send() == [200]
    assert hooked.early() == []


def test_at_night_nothing_is_queued(hooked: Hooked) -> None:
    hooked.h.clock.freeze(datetime(2026, 11, 24, 22, 0, tzinfo=UTC))
    hooked.h.exact.change_account("1068", Name="Epe")

    assert hooked.h.exact.webhooks.send() == [200]
    assert hooked.early() == []


def test_the_watch_makes_what_is_missing_and_then_asks_one_call_a_day(hooked: Hooked) -> None:
    assert hooked.calls() == [("GET", "200"), ("POST", "201"), ("POST", "201")]
    # Exact tried the address with an empty body each time
    assert hooked.answers == [200, 200]

    hooked.h.exact.journal.clear()
    hooked.look()

    assert hooked.calls() == [("GET", "200")]


def test_a_subscription_that_exact_lost_is_made_again(hooked: Hooked) -> None:
    table = hooked.h.exact.world.tables["WebhookSubscriptions"]
    table.remove(next(iter(table))["ID"])

    assert hooked.look().counts == {"subscribed": 1}


def test_one_that_the_list_did_not_show_counts_as_there(hooked: Hooked) -> None:
    hooked.h.exact.hide_rows(SUBSCRIPTIONS, 2)

    assert hooked.look() == Summary("subscriptions", "looked", hooked.h.connection.id)


def test_without_the_right_the_watch_says_so_and_opens_no_problem(hooked: Hooked) -> None:
    before = hooked.h.problems()
    hooked.h.exact.switches.turn(missing_rights=("Organization administration",))

    assert hooked.look().outcome == "no-right"
    assert hooked.h.problems() == before


def test_a_stack_without_the_webhook_makes_no_call_for_it() -> None:
    with environment(accounts=4) as h:
        looks = list(h.wiring.watch.looks(h.connection.id))

        assert [each for each in looks if each.story == "subscriptions"] == []
        assert h.calls(SUBSCRIPTIONS) == 0


def test_no_log_holds_the_secret_a_signature_or_a_content(
    hooked: Hooked, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with everything_at_debug():
        logger().setLevel("DEBUG")
        for number in range(2):
            hooked.h.exact.change_account("1068", Name=f"Epe {number}")
        delivery = hooked.h.exact.webhooks.waiting[0]
        hooked.h.exact.webhooks.send(secret="geraden")
        hooked.h.exact.webhooks.send()
        hooked.look()

    said = "".join(capfd.readouterr()) + caplog.text
    key = delivery.content.decode().split('"Key": "')[1][:36]
    signatures = {delivery.body(each).decode()[-66:-2] for each in (SECRET, "geraden")}
    assert "webhook" in said
    assert [each for each in (SECRET, "geraden", key, *signatures) if each in said] == []

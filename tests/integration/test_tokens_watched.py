"""Lost logins are mailed at once, unused ones stay alive, and work goes on."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from koppeling.auth.oauth import EXACT, MILESTONES
from koppeling.auth.token_pair import TokenState
from koppeling.aws.data_keys import KEY_LIFE
from koppeling.core.clock import Deadline
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId
from koppeling.core.people import Person
from koppeling.core.summary import Summary
from tests.environment import MARIT, Environment, environment
from tests.integration import truth
from tests.integration.levers import assert_all_is_well, catch_up, change_some
from tests.integration.test_tokens_lost_answers import token_calls, token_state
from tests.sandbox.common.faults import Fault
from tests.sandbox.invoices import build_invoice

PIM = Person("pim@veldhuis.example")
GONE = "exact-reconnect-needed"
FIFTEEN_MINUTES = Deadline(lambda: 900_000)
DAY = timedelta(days=1).total_seconds()


class Kms:
    """KMS, with its calls counted, or down."""

    def __init__(self, real: Any) -> None:  # noqa: ANN401 - a boto3 client
        self._real = real
        self.calls: list[str] = []
        self.down = False

    def generate_data_key(self, **given: Any) -> Any:  # noqa: ANN401 - as boto3 has it
        """Make a data key."""
        return self._call("generate_data_key", given)

    def decrypt(self, **given: Any) -> Any:  # noqa: ANN401 - as boto3 has it
        """Open a data key."""
        return self._call("decrypt", given)

    def _call(self, name: str, given: dict[str, Any]) -> Any:  # noqa: ANN401 - as boto3 has it
        self.calls.append(name)
        if self.down:
            raise ClientError({"Error": {"Code": "KMSInternalException"}}, name)
        return getattr(self._real, name)(**given)


def watched_kms(built: Environment) -> Kms:
    """Count the calls to KMS."""
    watched = Kms(built.wiring.aws.kms)
    built.wiring.aws.__dict__["kms"] = watched
    return watched


def watch(built: Environment) -> Counter[str]:
    """Run the daily watch: its round, and then each message that it queued; return its counts."""
    built.wiring.daily_round.run()
    counts: Counter[str] = Counter()
    for message in built.taken(built.settings.round_queue_url):
        for summary in built.wiring.watch_message(json.dumps(message)):
            counts.update(summary.counts)
            counts.update(filter(None, [summary.detail]))
    return counts


def second_connection(built: Environment, *people: Person) -> Connection:
    """Write another connection of the same OAuth user."""
    other = replace(
        built.connection,
        id=ConnectionId("veldhuis-advies-02"),
        people=people or built.connection.people,
    )
    built.wiring.stores.connections.save(other)
    return other


def pull(built: Environment, connection: Connection) -> Summary:
    """Pull one of several connections."""
    return built.pulls().run(connection.id, FIFTEEN_MINUTES)


def addressed(built: Environment) -> list[str]:
    """Return who was mailed, sorted."""
    return sorted(mail.to for mail in built.mails())


def test_two_connections_of_one_user_both_keep_working() -> None:  # DF18
    with environment(accounts=4) as h:
        other = second_connection(h)
        for _ in range(4):
            h.clock.advance(900)
            assert [pull(h, each).outcome for each in (h.connection, other)] == ["done"] * 2
        assert token_calls(h) == 4


def test_a_lost_login_is_mailed_at_once_and_once_to_the_people_of_both_connections() -> None:
    with environment(accounts=4) as h:
        other = second_connection(h, MARIT, PIM)
        h.exact.authority.revoke(h.connection.exact_user)

        assert h.next_tick().outcome == GONE
        assert addressed(h) == [MARIT.mail, PIM.mail]

        for _ in range(3):
            h.next_tick()
            assert pull(h, other).outcome == GONE
            assert h.pull(entity="vat_codes").outcome == GONE
            watch(h)
        assert len(h.mails()) == 2


def test_a_login_by_one_serves_both_and_all_work_goes_on_by_itself() -> None:
    with environment(accounts=4) as h:
        other = second_connection(h)
        h.pull()
        pull(h, other)
        h.exact.authority.revoke(h.connection.exact_user)
        change_some(h)
        assert [h.next_tick().outcome, pull(h, other).outcome] == [GONE] * 2

        h.log_in(EXACT)
        catch_up(h)
        assert pull(h, other).outcome == "done"

        assert_all_is_well(h)
        assert GONE not in {each.code for each in h.wiring.stores.problems.opened(other.id)}


def test_a_login_that_is_lost_again_is_mailed_again() -> None:
    with environment(accounts=4) as h:
        for _ in range(2):
            h.exact.authority.revoke(h.connection.exact_user)
            assert h.next_tick().outcome == GONE
            h.log_in(EXACT)
            h.clock.advance(900)
            h.pull()
        assert len(h.mails()) == 2


def test_an_invoice_that_waits_for_a_login_leads_to_a_mail_and_is_booked_after_it() -> None:
    with environment(accounts=10) as h:
        h.pull()
        h.exact.authority.revoke(h.connection.exact_user)
        h.clock.advance(900)
        files = build_invoice("20260501", debtor_code="1071")
        h.offer(files)
        assert addressed(h) == [MARIT.mail]
        assert truth.troubles(h) == {GONE}

        h.log_in(EXACT)
        h.deliver(files.json_key)
        assert truth.troubles(h) == set()


def test_a_preview_mails_nobody() -> None:
    with environment(accounts=4) as h:
        h.exact.authority.revoke(h.connection.exact_user)
        h.clock.advance(900)
        h.pulls().preview(h.connection.id, FIFTEEN_MINUTES, full=False)
        assert h.mails() == []


def test_the_link_in_the_mail_opens_the_login_of_its_connection_and_of_no_other() -> None:
    with environment(accounts=4) as h:
        h.exact.authority.revoke(h.connection.exact_user)
        h.next_tick()
        (mail,) = h.mails()
        (link,) = [line for line in mail.text.splitlines() if "ticket=" in line]
        ticket = link.partition("ticket=")[2]

        read = h.wiring.login_links.read(ticket, h.connection.id)
        assert read is not None
        assert read.providers == ("exact",)
        assert h.wiring.login_links.read(ticket, ConnectionId("beta")) is None


def test_a_paused_connection_is_alive_after_half_a_year() -> None:  # X17, R30
    with environment(accounts=4) as h:
        h.pull()
        h.change(paused=True)
        refreshed = 0
        for _ in range(180):
            h.clock.advance(DAY)
            refreshed += watch(h)["refreshed"]
        h.change(paused=False)
        catch_up(h)

        assert refreshed == 2 * 25  # both logins, every seven days
        assert [mail.kind for mail in h.mails()] == ["paused"]
        assert_all_is_well(h)


def test_a_provider_that_is_down_for_weeks_is_warned_of_and_then_asks_for_a_login() -> None:
    with environment(accounts=4) as h:
        h.pull()
        h.change(paused=True)
        h.exact.faults.arm(Fault("token-gateway", times=99))
        for _ in range(30):
            h.clock.advance(DAY)
            watch(h)
        assert [mail.subject.split("(")[0] for mail in h.mails() if mail.kind == "login"] == [
            "De toestemming voor Exact Online verloopt op 24-12-2026 "
        ] * 4
        assert truth.troubles(h) == {"exact-consent-expires-soon"}

        h.exact.faults.disarm()
        h.clock.advance(DAY)
        assert watch(h)["reconnect"] == 1
        assert token_state(h) is TokenState.RECONNECT
        assert truth.troubles(h) == {GONE}
        assert "Verbind opnieuw" in h.mails()[-1].subject


def test_an_outage_that_ends_in_time_closes_its_warning() -> None:
    with environment(accounts=4) as h:
        h.change(paused=True)
        h.exact.faults.arm(Fault("token-gateway", times=99))
        for _ in range(10):
            h.clock.advance(DAY)
            watch(h)
        assert truth.troubles(h) == {"exact-consent-expires-soon"}

        h.exact.faults.disarm()
        h.clock.advance(DAY)
        assert watch(h)["refreshed"] == 1
        assert truth.troubles(h) == set()


@pytest.mark.parametrize("provider", [EXACT, MILESTONES], ids=lambda each: each.name)
def test_a_lost_answer_of_the_watch_is_one_more_try_the_day_after(provider: Any) -> None:  # noqa: ANN401 - pytest hands it over by name
    with environment(accounts=4) as h:
        h.change(paused=True)
        h.clock.advance(7 * DAY)
        sandbox = h.exact if provider is EXACT else h.milestones
        sandbox.faults.arm(Fault("token-answer-lost"))
        assert watch(h)[provider.unavailable] == 1

        h.clock.advance(DAY)
        assert watch(h)["reconnect"] == 1
        assert [mail.subject.split("(")[0] for mail in h.mails()] == [
            "Verbind opnieuw met Exact Online "
            if provider is EXACT
            else "Verbind opnieuw met QicsMilestones "
        ]


def test_while_kms_is_down_no_token_is_spent_and_nobody_is_bothered() -> None:
    with environment(accounts=4) as h:
        h.pull()
        kms = watched_kms(h)
        kms.down = True
        h.clock.advance(KEY_LIFE.total_seconds())
        assert {h.next_tick().outcome for _ in range(3)} == {"token-key-unavailable"}
        assert (token_calls(h), truth.troubles(h), h.mails()) == (0, set(), [])

        kms.down = False
        catch_up(h)
        assert_all_is_well(h)


def test_a_warm_process_asks_kms_twice_an_hour_however_many_ticks_and_refreshes_it_has() -> None:
    """P8: once for a key of its own, and once to open what the key of the last hour sealed."""
    with environment(accounts=4) as h:
        other = second_connection(h)
        h.pull()
        kms = watched_kms(h)
        for _ in range(4):
            h.next_tick()
            pull(h, other)
        assert sorted(kms.calls) == ["decrypt", "generate_data_key"]
        for _ in range(23 * 4):
            h.next_tick()
            pull(h, other)
        assert len(kms.calls) <= 24 * 2

"""Problems: opened once, closed by whatever mends them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from koppeling.aws.dynamodb.problems import KEPT_AFTER_CLOSING, MOST_EPISODES, ProblemStore
from koppeling.aws.dynamodb.table import SyncItem, connection_key, epoch
from koppeling.core.ids import ConnectionId
from koppeling.core.problems import (
    ENTRY_GONE,
    OPERATOR,
    Episode,
    Problem,
    entry_subject,
    invoice_subject,
)
from tests.sandbox.common.clock import Clock

ACME = ConnectionId("acme")
SUBJECT = "invoice/20260412"


def a_problem(subject: str = SUBJECT, code: str = "period-closed", **values: str) -> Problem:
    """Return a problem of an invoice."""
    return Problem(ACME, subject, code, values)


def opened(store: ProblemStore) -> list[tuple[str, str]]:
    """Return what is open."""
    return [(problem.subject, problem.code) for problem in store.opened(ACME)]


def test_an_open_problem_is_read_back_as_it_was_opened(items: type[SyncItem], clock: Clock) -> None:
    store = ProblemStore(items, clock.now)
    problem = a_problem(period="2026-10", debtor="Café 't Anker")
    store.open(problem)
    assert list(store.opened(ACME)) == [problem]
    assert list(store.opened(ConnectionId("other"))) == []


def test_a_problem_that_comes_back_keeps_the_moment_it_first_opened_and_its_newest_values(
    items: type[SyncItem], clock: Clock
) -> None:
    store = ProblemStore(items, clock.now)
    first = epoch(clock.now())
    store.open(a_problem(period="2026-10"))
    clock.advance(3600)
    store.open(a_problem(period="2026-11"))
    (problem,) = store.opened(ACME)
    item = items.get(connection_key(ACME), f"PROBLEM#{SUBJECT}#period-closed")
    assert (problem.values, item.opened_at, item.schema) == ({"period": "2026-11"}, first, 1)


def test_all_problems_of_a_subject_close_together_and_those_of_others_stay(
    items: type[SyncItem], clock: Clock
) -> None:
    store = ProblemStore(items, clock.now)
    store.open(a_problem())
    store.open(a_problem(code="debtor-blocked"))
    others = ["invoice/2026041", "accounts/20260412/notice", "accounts/20260412", f"{SUBJECT}#2"]
    for other in others:
        store.open(a_problem(other))
    store.close(ACME, SUBJECT)
    assert sorted(opened(store)) == sorted((other, "period-closed") for other in others)


def test_a_subject_that_begins_like_another_ones_key_closes_its_own_problem(
    items: type[SyncItem], clock: Clock
) -> None:
    store = ProblemStore(items, clock.now)
    store.open(a_problem())
    store.open(a_problem(f"{SUBJECT}#2"))
    store.close(ACME, f"{SUBJECT}#2")
    assert opened(store) == [(SUBJECT, "period-closed")]


def test_a_closed_problem_is_kept_for_a_while_and_closing_it_again_does_not_prolong_that(
    items: type[SyncItem], clock: Clock
) -> None:
    store = ProblemStore(items, clock.now)
    store.open(a_problem())
    store.close(ACME, SUBJECT)
    until = epoch(clock.now() + KEPT_AFTER_CLOSING)
    clock.advance(3600)
    store.close(ACME, SUBJECT)
    item = items.get(connection_key(ACME), f"PROBLEM#{SUBJECT}#period-closed")
    assert (item.state, item.expires_at) == ("CLOSED", until)
    assert "opened_at" not in item.attribute_values
    assert timedelta(days=90) == KEPT_AFTER_CLOSING


def test_a_problem_that_opens_again_is_new_and_does_not_expire(
    items: type[SyncItem], clock: Clock
) -> None:
    store = ProblemStore(items, clock.now)
    store.open(a_problem())
    store.close(ACME, SUBJECT)
    clock.advance(3600)
    store.open(a_problem())
    item = items.get(connection_key(ACME), f"PROBLEM#{SUBJECT}#period-closed")
    assert opened(store) == [(SUBJECT, "period-closed")]
    assert item.opened_at == epoch(clock.now())
    assert "expires_at" not in item.attribute_values


def test_a_problem_of_an_operator_lives_for_30_days_after_it_was_last_seen(
    items: type[SyncItem], clock: Clock
) -> None:
    store, stray = ProblemStore(items, clock.now), Problem(OPERATOR, "inbox/1.json", "code", {})
    store.open(stray)
    clock.advance(86400)
    store.open(stray)
    item = items.get(connection_key(OPERATOR), "PROBLEM#inbox/1.json#code")
    assert item.expires_at == epoch(clock.now() + timedelta(days=30))
    assert [each.subject for each in store.opened(OPERATOR)] == ["inbox/1.json"]


class Meanwhile(ProblemStore):
    """Problems of which one is opened again between the reading and the closing."""

    again: Problem | None = None

    def _query(self, connection: str, prefix: str, **options: Any) -> Iterable[SyncItem]:  # noqa: ANN401 - pynamodb's
        found = list(super()._query(connection, prefix, **options))
        if self.again is not None:
            self.open(self.again)
        return found


def test_a_problem_that_another_function_opens_meanwhile_is_not_closed_with_the_old_one(
    items: type[SyncItem], clock: Clock
) -> None:
    store = Meanwhile(items, clock.now)
    store.open(a_problem(period="2026-10"))
    store.again = a_problem(period="2026-11")

    store.close(ACME, SUBJECT)

    store.again = None
    assert [problem.values for problem in store.opened(ACME)] == [{"period": "2026-11"}]
    store.close(ACME, SUBJECT)
    assert opened(store) == []


def test_a_problem_that_the_release_before_opened_closes(
    items: type[SyncItem], clock: Clock
) -> None:
    store = ProblemStore(items, clock.now)
    store.open(a_problem())
    item = items.get(connection_key(ACME), f"PROBLEM#{SUBJECT}#period-closed")
    item.update(actions=[items.mark.remove()])

    store.close(ACME, SUBJECT)

    assert opened(store) == []


def test_closing_what_was_never_open_does_nothing(items: type[SyncItem], clock: Clock) -> None:
    store = ProblemStore(items, clock.now)
    store.close(ACME, SUBJECT)
    assert opened(store) == []


def of_the_release_before(items: type[SyncItem], subject: str, code: str) -> None:
    """Store an open problem of an invoice as the release before did: its number as it is."""
    item = items(connection_key(ACME), f"PROBLEM#{subject}#{code}")
    item.update(
        actions=[
            items.data.set({"subject": subject, "values": {}}),
            items.state.set("OPEN"),
            items.opened_at.set(7),
        ]
    )


def test_an_old_problem_of_a_number_with_a_slash_is_found_and_closed_under_its_subject_of_now(
    items: type[SyncItem], clock: Clock
) -> None:
    store = ProblemStore(items, clock.now)
    of_the_release_before(items, "invoice/2026/1", "pdf-missing")
    of_the_release_before(items, "invoice/2026/1/entry", ENTRY_GONE)
    of_the_release_before(items, "invoice/2026/entry", ENTRY_GONE)
    of_the_release_before(items, "invoice/2026/entry", "pdf-missing")
    slash, gone = invoice_subject("2026/1"), entry_subject("2026/1")
    usual, hostile = entry_subject("2026"), invoice_subject("2026/entry")
    assert {problem.subject for problem in store.opened(ACME)} == {slash, gone, usual, hostile}

    for subject, left in (
        (slash, {gone, usual, hostile}),
        (gone, {usual, hostile}),
        (usual, {hostile}),
        (hostile, set()),
    ):
        store.close(ACME, subject)
        assert {problem.subject for problem in store.opened(ACME)} == left


def test_an_old_problem_that_is_met_again_is_there_once_and_keeps_its_moment(
    items: type[SyncItem], clock: Clock
) -> None:
    store = ProblemStore(items, clock.now)
    of_the_release_before(items, "invoice/2026/1", "pdf-missing")

    store.open(a_problem(invoice_subject("2026/1"), "pdf-missing"))

    (problem,) = store.opened(ACME)
    assert problem.since is not None
    assert epoch(problem.since) == 7


def test_each_time_that_a_problem_was_open_is_known_for_90_days(
    items: type[SyncItem], clock: Clock
) -> None:
    store, day = ProblemStore(items, clock.now), timedelta(days=1)
    began = clock.now()
    store.open(a_problem())
    clock.advance(day.total_seconds())
    store.close(ACME, SUBJECT)
    clock.advance(day.total_seconds())
    store.open(a_problem())

    assert store.history(ACME, SUBJECT) == [
        Episode("period-closed", began, began + day),
        Episode("period-closed", began + 2 * day),
    ]
    (open_now,) = store.opened(ACME)
    assert open_now.since == began + 2 * day

    clock.advance(90 * day.total_seconds())
    store.close(ACME, SUBJECT)
    assert store.history(ACME, SUBJECT) == [
        Episode("period-closed", began + 2 * day, began + 92 * day)
    ]


def test_a_problem_that_comes_and_goes_keeps_its_newest_times(
    items: type[SyncItem], clock: Clock
) -> None:
    store = ProblemStore(items, clock.now)
    for _ in range(MOST_EPISODES + 3):
        store.open(a_problem())
        clock.advance(60)
        store.close(ACME, SUBJECT)

    found = store.history(ACME, SUBJECT)
    assert len(found) == MOST_EPISODES
    assert found[-1].closed_at == clock.now()
    assert store.history(ACME, "invoice/other") == []


def test_of_what_the_release_before_closed_only_the_newest_times_are_known(
    items: type[SyncItem], clock: Clock
) -> None:  # R40
    store = ProblemStore(items, clock.now)
    store.open(a_problem())
    store.close(ACME, SUBJECT)
    item = items.get(connection_key(ACME), f"PROBLEM#{SUBJECT}#period-closed")
    item.update(actions=[items.past.remove()])

    assert store.history(ACME, SUBJECT) == []

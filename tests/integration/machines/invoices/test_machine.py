"""Invoices on their way to Exact, with everything at once: in the end each stands there once.

Documents and PDFs are put, late, wrong, and again; messages come twice and in any order; processes
take turns call by call, and die; requests and answers are lost, or carried out up to 300 s late;
Exact refuses and limits, consents go, connections pause. Each run ends mended and delivered.

`SOAK=10000 pytest tests/integration/machines/invoices` draws that many
runs, other ones each time.
"""

import os
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from koppeling.core.errors import (
    Consequence,
    Defer,
    Fatal,
    Reauthorise,
    Reject,
    Retry,
    Uncertain,
)
from koppeling.core.ids import ConnectionId
from koppeling.push.requeue import LAST_SECONDS
from tests.integration.machines.invoices.answers import meaning_of
from tests.integration.machines.invoices.checks import (
    check_at_rest,
    check_in_the_end,
    check_while_at_work,
)
from tests.integration.machines.invoices.company import Company
from tests.integration.machines.invoices.papers import BARE, RIGHT, WRONG, Paper
from tests.integration.machines.invoices.people import People, names, papers
from tests.integration.machines.invoices.scene import Scene
from tests.unit.push.fakes import FakeBooks, Lateness

POSTS = ("post_entry", "post_document", "post_attachment")
LOOKS = ("find_customer", "entries_with_reference", "documents_of_entry", "attachments_of_document")
FAILURES = ("outage", "limit", "login", "right", "ours")
# Statuses and texts of an answer to a post; only the last of the texts come from checks of Exact
STATUSES = (200, 302, 400, 401, 403, 404, 408, 409, 413, 429, 500, 502, 503)
CHECKS = ("Periode is afgesloten: 2026-10",)
TEXTS = ("", "", "Timeout expired.", "Gegeven bestaat reeds", "(403) Forbidden", *CHECKS)
REFUSALS = ("Reeds verwerkt", "In gebruik: Boekstuknummer", "Periode is afgesloten: 2026-10")
AT_A_TIME = 3
ALL = 1000
# Before these a process is halted more often than before others: what comes between matters here
TURNING_POINTS = (*POSTS, "get", "open", "close", "add", "move", "write", "send")

versions = st.sampled_from((0, 0, 0, 1, 1, BARE, -1))
kinds = st.sampled_from((RIGHT, RIGHT, RIGHT, WRONG, None))
picks = st.integers(min_value=0, max_value=7)
steps = st.integers(min_value=1, max_value=30)
calls = st.sampled_from(("", *TURNING_POINTS))
halts = st.integers(min_value=0, max_value=2)
stalls = st.sampled_from((30, 61, 120, 170))
late = st.sampled_from((None, 0, 30, 100, 240, 299, 300))
pauses = st.sampled_from((1, 5, 20, 61, 61, 120, 240, 301, 900, 1080, 3600, 8 * 24 * 3600))


class Invoices(People, RuleBasedStateMachine):
    """Two customers whose invoices nothing is spared."""

    def __init__(self) -> None:
        super().__init__()
        self.scene = Scene()

    @initialize(these=st.lists(st.tuples(papers, versions, kinds), min_size=2, max_size=5))
    def files_come(self, these: list[tuple[Paper, int, str | None]]) -> None:
        """The first invoices are put in the inbox."""
        for paper, version, kind in these:
            self.files_are_put(paper, version, kind)

    @rule(paper=papers, version=versions, kind=kinds)
    def files_are_put(self, paper: Paper, version: int, kind: str | None) -> None:
        """A document is put in the inbox, for the first time or again; its PDF with it, or not."""
        if kind is not None:
            self.scene.put_pdf(paper, kind)
        self.scene.put(paper, version)

    @rule(paper=papers, kind=st.sampled_from((RIGHT, WRONG)))
    def a_pdf_comes(self, paper: Paper, kind: str) -> None:
        """A PDF comes late, or another one takes its place."""
        self.scene.put_pdf(paper, kind)

    @precondition(lambda self: self.scene.queue.visible())
    @rule(pick=picks, doubled=st.booleans(), dies_after=st.one_of(st.just(0), steps))
    def a_message_is_delivered(self, pick: int, dies_after: int, *, doubled: bool) -> None:
        """A message is delivered in one go, or the process dies after some step."""
        visible = self.scene.queue.visible()
        message = visible[pick % len(visible)]
        self.scene.deliver(message, doubled=doubled, dies_after=dies_after)

    @rule()
    def everything_is_delivered(self) -> None:
        """Each message that is there is delivered once."""
        for message in self.scene.queue.visible():
            self.scene.deliver(message)

    @precondition(lambda self: self.scene.queue.visible())
    @precondition(lambda self: len(self.scene.processes) < AT_A_TIME)
    @rule(pick=picks, count=steps, before=calls, doubled=st.booleans())
    def a_delivery_begins(self, pick: int, count: int, before: str, *, doubled: bool) -> None:
        """A process takes a message, and halts between two of its calls."""
        visible = self.scene.queue.visible()
        self.scene.begin(visible[pick % len(visible)], count, before, doubled=doubled)

    @precondition(lambda self: self.scene.queue.visible())
    @rule(pick=picks, turns=st.lists(st.integers(min_value=1, max_value=6), max_size=16))
    def two_deliveries_take_turns(self, pick: int, turns: list[int]) -> None:
        """One message is handed out twice at once, and both processes work call by call."""
        visible = self.scene.queue.visible()
        message = visible[pick % len(visible)]
        first = self.scene.begin(message, 1, doubled=True)
        twin = self.scene.queue.messages[-1]
        second = self.scene.begin(twin, 1) if twin in self.scene.queue.visible() else None
        for place, count in enumerate(turns):
            process = (first, second)[place % 2]
            if process is not None:
                process.go_on(count)
        self.scene.look_after_processes()

    @precondition(lambda self: self.scene.queue.visible())
    @rule(pick=picks, call=st.sampled_from(POSTS), stall=stalls, seconds=late, dies=st.booleans())
    def a_post_goes_out_slowly(
        self, pick: int, call: str, stall: int, seconds: int | None, *, dies: bool
    ) -> None:
        """A process halts between announcing a post and sending it, which then gets no answer."""
        visible = self.scene.queue.visible()
        message = visible[pick % len(visible)]
        process = self.scene.begin(message, ALL, call, doubled=True)
        if process is None or process.over:
            return
        self.a_post_will_get_no_answer(self.scene.owner(message), call, seconds)
        self.scene.let_pass(stall)
        self.everything_is_delivered()
        process.go_on(1 if dies else ALL)
        if dies:
            process.die()
        self.scene.look_after_processes()

    @rule(paper=papers, first=versions, second=versions, before=calls, halts=halts)
    def a_delivery_is_overtaken(
        self, paper: Paper, first: int, second: int, before: str, halts: int
    ) -> None:
        """A process halts with a copy in hand; another copy comes and is delivered before it."""
        self.scene.put(paper, first)
        process = self.scene.begin(self.scene.queue.messages[-1], ALL, before)
        assert process is not None, "a message that is new"
        for _ in range(halts):
            process.go_on(ALL, before)
        self.scene.put_pdf(paper, RIGHT)
        self.scene.put(paper, second)
        self.scene.deliver(self.scene.queue.messages[-1])
        process.go_on(ALL)
        self.scene.look_after_processes()

    @precondition(lambda self: self.scene.processes)
    @rule(pick=picks, count=steps, before=calls)
    def a_delivery_goes_on(self, pick: int, count: int, before: str) -> None:
        """A process that was halted takes some steps more."""
        self.scene.processes[pick % len(self.scene.processes)].go_on(count, before)
        self.scene.look_after_processes()

    @precondition(lambda self: self.scene.processes)
    @rule(pick=picks)
    def a_process_dies(self, pick: int) -> None:
        """A process that was halted never goes on."""
        self.scene.processes[pick % len(self.scene.processes)].die()
        self.scene.look_after_processes()

    @rule(name=names, call=st.sampled_from(POSTS), seconds=late)
    def a_post_will_get_no_answer(self, name: ConnectionId, call: str, seconds: int | None) -> None:
        """One of the next posts is lost on its way, or carried out after so many seconds."""
        after = None if seconds is None else timedelta(seconds=seconds)
        self._books(name).loses.setdefault(call, []).append(Lateness(after))

    @rule(
        name=names,
        call=st.sampled_from(POSTS),
        status=st.sampled_from(STATUSES),
        text=st.sampled_from(TEXTS),
        seconds=late,
    )
    def a_post_will_be_answered_by_anything(
        self, name: ConnectionId, call: str, status: int, text: str, seconds: int | None
    ) -> None:
        """One of the next posts gets any status and body, whether it was carried out or not.

        What proves that nothing was stored is said here, and not by the code that is tested.
        """
        proves = status in (401, 429) or (bool(text) and (status == 400 or text in CHECKS))
        meant = meaning_of(status, text, self.scene.clock.now())
        if proves:
            assert not isinstance(meant, Uncertain), (status, text)
            self._books(name).raises.setdefault(call, []).append(meant)
            return
        after = None if seconds is None else timedelta(seconds=seconds)
        if isinstance(meant, Uncertain):
            self._books(name).loses.setdefault(call, []).append(Lateness(after, meant))
        else:  # a missing right in the words of Exact: it waits for an hour and looks first
            assert (status, bool(text)) == (403, True), (status, text)
            self._books(name).raises.setdefault(call, []).append(meant)

    @rule(name=names, call=st.sampled_from(POSTS + LOOKS), kind=st.sampled_from(FAILURES))
    def a_call_will_fail(self, name: ConnectionId, call: str, kind: str) -> None:
        """One of the next calls surely is not carried out."""
        self._books(name).raises.setdefault(call, []).append(self._failure(kind))

    @rule(name=names, call=st.sampled_from(POSTS), message=st.sampled_from(REFUSALS))
    def exact_will_refuse(self, name: ConnectionId, call: str, message: str) -> None:
        """One of the next posts is refused."""
        refusal = Reject("exact-rejected", message=message)
        self._books(name).raises.setdefault(call, []).append(refusal)

    @rule(name=names, there=st.booleans())
    def somebody_changes_the_debtor(self, name: ConnectionId, *, there: bool) -> None:
        """The debtor goes, or comes back and wakes what waits for it."""
        change = self.scene.restore_debtor if there else self.scene.remove_debtor
        change(self.scene.companies[name])

    @rule(name=names, evidence=st.booleans(), write_back=st.booleans())
    def what_stands_around_fails_or_not(
        self, name: ConnectionId, *, evidence: bool, write_back: bool
    ) -> None:
        """Evidence cannot be kept for a while, or QicsMilestones cannot be told."""
        company: Company = self.scene.companies[name]
        company.proofs.fails = Retry("evidence-not-kept") if evidence else None
        company.states.fails = Retry("milestones-unavailable") if write_back else None

    @precondition(lambda self: len(self.scene.processes) < AT_A_TIME)
    @rule(paper=papers, before=st.sampled_from(("send", "drop", "drop")))
    def a_wake_up_is_slow(self, paper: Paper, before: str) -> None:
        """An invoice that is woken is refused again before what woke it has ended."""
        company = self.scene.company(paper)
        self.scene.remove_debtor(company)
        self.scene.put(paper, 0)
        self.everything_is_delivered()
        self.scene.begin_waking(company, ALL, before)
        self.scene.let_pass(LAST_SECONDS)
        self.everything_is_delivered()

    @rule(seconds=pauses)
    def time_passes(self, seconds: int) -> None:
        """Seconds, minutes, or more than a week."""
        self.scene.let_pass(seconds)

    def teardown(self) -> None:
        """Mend everything, deliver until it is quiet, and look."""
        try:
            self.scene.mend()
            self.scene.come_to_rest()
            check_while_at_work(self.scene)
            check_at_rest(self.scene)
            self.scene.put_right()
            self.scene.come_to_rest()
            check_while_at_work(self.scene)
            check_in_the_end(self.scene)
        finally:
            for process in self.scene.processes:
                process.die()

    def _books(self, name: ConnectionId) -> FakeBooks:
        return self.scene.companies[name].books

    def _failure(self, kind: str) -> Consequence:
        now = self.scene.clock.now()
        return {
            "outage": Retry("exact-unavailable"),
            "limit": Defer("exact-minute-limit", now + timedelta(seconds=60)),
            "login": Reauthorise("exact-reconnect-needed"),
            "right": Fatal("exact-no-rights"),
            "ours": Fatal("exact-request-refused"),
        }[kind]


# R19: as many in `make test`; `make soak` draws ten thousand
RUNS = 300
SOAK = int(os.environ.get("SOAK", "0"))
TestInvoices = Invoices.TestCase
TestInvoices.settings = settings(
    max_examples=SOAK or RUNS,
    stateful_step_count=30,
    derandomize=not SOAK,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

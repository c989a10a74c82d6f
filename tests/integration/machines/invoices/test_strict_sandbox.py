"""The same promise against the strict Exact Online: every fault it knows, and no rule broken.

`SOAK=200 pytest tests/integration/machines/invoices` draws that many
runs, other ones each time.
"""

import json
import os
from contextlib import ExitStack

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from koppeling.push.evidence import is_whole
from koppeling.push.outbox import State
from tests.environment import environment
from tests.sandbox.common.faults import Fault
from tests.sandbox.exact_online.books import booked_entries
from tests.sandbox.invoices import InvoiceFiles, build_invoice

INVOICES = {
    files.document["invoice_number"]: files
    for files in (
        build_invoice("20260601", debtor_code="1068"),
        build_invoice("20260602", debtor_code="1071", kind="credit"),
        build_invoice("20260603", debtor_code="0000215", with_pdf=False),
    )
}
ENDPOINTS = ("salesentry/SalesEntries", "documents/Documents", "documents/DocumentAttachments")
LOSING = ("answer-lost", "late-commit", "no-answer", "503", "500", "maintenance", "half-json")
UNCLEAR: tuple[dict[str, object], ...] = (
    {"status": 408},
    {"status": 403},
    {"status": 404},
    {"status": 500, "text": "Timeout expired."},
    {"status": 409, "text": "Gegeven bestaat reeds"},
    {"status": 302, "body": "<title>Object moved</title>"},
    {"status": 201, "body": '{"d":{}}', "content_type": "application/json"},
)
REFUSING = ("429-minute", "object-moved")
BLOCKED_FROM, ROUNDS, QUARTER = 10, 60, 900

numbers = st.sampled_from(sorted(INVOICES))


class Books(RuleBasedStateMachine):
    """Invoices, messages and faults in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.exits = ExitStack()
        self.home = self.exits.enter_context(environment(accounts=10))
        self.home.pull()
        self.home.exact.journal.clear()
        self.put: set[str] = set()

    @rule(number=numbers)
    def an_invoice_is_put(self, number: str) -> None:
        """QicsMilestones puts an invoice in the inbox, its PDF first; or the same once more."""
        files = INVOICES[number]
        self.home.put(files.pdf_key, files.pdf_bytes)
        self.home.put(files.json_key, files.json_bytes)
        self.put.add(number)
        self.home.deliver(files.json_key)

    @rule(number=numbers)
    def a_message_comes_again(self, number: str) -> None:
        """The queue delivers a message once more."""
        if number in self.put:
            self.home.deliver(INVOICES[number].json_key)

    @rule(
        kind=st.sampled_from(LOSING),
        endpoint=st.sampled_from(ENDPOINTS),
        method=st.sampled_from(["POST", "POST", "GET"]),
        seconds=st.integers(1, 300),
    )
    def a_call_gets_lost(self, kind: str, endpoint: str, method: str, seconds: int) -> None:
        """A request or an answer is lost, or carried out up to 300 s late."""
        options = {"seconds": seconds} if kind == "late-commit" else {}
        self.home.exact.faults.arm(Fault(kind, endpoint, method, options=options))

    @rule(
        answer=st.sampled_from(UNCLEAR),
        endpoint=st.sampled_from(ENDPOINTS),
        committed=st.booleans(),
    )
    def a_post_is_answered_by_anything(
        self, answer: dict[str, object], endpoint: str, *, committed: bool
    ) -> None:
        """An answer that proves nothing comes, whether the call was carried out or not."""
        options = answer | {"committed": committed}
        self.home.exact.faults.arm(Fault("other-answer", endpoint, "POST", options=options))

    @rule(kind=st.sampled_from(REFUSING), endpoint=st.sampled_from(ENDPOINTS))
    def a_call_is_turned_away(self, kind: str, endpoint: str) -> None:
        """A limit is hit, or a token is refused: nothing was carried out."""
        self.home.exact.faults.arm(Fault(kind, endpoint))

    @rule(minutes=st.integers(1, 25))
    def time_passes(self, minutes: int) -> None:
        """Time passes, and what waits in the queue comes."""
        self.home.clock.advance(minutes * 60)
        self._deliver_what_waits()

    def teardown(self) -> None:
        """Let the faults end, deliver until it is quiet, and count."""
        try:
            self.home.exact.faults.disarm()
            for _ in range(ROUNDS):
                self.home.clock.advance(QUARTER)
                self._deliver_what_waits()
                for number in self.put:
                    if self._state(number) is State.REJECTED:  # a person offers it again
                        files = INVOICES[number]
                        self.home.put(files.json_key, files.json_bytes)
                    self.home.deliver(INVOICES[number].json_key)
                if all(self._state(number) is State.DONE for number in self.put):
                    break
            self._check()
        finally:
            self.exits.close()

    def _deliver_what_waits(self) -> None:
        for body in self.home.taken(self.home.settings.sales_entry_queue_url):
            if "key" in body:
                self.home.wiring.invoice_worker.handle(json.dumps(body))

    def _state(self, number: str) -> State | None:
        item = self.home.wiring.stores.outbox.get(self.home.connection.id, number)
        return None if item is None else item.state

    def _check(self) -> None:
        entries = {}
        for entry in booked_entries(self.home.exact.world):
            assert entry["your_ref"] not in entries, "booked twice"
            entries[entry["your_ref"]] = entry
        assert set(entries) == self.put
        for number, entry in entries.items():
            files: InvoiceFiles = INVOICES[number]
            held = [len(document["attachments"]) for document in entry["documents"]]
            assert held == ([1] if files.document["pdf"] else [])
            total = files.document["totals"]["amount_incl_vat"]
            assert entry["amount_incl_vat"] == total
            story = self.home.wiring.evidence.of(self.home.connection.id, number)
            assert is_whole(story)
        counted = self.home.exact.journal.calls(lambda call: call.status in {400, 401, 403, 404})
        assert len(counted) < BLOCKED_FROM
        assert not self.home.exact.journal.calls(lambda call: call.method == "DELETE")


SOAK = int(os.environ.get("SOAK", "0"))
TestBooks = Books.TestCase
TestBooks.settings = settings(
    max_examples=min(SOAK, 200) or 10,
    stateful_step_count=40 if SOAK else 20,
    derandomize=not SOAK,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

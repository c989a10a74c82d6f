"""What must be true of invoices once all is mended, and what no call to Exact may ever be."""

from datetime import datetime, timedelta

from koppeling.core.ids import ConnectionId
from koppeling.core.problems import entry_subject, invoice_subject
from koppeling.push.entity_state import state_of
from koppeling.push.evidence import is_whole
from koppeling.push.invoice_checks import Skip
from koppeling.push.outbox import LIFE, OutboxItem, State
from koppeling.push.write_back import as_written
from tests.integration.machines.invoices.around import Asked
from tests.integration.machines.invoices.company import Company
from tests.integration.machines.invoices.papers import Paper
from tests.integration.machines.invoices.scene import Scene

PLACES = 2  # R25
APART = timedelta(seconds=60)  # X169
LATE = timedelta(seconds=360)  # R19
CHANGED = "invoice-changed-after-booking"
# Refusals after which a change in Exact, or the next day, wakes an invoice
WAKEABLE = frozenset({"debtor-not-found", "period-closed"})


def check_while_at_work(scene: Scene) -> None:
    """Hold what never may happen against what happened."""
    assert scene.places.most <= PLACES  # noqa: S101 - the check
    for company in scene.companies.values():
        for about in {asked.about for asked in company.books.asked if asked.call == "post"}:
            _check_posts([asked for asked in company.books.asked if asked.about in (about, "")])


def _check_posts(asked: list[Asked]) -> None:
    """No post goes out while the outcome of an earlier one is unknown (R19)."""
    unknown: datetime | None = None
    looks: list[datetime] = []
    for each in asked:
        if each.call == "look":
            looks.append(each.at)
            continue
        if each.is_settled:
            unknown = None
            continue
        if unknown is not None:
            _check_looks([at for at in looks if at >= unknown - LIFE], unknown, asked)
        if each.may_stand:
            unknown = each.at


def _check_looks(looks: list[datetime], unknown: datetime, asked: list[Asked]) -> None:
    """An entry is looked for twice (X169), the first time counted from when it was announced."""
    assert looks, ("posted again unseen", asked)  # noqa: S101 - the check
    assert looks[-1] >= unknown + LATE, ("posted again too soon", asked)  # noqa: S101 - the check
    if any(each.is_entry for each in asked):
        assert looks[-1] - looks[0] >= APART, ("posted again after one look", asked)  # noqa: S101 - the check


def check_at_rest(scene: Scene) -> None:
    """Files lie as people left them: what is wrong is told, and nothing else is."""
    for paper, version in scene.lying.items():
        company, item = scene.company(paper), item_of(scene, paper)
        unreadable = _codes(company, f"inbox/{paper.key}")
        assert bool(unreadable) == (version < 0), (paper, unreadable)  # noqa: S101 - the check
        if version < 0 or item is None:
            continue
        codes = _codes(company, invoice_subject(paper.number))
        if item.is_skipped:
            assert codes == [], (item, codes)  # noqa: S101 - the check
            continue
        other = item.is_booked and paper.version_of(item.document_hash) != version
        assert (CHANGED in codes) == other, (paper, version, item, codes)  # noqa: S101 - the check
        if item.state is State.REJECTED and item.code in WAKEABLE:
            assert _waits(scene, paper), ("nothing wakes it", item)  # noqa: S101 - the check
        if item.state is State.REJECTED:
            assert bool(codes) == (item.code not in set(Skip)), (item, codes)  # noqa: S101 - the check
        elif item.state is State.DONE and not other:
            assert codes == [], (item, codes)  # noqa: S101 - the check
        else:
            codes += _codes(company, entry_subject(paper.number))
            assert codes, item  # noqa: S101 - the check
            assert item.message, item  # noqa: S101 - the check


def check_in_the_end(scene: Scene) -> None:
    """All is put right: each invoice stands in Exact once, and nothing is open."""
    assert scene.queue.messages == scene.queue.dead == []  # noqa: S101 - the check
    for company in scene.companies.values():
        assert company.problems.codes() == [], company.problems.open_ones  # noqa: S101 - the check
        bookable = [paper for paper in company.papers if paper.is_bookable]
        assert len(company.books.entries) == len(bookable)  # noqa: S101 - the check
        for paper in company.papers:
            item = item_of(scene, paper)
            assert item is not None, paper  # noqa: S101 - the check
            _check_books(company, paper, item)
            _check_story(scene, paper, item)


def _check_books(company: Company, paper: Paper, item: OutboxItem) -> None:
    books = company.books
    entries = [row for row in books.entries if row["YourRef"] == paper.number]
    if not paper.is_bookable:
        assert entries == []  # noqa: S101 - the check
        assert (item.state, item.code) == (State.REJECTED, Skip.WRITTEN_OFF)  # noqa: S101 - the check
        return
    (entry,) = entries
    assert (item.state, item.entry_id) == (State.DONE, entry["EntryID"])  # noqa: S101 - the check
    booked = paper.amount_incl(paper.version_of(item.document_hash))
    assert entry["AmountFC"] == item.amount_incl == item.booked_amount == booked  # noqa: S101 - the check
    documents = [
        row["ID"]
        for row in books.documents
        if row["FinancialTransactionEntryID"] == entry["EntryID"]
    ]
    files = [row["ID"] for row in books.attachments if row["Document"] in documents]
    assert documents == [item.document_id] * paper.with_pdf  # noqa: S101 - the check
    assert files == [item.attachment_id] * paper.with_pdf  # noqa: S101 - the check


def _check_story(scene: Scene, paper: Paper, item: OutboxItem) -> None:
    """The evidence is whole, and QicsMilestones shows what the outbox says."""
    company = scene.company(paper)
    story = company.proofs.of(paper.number)
    assert is_whole(story), story  # noqa: S101 - the check
    assert item.evidence_digest in {"", *(piece.digest for piece in story)}  # noqa: S101 - the check
    state = state_of(item, paper.invoice_id, company.books.clock.now())
    assert state is not None  # noqa: S101 - it is at its end
    shown = company.states.shown[paper.invoice_id]
    assert shown.digest == state.digest, (shown, item)  # noqa: S101 - the check
    written = as_written(state.digest, scene.restored_at)
    assert item.written_back_digest == written, (shown, item)  # noqa: S101 - the check


def item_of(scene: Scene, paper: Paper) -> OutboxItem | None:
    """Return what the outbox knows of an invoice."""
    return scene.outbox.items.get((paper.connection, paper.number))


def _waits(scene: Scene, paper: Paper) -> bool:
    waits = scene.waits.of(ConnectionId(paper.connection))
    return any(wait.number == paper.number for wait in waits)


def _codes(company: Company, subject: str) -> list[str]:
    return [code for about, code in company.problems.open_ones if about == subject]

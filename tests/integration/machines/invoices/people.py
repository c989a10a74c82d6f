"""What people, the table and the watch do while invoices are on their way."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from koppeling.core.ids import ConnectionId
from koppeling.push.decisions import CONFIRM, SKIP
from koppeling.push.messages import InvoiceMessage
from tests.integration.machines.invoices import restoring
from tests.integration.machines.invoices.papers import OTHER, PAPERS, Paper
from tests.integration.machines.invoices.scene import Scene
from tests.unit.push.world import CONNECTION

# One invoice comes in more often than the others, so that deliveries of it meet
papers = st.sampled_from((*PAPERS, *PAPERS[:1] * 5))
names = st.sampled_from((CONNECTION, ConnectionId(OTHER)))


class People:
    """The rules of the machine that are acts of persons, and of what stands around."""

    scene: Scene

    @rule(name=names, paused=st.booleans())
    def somebody_pauses_or_resumes(self, name: ConnectionId, *, paused: bool) -> None:
        """A connection stops for a while."""
        self.scene.change(self.scene.companies[name], paused=paused)

    @rule(paper=papers)
    def somebody_enters_it_by_hand(self, paper: Paper) -> None:
        """A person enters a refused invoice in Exact, as the refusal asks."""
        restoring.enter_by_hand(self.scene, paper)

    @rule(name=names, debtor=st.booleans())
    def somebody_makes_it_again(self, name: ConnectionId, *, debtor: bool) -> None:
        """The debtor or the G/L account is deleted, and made again with the same code."""
        company = self.scene.companies[name]
        (company.make_debtor_again if debtor else company.make_gl_account_again)()

    @rule()
    def the_table_is_restored(self) -> None:
        """The table goes back to a moment that was kept, and Exact does not."""
        restoring.restore(self.scene)

    @rule()
    def a_backup_is_made(self) -> None:
        """The table is kept as it is now."""
        restoring.keep(self.scene)

    @rule()
    def the_watch_looks(self) -> None:
        """The watch sends requests for outcomes that are unknown for long."""
        self.scene.settler.settle_entries()
        self.scene.settler.settle_uploads()

    @rule(paper=papers)
    def somebody_offers_again(self, paper: Paper) -> None:
        """A person presses the button."""
        self.scene.queue.send([(InvoiceMessage(paper.key, retry=True).as_message(), 0)])

    @rule(paper=papers)
    def somebody_deletes_an_entry(self, paper: Paper) -> None:
        """A person deletes an entry in Exact; the link never does."""
        self.scene.delete_entry(paper)

    @rule(paper=papers)
    def somebody_asks_to_book_anew(self, paper: Paper) -> None:
        """A person asks for an entry in the place of one that may be gone, or may stand there."""
        self.scene.ask_to_book_anew(paper)

    @rule(paper=papers, decision=st.sampled_from((SKIP, CONFIRM)))
    def somebody_decides(self, paper: Paper, decision: str) -> None:
        """A person leaves an invoice as it is, or agrees with its entry."""
        self.scene.decide(paper, decision)

    @rule(paper=papers, right=st.booleans())
    def somebody_names_an_entry(self, paper: Paper, *, right: bool) -> None:
        """A person names an entry that stands in Exact for it, or mistypes its number."""
        self.scene.name_entry(paper, right=right)

    @rule(name=names)
    def the_day_begins(self, name: ConnectionId) -> None:
        """Everything that waits is looked at once a day."""
        self.scene.requeuer.requeue_connection(name)

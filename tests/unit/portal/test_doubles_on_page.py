"""Eerste keer: customers that are probably one, and the choice of each pair."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from koppeling.core.ids import ConnectionId, ExactId, MilestonesId
from koppeling.core.people import Person
from koppeling.portal.actions.doubles import ChooseDouble
from koppeling.portal.page import PageRequest, PortalPage
from koppeling.portal.screens.first_load import FirstLoadScreen
from koppeling.portal.screens.preview import PreviewPart
from koppeling.pull.double_choices import ENTITY, UNDECIDED, DoubleChoice, KnownDouble
from koppeling.pull.doubles_facts import LikelyDouble
from koppeling.pull.record import ParkedChange, Record
from tests.unit.portal.fakes import FakeLog
from tests.unit.portal.reading import seen
from tests.unit.portal.round_fakes import FakeRounds
from tests.unit.portal.showing import MARIT, NOW, asked, connection, html, pressed
from tests.unit.portal.test_first_load import FakeStatesOfConnection
from tests.unit.pull.preview_fakes import FakeApprovals, FakePreviews
from tests.unit.pull.store_fakes import FakeRecords, FakeRetries

WAITING = connection(started=False)


def a_pair(code: str, there: str = "7") -> KnownDouble:
    """Return a pair that nobody chose about."""
    reasons = ("chamber-of-commerce", "name-slip", "place")
    double = LikelyDouble(
        ExactId(code), code, "Kaap <B.V.>", MilestonesId(there), "7001", "Kaap", 98, reasons
    )
    return KnownDouble(double)


@dataclass(slots=True)
class FakeDoubles:
    """The pairs of one connection."""

    pairs: list[KnownDouble] = field(default_factory=list)

    def of(self, _connection: ConnectionId) -> list[KnownDouble]:
        """Return them."""
        return list(self.pairs)

    def find(self, _connection: ConnectionId, doubles: Iterable[LikelyDouble]) -> None:
        """Keep pairs that were found."""
        self.pairs += map(KnownDouble, doubles)

    def choose(
        self, _connection: ConnectionId, known: KnownDouble, choice: DoubleChoice, who: str
    ) -> None:
        """Keep what somebody chose."""
        self.pairs[self.pairs.index(known)] = KnownDouble(known.double, choice, who, NOW)


@dataclass(slots=True)
class WakingRetries(FakeRetries):
    """The retry set, which notes what is made due."""

    due: list[ExactId] = field(default_factory=list)

    def make_due(
        self, _connection: ConnectionId, _entity: str, parked: ParkedChange, _now: object
    ) -> bool:
        """Let the next run try a change."""
        self.due.append(parked.exact_id)
        return True


def shown(
    doubles: FakeDoubles, person: Person = MARIT, previews: FakePreviews | None = None
) -> str:
    """Return the page as a person sees it."""
    part = PreviewPart(previews or FakePreviews(), FakeApprovals())
    screen = FirstLoadScreen(FakeRounds({}), FakeStatesOfConnection({}), part, doubles.of)
    page = screen.show(replace(asked(person), connection=WAITING))
    assert isinstance(page, PortalPage)
    return seen(html(page, person, connection=WAITING)).text


def chosen(doubles: FakeDoubles, **form: str) -> str:
    """Press a button of a pair; returns the notice."""
    retries, records = WakingRetries(), FakeRecords()
    choose = ChooseDouble(doubles, retries, records, FakeLog(), lambda: NOW)
    return choose.choose(press(form)).notice


def press(form: dict[str, str]) -> PageRequest:
    """Return what a form sends."""
    return replace(pressed(), connection=WAITING, form=form)


def test_a_pair_is_shown_with_both_numbers_and_why_and_has_three_buttons() -> None:
    text = shown(FakeDoubles([a_pair("5501")]))

    for words in ("5501 Kaap <B.V.>", "7001 Kaap", "Zelfde KvK-nummer", "Naam met een tikfout"):
        assert words in text
    assert all(word in text for word in ("Zelfde klant", "Andere klant", "Later"))


def test_what_is_overwritten_stands_before_the_pairs_and_the_approval_after_them() -> None:
    previews = FakePreviews()
    previews.look(NOW, "1068")
    text = shown(FakeDoubles([a_pair("5501"), a_pair("5502")]), previews=previews)

    parts = (
        "2 klanten staan misschien al in QicsMilestones",
        "Wordt overschreven",
        "Misschien dubbele klanten",
        "Ik heb bekeken wat er wordt overschreven.",
        "Relaties: wordt overschreven in QicsMilestones",
    )
    places = [text.index(each) for each in parts]
    assert places == sorted(places)


def test_without_pairs_the_page_says_nothing_of_them() -> None:
    assert "Misschien dubbele klanten" not in shown(FakeDoubles())


def test_a_choice_is_kept_with_who_made_it_and_shown() -> None:
    doubles = FakeDoubles([a_pair("5501")])

    assert chosen(doubles, exact="5501", there="7", choice="same") == "double-chosen"

    (pair,) = doubles.pairs
    assert (pair.choice, pair.who) == (DoubleChoice.SAME, MARIT.mail)
    assert "Gekozen: zelfde klant" in shown(doubles)


def test_one_customer_is_not_the_same_as_two_accounts() -> None:
    doubles = FakeDoubles([a_pair("5501"), a_pair("5502")])
    chosen(doubles, exact="5501", there="7", choice="same")

    assert chosen(doubles, exact="5502", there="7", choice="same") == "double-taken"
    assert chosen(doubles, exact="5502", there="7", choice="different") == "double-chosen"


def test_what_is_no_pair_or_no_choice_changes_nothing() -> None:
    doubles = FakeDoubles([a_pair("5501")])

    assert chosen(doubles, exact="5501", there="8", choice="same") == "try-again"
    assert chosen(doubles, exact="5501", there="7", choice="maybe") == "try-again"
    assert doubles.pairs == [a_pair("5501")]


def test_a_customer_that_waited_for_the_choice_is_taken_up_by_the_next_round() -> None:
    doubles = FakeDoubles([a_pair("5501")])
    retries, records = WakingRetries(), FakeRecords()
    parked = ParkedChange(
        ExactId("a"), {}, is_complete=True, parked_at=NOW, not_before=NOW, code=UNDECIDED
    )
    retries.park(WAITING.id, ENTITY, [parked, replace(parked, exact_id=ExactId("b"))])
    records.save_many(
        WAITING.id, ENTITY, [Record(ExactId("a"), code="5501"), Record(ExactId("b"), code="9")]
    )

    choose = ChooseDouble(doubles, retries, records, FakeLog(), lambda: NOW)
    choose.choose(press({"exact": "5501", "there": "7", "choice": "different"}))

    assert retries.due == ["a"]

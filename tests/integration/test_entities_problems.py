"""Problems of single records: said in plain Dutch, and gone once they are mended (DESIGN 4.2)."""

from datetime import timedelta
from itertools import pairwise

from koppeling.core import catalogue
from koppeling.core.problems import Problem
from koppeling.core.rendering import UNKNOWN
from tests.environment import Environment, environment
from tests.integration import truth

# L18: a quarter of an hour, doubling up to four hours; jitter takes off a fifth at the most
CAPS = [timedelta(minutes=minutes) for minutes in (15, 30, 60, 120, 240, 240)]


def shown(problem: Problem) -> str:
    """Return a problem as a bookkeeper reads it."""
    return catalogue.text(problem.code, "nl", problem.values)


def of(h: Environment, code: str) -> list[str]:
    """Return the texts of all open problems with a code."""
    return [shown(problem) for problem in h.problems() if problem.code == code]


def test_an_employee_without_a_number_is_told_in_dutch_and_comes_once_it_has_one() -> None:
    with environment(accounts=3) as h:
        counts = h.pull(entity="employees").counts

        (text,) = of(h, "employee-number-not-numeric")
        assert text.startswith("Medewerker Daan Hofstede kan niet worden overgenomen.")
        assert 'Het nummer "INHUUR-1" in Exact Online is geen heel getal' in text
        assert counts["parked"] == 1
        h.exact.change("employees", "INHUUR-1", Code="99")

        h.pull(entity="employees")

        assert of(h, "employee-number-not-numeric") == []
        (employee,) = h.milestones.world.find("EmployeeCompany", EmployeeNumber=99)
        assert employee["LastName"] == "Hofstede"


def test_a_project_without_customer_is_told_in_dutch_and_comes_once_it_has_one() -> None:
    with environment(accounts=3) as h:
        h.pull()
        h.pull(entity="projects")

        (text,) = of(h, "project-without-customer")
        assert text.startswith("Project P25901 heeft geen relatie.")
        h.exact.change("projects", "P25901", AccountCode="1068")

        h.pull(entity="projects")

        assert truth.troubles(h) == set()
        (project,) = h.milestones.world.find("Project", ProjectCode="P25901")
        assert project["CustomerCompanyId"] == h.customer("1068")["CustomerCompanyId"]


def test_a_refused_record_shows_the_words_of_qicsmilestones_and_holds_up_no_other() -> None:
    with environment(accounts=3) as h:
        h.change(other_item_type="Onbekend")

        counts = h.pull(entity="items").counts

        texts = of(h, "milestones-rejected")
        assert len(texts) == counts["parked"] > 0
        assert counts["created"] > 0
        assert all(text.startswith("QicsMilestones weigert artikel ") for text in texts)
        assert all("QicsMilestones zegt letterlijk: " in text for text in texts)
        assert all("ItemType" in text for text in texts)
        assert UNKNOWN not in "".join(texts)
        h.change(other_item_type="Article")
        h.clock.advance(4 * 3600)
        h.pull(entity="items")
        assert truth.troubles(h) == set()


def test_what_stays_refused_is_tried_with_growing_pauses_that_no_two_records_share() -> None:
    with environment(accounts=3) as h:
        h.change(other_item_type="Onbekend")
        h.pull(entity="items")
        h.milestones.journal.clear()
        retries = h.wiring.stores.pull_stores.retries

        for cap in CAPS:
            held = retries.all(h.connection.id, "items")
            pauses = [parked.not_before - h.clock.now() for parked in held]
            assert all(cap * 0.8 <= pause <= cap for pause in pauses)
            assert len(set(pauses)) == len(pauses) > 1
            assert h.pull(entity="items").counts.get("parked", 0) == 0, "none is due yet"
            h.clock.advance(cap.total_seconds())
            assert h.pull(entity="items").counts["parked"] == len(held)

        tries = h.milestones.journal.calls(lambda call: call.method == "POST")
        moments = sorted({call.at for call in tries if call.endpoint == "ItemCompany"})
        assert len(moments) == len(CAPS)
        assert all(before < after for before, after in pairwise(moments))

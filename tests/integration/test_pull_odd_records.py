"""Records that are odd or huge: they arrive, or wait alone, and the cursor moves (DESIGN 4.2)."""

from dataclasses import replace
from typing import Any

import pytest

from koppeling.core import catalogue
from koppeling.core.clock import Deadline
from koppeling.core.ids import ExactId
from koppeling.pull.entities.mapping import MappingContext
from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.link_values import Mapped
from koppeling.pull.record import Sources
from tests.environment import Environment, environment
from tests.integration import truth
from tests.integration.checking import not_ok
from tests.integration.levers import assert_all_is_well, catch_up, cursors
from tests.sandbox.exact_online.books import booked_entries
from tests.sandbox.exact_online.world import LEFT_OUT
from tests.sandbox.invoices import build_invoice

LAST = 1499
UNREADABLE = "record-unreadable"


def key_of(h: Environment, code: str) -> str:
    """Return the Exact ID of an account."""
    return str(h.exact.world.account(code)["ID"])


def add_contacts(h: Environment, code: str, number: int) -> list[str]:
    """Give an account contacts; returns their IDs."""
    account = key_of(h, code)
    added = [
        h.exact.world.add(
            "Contacts",
            {
                "ID": h.exact.world.new_id(),
                "Account": account,
                "FullName": f"Contact met een lange naam {position}",
                "BusinessEmail": f"contact-{position}@grootbedrijf.example",
                "Email": f"thuis-{position}@grootbedrijf.example",
            },
        )
        for position in range(number)
    ]
    return [row["ID"] for row in added]


def parts_of(h: Environment) -> list[str]:
    """Return the keys of all parts that are stored."""
    items = h.wiring.aws.sync_items
    found = items.query(f"CONNECTION#{h.connection.id}", items.sk.startswith("PART#"))
    return [item.sk for item in found]


def test_a_relation_with_1500_contacts_arrives_with_the_right_one_and_holds_up_nobody() -> None:
    with environment(accounts=6) as h:
        contacts = add_contacts(h, "1068", LAST + 1)
        h.exact.change_account("1068", MainContact=contacts[LAST])

        assert h.pull().outcome == "done"

        assert h.customer("1068")["VisitAddressContactPerson"].endswith(f" {LAST}")
        h.exact.change_account("1068", MainContact=contacts[7])
        h.exact.change_account("1071", City="Epe")
        catch_up(h)
        assert h.customer("1068")["VisitAddressContactPerson"].endswith(" 7")
        h.exact.world.change("Contacts", contacts[7], {"FullName": "Een ander"})
        catch_up(h)
        assert h.customer("1068")["VisitAddressContactPerson"] == "Een ander"
        assert_all_is_well(h)
        assert len({part.split("#")[3] for part in parts_of(h)}) == 1, "old parts are removed"


def test_a_text_of_a_megabyte_is_stored_and_carried_like_any_other() -> None:
    with environment(accounts=6) as h:
        catch_up(h)
        h.exact.world.spoil("Accounts", key_of(h, "1068"), {"AddressLine2": "x" * 1_000_000})
        h.exact.change_account("1071", City="Epe")

        assert h.next_tick().outcome == "done"

        assert len(h.customer("1068")["VisitAddressAddress2"]) == 1_000_000
        h.exact.world.mend("Accounts", key_of(h, "1068"))
        catch_up(h)
        assert parts_of(h) == []
        assert_all_is_well(h)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("EndDate", "/Date(-62135600400000)/"),
        ("StartDate", "/Date(1795478400000+0200)/"),
        ("EndDate", "24-11-2026"),
        ("Blocked", "nee"),
        ("Name", {"nl": "Bakker"}),
        ("Name", float("nan")),
        ("EndDate", float("inf")),
        ("Timestamp", LEFT_OUT),
        ("Timestamp", "later"),
        ("Code", "7" * 500),
    ],
)
def test_a_row_that_cannot_be_read_waits_alone_and_arrives_once_it_was_saved_again(
    field: str, value: object
) -> None:
    with environment(accounts=6) as h:
        catch_up(h)
        key, before = key_of(h, "1068"), dict(h.customer("1068"))
        h.exact.world.spoil("Accounts", key, {field: value, "City": "Zwolle"})
        h.exact.change_account("1071", City="Epe")

        assert h.next_tick().outcome == "done"

        assert truth.problems(h) >= {(f"accounts/{key}", UNREADABLE)}
        (problem,) = [each for each in h.problems() if each.code == UNREADABLE]
        assert problem.values["field"] == field
        assert "1068" in catalogue.title(UNREADABLE, "nl", problem.values)
        assert (h.customer("1068"), h.customer("1071")["VisitAddressCity"]) == (before, "Epe")
        h.next_tick()
        assert truth.troubles(h) == {UNREADABLE}, "it stays open while it is not mended"

        h.exact.world.mend("Accounts", key)
        h.exact.change_account("1068", City="Apeldoorn")
        catch_up(h)
        assert h.customer("1068")["VisitAddressCity"] == "Apeldoorn"
        assert_all_is_well(h)


def test_a_hostile_contact_parks_its_own_relation_with_a_problem_that_names_it() -> None:
    with environment(accounts=6) as h:
        (contact,) = add_contacts(h, "1068", 1)
        catch_up(h)
        h.exact.world.spoil("Contacts", contact, {"EndDate": []})
        h.exact.change_account("1068", City="Zwolle")
        h.exact.change_account("1071", City="Epe")

        assert h.next_tick().outcome == "done"

        assert h.customer("1071")["VisitAddressCity"] == "Epe"
        assert (f"accounts/{key_of(h, '1068')}", UNREADABLE) in truth.problems(h)
        h.exact.world.mend("Contacts", contact)
        catch_up(h)
        assert_all_is_well(h)


def test_a_row_that_does_not_say_whose_it_is_is_told_until_a_full_read_finds_none() -> None:
    with environment(accounts=6) as h:
        catch_up(h)
        key = key_of(h, "1068")
        h.exact.world.spoil("Accounts", key, {"ID": LEFT_OUT})
        h.exact.change_account("1071", City="Epe")

        summary = h.next_tick()

        assert (summary.outcome, summary.counts["strays"]) == ("done", 1)
        (problem,) = [each for each in h.problems() if each.code == UNREADABLE]
        assert (problem.values["field"], problem.values["code"]) == ("ID", "1068")
        assert h.customer("1071")["VisitAddressCity"] == "Epe"
        highest = max(row["Timestamp"] for row in h.exact.world.tables["Accounts"])
        assert cursors(h)["accounts"] == highest

        h.exact.world.mend("Accounts", key)
        h.wiring.pulls.run(h.connection.id, Deadline(lambda: 100_000), full=True)
        assert_all_is_well(h)


def test_a_mistake_of_ours_with_one_record_parks_it_is_told_to_us_and_is_over_when_mended() -> None:
    broken = {"1068": True}

    def map_account(rows: Sources, context: MappingContext) -> Mapped | None:
        mapped = ENTITIES["accounts"].map(rows, context)
        if mapped is not None and broken.get(mapped.code):
            raise KeyError("a name of a person")
        return mapped

    entities = {**ENTITIES, "accounts": replace(ENTITIES["accounts"], map=map_account)}
    with environment(accounts=6, entities=entities) as h:
        summary = h.pull()

        assert summary.outcome == "done"
        assert f"accounts/{key_of(h, '1068')}: KeyError in map_account, line" in summary.detail
        assert "person" not in summary.detail
        assert truth.problems(h) >= {(f"accounts/{key_of(h, '1068')}", "record-failed")}
        assert catalogue.is_ours_to_mend("record-failed")
        assert len(h.milestones.world.find("CustomerCompany", CustomerCode="1071")) == 1

        broken.clear()
        h.next_tick(hours=4)
        catch_up(h)
        assert_all_is_well(h)


@pytest.mark.parametrize("held", ["geen getal", {"a": 1}, "NaN"])
def test_a_record_that_is_odd_in_qicsmilestones_parks_itself_alone(held: Any) -> None:  # noqa: ANN401 - any JSON
    with environment(accounts=6) as h:
        catch_up(h)
        row = h.customer("1068")
        table = h.milestones.world._tables["CustomerCompany"]  # noqa: SLF001 - nobody can store it
        table.rows[row["CustomerCompanyId"]]["PaymentConditionId"] = held
        h.exact.change_account("1068", City="Zwolle")
        h.exact.change_account("1071", City="Epe")

        assert h.next_tick().outcome == "done"

        assert h.customer("1071")["VisitAddressCity"] == "Epe"
        assert h.wiring.stores.records.get_many(
            h.connection.id, "accounts", [ExactId(key_of(h, "1068"))]
        )


def test_an_invoice_for_a_relation_that_cannot_be_read_is_booked_after_a_look_in_exact() -> None:
    with environment(accounts=6) as h:
        catch_up(h)
        h.exact.world.spoil("Accounts", key_of(h, "1068"), {"EndDate": [], "Blocked": "nee"})
        h.next_tick()
        assert truth.troubles(h) == {UNREADABLE}

        h.exact.world.spoiled.clear()
        h.offer(build_invoice("20260901", debtor_code="1068", with_pdf=False))

        assert len(list(booked_entries(h.exact.world))) == 1
        assert truth.troubles(h) == {UNREADABLE}


def test_a_readiness_check_is_not_stopped_by_a_day_that_cannot_be_read() -> None:
    with environment(accounts=3) as h:
        before = not_ok(h)
        h.clock.advance(60)  # two checks are more than a minute has calls for
        center = next(iter(h.exact.world.tables["Costcenters"]))
        h.exact.world.spoil("Costcenters", center["ID"], {"EndDate": "/Date(-62135600400000)/"})

        assert not_ok(h).keys() == before.keys()

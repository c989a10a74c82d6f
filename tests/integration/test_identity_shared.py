"""What connections of one tenant share, and whom an invoice is for when a number moved."""

from dataclasses import replace
from datetime import timedelta

from koppeling.core.clock import Deadline
from koppeling.core.ids import ConnectionId
from tests.environment import MILLISECONDS_LEFT, Environment, environment
from tests.integration.test_identity import CUSTOMER, key_of, told
from tests.sandbox.exact_online.books import booked_entries
from tests.sandbox.invoices import build_invoice

VAT_CODE = "VatCode"


def percentage(h: Environment, code: str) -> str:
    """Return the percentage of a VAT code in QicsMilestones."""
    (held,) = h.milestones.world.find(VAT_CODE, Code=code)
    return str(held["Percentage"])


def pull_second(h: Environment) -> str:
    """Pull the VAT codes of a second connection of the same tenant; returns what came of it."""
    second = replace(h.connection, id=ConnectionId("veldhuis-advies-02"), company_id="2")
    h.wiring.stores.connections.save(second)
    summary = h.pulls("vat_codes").run(second.id, Deadline(lambda: MILLISECONDS_LEFT))
    return summary.outcome


def mismatches(h: Environment) -> list[dict[str, str]]:
    """Return what the second connection is told of percentages."""
    opened = h.wiring.stores.problems.opened(ConnectionId("veldhuis-advies-02"))
    return [dict(each.values) for each in opened if each.code == "vat-percentage-mismatch"]


def test_a_second_connection_does_not_change_a_percentage_that_it_finds() -> None:
    with environment(accounts=3) as h:
        h.pull(entity="vat_codes")
        before = percentage(h, "2")
        h.exact.change("vat_codes", "2", Percentage="0.06")

        assert pull_second(h) == "done"

        assert percentage(h, "2") == before
        (told_of,) = mismatches(h)
        assert (told_of["code"], told_of["pct_qm"], told_of["pct_exact"]) == ("2", "21", "6")


def test_a_second_connection_does_not_change_a_percentage_later_on() -> None:
    with environment(accounts=3) as h:
        h.pull(entity="vat_codes")
        pull_second(h)
        before = percentage(h, "2")
        h.exact.change("vat_codes", "2", Percentage="0.06")
        h.clock.advance(timedelta(minutes=15).total_seconds())

        pull_second(h)

        assert percentage(h, "2") == before
        assert [values["code"] for values in mismatches(h)] == ["2"]


def test_the_only_connection_of_a_tenant_changes_its_percentage() -> None:
    with environment(accounts=3) as h:
        h.pull(entity="vat_codes")
        h.exact.change("vat_codes", "2", Percentage="0.22")
        h.clock.advance(900)

        h.pull(entity="vat_codes")

        assert percentage(h, "2") == "22"


def test_an_invoice_goes_to_the_relation_of_its_customer_though_the_number_moved() -> None:
    with environment(accounts=6) as h:
        h.pull()
        first = h.exact.world.account("1068")["ID"]
        h.milestones.world.add(
            CUSTOMER, {**h.customer("1068"), "CustomerCompanyId": "0", "CustomerCode": "5000"}
        )
        # The new number is taken there, so the relation keeps its old one over there
        h.exact.change_account("1068", Code="5000")
        h.next_tick()
        assert key_of(h, "1068")
        assert told(h, "duplicate-code") != []
        h.exact.add_account(Code="1068", Name="Nieuwe klant")
        second = h.exact.world.account("1068")["ID"]

        h.offer(build_invoice("20260601", debtor_code="1068"))

        booked = [row["Customer"] for row in h.exact.world.tables["SalesEntries"]]
        assert first in booked, "customer 1068 is still this relation over there (L14)"
        assert second not in booked
        assert len(booked_entries(h.exact.world)) >= 1


def test_a_percentage_that_changes_in_all_administrations_changes_for_all_connections() -> None:
    with environment(accounts=3) as h:
        h.pull(entity="vat_codes")
        pull_second(h)
        h.exact.change("vat_codes", "2", Percentage="0.22")
        h.clock.advance(900)

        h.pull(entity="vat_codes")
        assert percentage(h, "2") == "21", "the second one may still have 21 %"
        pull_second(h)

        assert percentage(h, "2") == "22"
        h.clock.advance(3600)
        h.pull(entity="vat_codes")
        assert (mismatches(h), told(h, "vat-percentage-mismatch")) == ([], [])

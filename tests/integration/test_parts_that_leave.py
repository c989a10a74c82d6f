"""A contact or address that Exact deleted, or hung on another account, leaves its owner (L 3.4)."""

from functools import partial
from itertools import chain, repeat
from typing import Any

from koppeling.core.clock import Deadline
from koppeling.core.connection import InvoiceEmail
from tests.environment import MILLISECONDS_LEFT, Environment, environment
from tests.integration import truth
from tests.integration.effects import CrashError, process

PLENTY = Deadline(lambda: MILLISECONDS_LEFT)
INVOICE_ADDRESS = 3


def invoice_address(h: Environment) -> tuple[str, str]:
    """Return an invoice address and the code of the customer that has it, and no second one."""
    owners = {row["ID"]: row["Code"].strip() for row in h.exact.world.importable_accounts()}
    rows = [row for row in h.exact.world.tables["Addresses"] if row["Type"] == INVOICE_ADDRESS]
    held = [row["Account"] for row in rows]
    found = next(r for r in rows if r["Account"] in owners and held.count(r["Account"]) == 1)
    return found["ID"], owners[found["Account"]]


def main_contact(h: Environment) -> tuple[dict[str, Any], str]:
    """Return a main contact and the code of its customer."""
    contacts = h.exact.world.tables["Contacts"]
    return next(
        (contact, account["Code"].strip())
        for account in h.exact.world.importable_accounts()
        if (contact := contacts.get(account.get("MainContact"))) is not None
    )


def without_invoice_address(h: Environment) -> str:
    """Return a customer without an invoice address."""
    rows = h.exact.world.tables["Addresses"]
    having = {row["Account"] for row in rows if row["Type"] == INVOICE_ADDRESS}
    customers = h.exact.world.importable_accounts()
    return next(str(row["Code"]).strip() for row in customers if row["ID"] not in having)


def compare(h: Environment) -> None:
    """Compare everything, as a person asks for it."""
    assert h.pulls().run(h.connection.id, PLENTY, full=True).outcome == "done"


def stopped_at_every_page(h: Environment) -> int:
    """Compare everything in runs that each have the time for one page; returns how many."""
    for runs in range(1, 20):
        left = chain(repeat(MILLISECONDS_LEFT, 3), repeat(0))
        deadline = Deadline(partial(next, left))
        if h.pulls().run(h.connection.id, deadline, full=runs == 1).outcome == "done":
            return runs
        h.clock.advance(60)
    raise AssertionError("the comparison never came to its end")


def dies(h: Environment, last: int) -> bool:
    """Pull in a process that dies after so many effects; tells whether it did."""
    try:
        process(h, last, entity="accounts").pulls.run(h.connection.id, PLENTY)
    except CrashError:
        return True
    return False


def customers(h: Environment) -> list[dict[str, Any]]:
    """Return the customers that stand in Exact as well."""
    return [h.customer(row["Code"].strip()) for row in h.exact.world.importable_accounts()]


def has_invoice_address(h: Environment, code: str) -> bool:
    return h.customer(code)["InvoiceAddressSameAsVisitAddress"] is False


def test_an_invoice_address_that_gets_another_owner_leaves_the_first_one() -> None:
    with environment(accounts=8) as h:
        h.pull()
        address, code = invoice_address(h)
        other = without_invoice_address(h)
        h.exact.move_part("Addresses", address, other)

        h.next_tick()

        assert (has_invoice_address(h, code), has_invoice_address(h, other)) == (False, True)
        assert truth.differences(h) == []


def test_an_address_that_moves_twice_between_two_ticks_has_one_owner() -> None:
    with environment(accounts=8) as h:
        h.pull()
        address, code = invoice_address(h)
        other = without_invoice_address(h)
        for owner in (other, code, other):
            h.exact.move_part("Addresses", address, owner)
            h.next_tick()

        h.exact.move_part("Addresses", address, code)
        h.next_tick()

        assert (has_invoice_address(h, code), has_invoice_address(h, other)) == (True, False)
        assert truth.differences(h) == []


def test_an_address_that_belongs_to_nobody_any_more_leaves_its_owner() -> None:
    with environment(accounts=8) as h:
        h.pull()
        address, code = invoice_address(h)
        h.exact.world.change("Addresses", address, {"Account": None})

        h.next_tick()

        assert not has_invoice_address(h, code)


def test_an_invoice_address_that_is_deleted_leaves_its_owner_the_next_day() -> None:
    with environment(accounts=8) as h:
        h.pull()
        address, code = invoice_address(h)
        h.exact.delete_part("Addresses", address)
        h.exact.journal.clear()

        h.next_tick()
        assert has_invoice_address(h, code)
        h.next_tick(hours=24)

        assert not has_invoice_address(h, code)
        assert truth.differences(h) == []
        assert h.calls("sync/Deleted") == 1
        assert truth.troubles(h) == set()


def test_what_a_deleted_contact_gave_goes_with_it() -> None:
    with environment(accounts=8) as h:
        h.change(invoice_email=InvoiceEmail.MAIN_CONTACT, clear_empty_email=True)
        contact, code = main_contact(h)
        h.exact.world.change("Contacts", contact["ID"], {"BusinessEmail": "inkoop@klant.example"})
        h.pull()
        assert h.customer(code)["EmailAddressTo"] == "inkoop@klant.example"
        # The account still names it: only the feed of deletions tells
        h.exact.world.delete("Contacts", contact["ID"])

        h.next_tick(hours=24)

        held = h.customer(code)
        assert (held["VisitAddressContactPerson"], held["EmailAddressTo"]) == (None, None)


def test_a_full_comparison_removes_what_it_did_not_find() -> None:
    with environment(accounts=8) as h:
        h.pull()
        address, code = invoice_address(h)
        h.exact.delete_part("Addresses", address)
        # The feed of deletions tells nothing of it any more
        for row in list(h.exact.world.tables["Deleted"]):
            h.exact.world.tables["Deleted"].remove(row["ID"])

        h.next_tick(hours=24)
        assert has_invoice_address(h, code)
        compare(h)

        assert not has_invoice_address(h, code)
        assert truth.differences(h) == []


def test_a_read_after_a_move_of_the_administration_removes_what_it_did_not_find() -> None:
    with environment(accounts=8) as h:
        h.pull()
        address, code = invoice_address(h)
        h.exact.world.tables["Addresses"].remove(address)
        h.exact.move_division()

        h.next_tick(hours=24)

        assert not has_invoice_address(h, code)
        assert truth.differences(h) == []


def test_an_address_of_which_an_earlier_release_noted_no_owner_is_healed_by_a_comparison() -> None:
    with environment(accounts=8) as h:
        h.pull()
        address, code = invoice_address(h)
        other = without_invoice_address(h)
        holders = h.wiring.stores.pull_stores.holders
        holders.note(h.connection.id, "accounts", "addresses", {address: ()})
        h.exact.move_part("Addresses", address, other)
        h.next_tick()
        assert has_invoice_address(h, code)

        compare(h)

        assert (has_invoice_address(h, code), has_invoice_address(h, other)) == (False, True)
        assert truth.differences(h) == []


def test_a_comparison_of_many_pages_and_runs_keeps_what_any_of_them_showed() -> None:
    with environment(accounts=3) as h:
        code = without_invoice_address(h)
        account = h.exact.world.account(code)
        several = [{"ID": h.exact.world.new_id(), "Account": account["ID"]} for _ in range(1200)]
        for row in several:
            h.exact.world.add("Contacts", {**row, "FullName": "Contact"})
        h.pull()
        for row in (several[0], several[-1]):
            h.exact.world.tables["Contacts"].remove(row["ID"])

        runs = stopped_at_every_page(h)

        record = h.wiring.stores.pull_stores.records.get_many(
            h.connection.id, "accounts", [account["ID"]]
        )[account["ID"]]
        in_exact = {
            row["ID"] for row in h.exact.world.tables["Contacts"] if row["Account"] == account["ID"]
        }
        assert set(record.sources["contacts"]) == in_exact
        assert runs > 2
        assert truth.differences(h) == []


def test_a_move_ends_right_wherever_the_process_dies() -> None:
    for last in range(1, 60):
        with environment(accounts=8) as h:
            h.pull()
            address, code = invoice_address(h)
            other = without_invoice_address(h)
            h.exact.move_part("Addresses", address, other)
            h.clock.advance(900)
            if not dies(h, last):
                break
            h.exact.move_part("Addresses", address, code)
            h.next_tick(hours=1)
            assert (has_invoice_address(h, code), has_invoice_address(h, other)) == (True, False)
            assert truth.differences(h) == []
    else:
        raise AssertionError("the run never came to its end")


def test_contacts_that_are_all_hidden_stay_and_are_told_until_a_person_looked() -> None:
    with environment(accounts=8) as h:
        h.pull()
        contacts = h.exact.world.tables["Contacts"]
        for row in list(contacts):
            contacts.remove(row["ID"])
        named = {row["VisitAddressContactPerson"] for row in customers(h)}
        h.exact.move_division()

        h.next_tick(hours=24)

        assert {row["VisitAddressContactPerson"] for row in customers(h)} == named
        assert "list-shrank" in truth.troubles(h)
        compare(h)
        assert {row["VisitAddressContactPerson"] for row in customers(h)} == {None}
        assert truth.troubles(h) == set()


def test_a_row_that_does_not_say_which_it_is_lets_no_other_leave() -> None:
    with environment(accounts=8) as h:
        h.pull()
        address, code = invoice_address(h)
        h.exact.world.spoil("Addresses", address, {"ID": None})

        compare(h)
        assert has_invoice_address(h, code)
        h.exact.world.mend("Addresses", address)
        compare(h)

        assert has_invoice_address(h, code)
        assert truth.troubles(h) == set()


def test_a_relation_that_a_full_comparison_does_not_find_is_told_and_stays_as_it_is() -> None:
    with environment(accounts=8) as h:
        h.pull()
        held = h.customer("1068")
        h.exact.world.tables["Accounts"].remove(h.exact.world.account("1068")["ID"])

        compare(h)

        gone = [each for each in h.problems() if each.code == "record-gone-in-exact"]
        assert [problem.values["code"] for problem in gone] == ["1068"]
        assert h.customer("1068") == held

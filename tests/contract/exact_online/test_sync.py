"""Synchronising: X90 to X99 and X187."""

from typing import Any

from tests.contract.exact_online.conftest import Caller
from tests.sandbox.common.clock import Clock
from tests.sandbox.exact_online import ExactSandbox

SYNC = "sync/CRM/Accounts?$select=ID,Code,Name,Timestamp&$filter=Timestamp gt "


def changed(exact: Caller, cursor: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = exact.data(f"{SYNC}{cursor}L")["results"]
    return rows


def highest(exact: Caller) -> int:
    return max(int(row["Timestamp"]) for row in changed(exact, 1))


def test_every_write_gets_a_higher_timestamp_and_comes_back_alone(exact: Caller) -> None:
    cursor = highest(exact)
    exact.sandbox.change_account("1068", Name="Eerste")
    exact.sandbox.change_account("1071", Name="Tweede")
    exact.sandbox.change_account("1068", Name="Derde")
    rows = changed(exact, cursor)
    assert [row["Name"] for row in rows] == ["Tweede", "Derde"]
    assert all(int(row["Timestamp"]) > cursor for row in rows)


def test_a_new_account_comes_with_the_next_read(exact: Caller) -> None:
    cursor = highest(exact)
    exact.sandbox.add_account(Name="Nieuw B.V.")
    assert [row["Name"] for row in changed(exact, cursor)] == ["Nieuw B.V."]


def test_a_quiet_administration_answers_with_nothing(exact: Caller) -> None:
    assert changed(exact, highest(exact)) == []


def test_the_suffix_of_the_cursor_may_be_absent(exact: Caller) -> None:
    assert exact.data(SYNC + "1")["results"] == exact.data(SYNC + "1L")["results"]


def test_a_sync_row_has_the_properties_of_its_twin_and_a_timestamp(exact: Caller) -> None:
    row = exact.data("sync/CRM/Addresses?$select=*&$filter=Timestamp gt 1L&$top=1")[0]
    path = f"crm/Addresses?$select=*&$top=1&$filter=ID eq guid'{row['ID']}'"
    twin = exact.data(path)[0]
    assert set(row) == set(twin) | {"Timestamp"}


def test_only_the_timestamp_may_be_filtered(exact: Caller) -> None:
    for condition in ("1L and Status eq 'C'", "1L or Timestamp eq 5L and Type eq 'A'"):
        assert exact.get(SYNC + condition).status_code == 400
    answer = exact.get("sync/CRM/Accounts?$select=ID&$filter=Code eq 'x'")
    assert exact.message(answer) == "This $filter parameter is not supported for this resource"


def test_the_feed_of_deletions_is_filtered_by_timestamp_only(exact: Caller) -> None:
    answer = exact.get("sync/Deleted?$select=ID,Timestamp&$filter=EntityType eq 2")
    assert answer.status_code == 400


def test_the_key_of_a_sync_row_is_its_timestamp(exact: Caller) -> None:
    row = changed(exact, 1)[0]
    assert row["__metadata"]["uri"] == exact.url(f"sync/CRM/Accounts({row['Timestamp']}L)")


def test_a_sync_page_holds_1000_rows_and_its_skip_token_is_the_timestamp(
    stranger: Caller, clock: Clock
) -> None:
    world = ExactSandbox(accounts=1000, clock=clock).world
    stranger.sandbox.world.tables = world.tables
    stranger.connect()
    first = stranger.data(SYNC + "1L")
    assert len(first["results"]) == 1000
    assert first["__next"].endswith(f"&$skiptoken={first['results'][-1]['Timestamp']}L")
    second = stranger.data(first["__next"])
    assert len(second["results"]) == 80
    assert "__next" not in second
    seen = {row["ID"] for row in first["results"] + second["results"]}
    assert len(seen) == 1080


def test_a_long_transaction_can_commit_a_lower_timestamp_late(exact: Caller) -> None:
    account = exact.sandbox.world.account("1068")["ID"]
    commit = exact.sandbox.world.change_late("Accounts", account, {"Name": "Laat"})
    exact.sandbox.change_account("1071", Name="Vlug")
    cursor = highest(exact)
    commit()
    assert changed(exact, cursor) == []
    assert "Laat" in [row["Name"] for row in changed(exact, cursor - 2)]


def test_a_slow_transaction_shows_its_row_at_its_commit_and_not_before(exact: Caller) -> None:
    account = exact.sandbox.world.account("1068")["ID"]
    before = highest(exact)
    exact.sandbox.world.change_slowly("Accounts", account, {"Name": "Laat"}, seconds=540)
    exact.sandbox.change_account("1071", Name="Vlug")
    assert [row["Name"] for row in changed(exact, before)] == ["Vlug"]
    exact.sandbox.clock.advance(539)
    assert [row["Name"] for row in changed(exact, before)] == ["Vlug"]
    exact.sandbox.clock.advance(1)
    assert [row["Name"] for row in changed(exact, before)] == ["Laat", "Vlug"]


def test_a_slow_deletion_is_told_at_its_commit_and_below_one_that_was_told_before(
    exact: Caller,
) -> None:
    path = "sync/Deleted?$select=EntityKey,Timestamp&$filter=Timestamp gt 1L"
    world = exact.sandbox.world
    slow, quick = world.account("1068")["ID"], world.account("1071")["ID"]
    world.delete_slowly("Accounts", slow, seconds=540)
    world.delete("Accounts", quick)
    assert [row["EntityKey"] for row in exact.data(path)["results"]] == [quick]
    exact.sandbox.clock.advance(540)
    assert [row["EntityKey"] for row in exact.data(path)["results"]] == [slow, quick]


def test_a_moved_division_issues_all_timestamps_anew_and_lower(exact: Caller) -> None:
    cursor = highest(exact)
    before = {row["ID"] for row in changed(exact, 1)}
    exact.sandbox.world.move_division()
    exact.sandbox.change_account("1068", Name="Na de verhuizing")
    assert changed(exact, cursor) == []
    assert {row["ID"] for row in changed(exact, 1)} == before
    path = "system/Divisions?$select=DivisionMoveDate"
    assert exact.data(path)["results"][0]["DivisionMoveDate"] == "/Date(1795521605000)/"


def test_a_deletion_stands_in_the_feed_with_the_number_of_its_entity(exact: Caller) -> None:
    account = exact.sandbox.world.account("1071")["ID"]
    exact.sandbox.world.delete("Accounts", account)
    path = "sync/Deleted?$select=ID,EntityKey,EntityType,DeletedDate,Timestamp"
    rows = exact.data(path + "&$filter=Timestamp gt 1L")["results"]
    assert [(row["EntityKey"], row["EntityType"]) for row in rows] == [(account, 2)]
    assert account not in {row["ID"] for row in changed(exact, 1)}


def test_the_feed_forgets_deletions_after_60_days(exact: Caller) -> None:
    exact.sandbox.world.delete("Accounts", exact.sandbox.world.account("1071")["ID"])
    path = "sync/Deleted?$select=ID,Timestamp&$filter=Timestamp gt 1L"
    exact.sandbox.clock.advance(60 * 86_400)
    exact.connect()
    assert len(exact.data(path)["results"]) == 1
    exact.sandbox.clock.advance(1)
    assert exact.data(path)["results"] == []


def test_cost_centres_vat_codes_conditions_and_journals_have_no_sync_endpoint(
    exact: Caller,
) -> None:
    for path in (
        "sync/HRM/Costcenters",
        "sync/VAT/VATCodes",
        "sync/Cashflow/PaymentConditions",
        "sync/Financial/Journals",
    ):
        assert exact.get(path + "?$select=ID").status_code == 404

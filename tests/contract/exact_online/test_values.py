"""How values are written and read: X67 to X77."""

from datetime import UTC, datetime

from tests.contract.exact_online.conftest import Caller
from tests.sandbox.common.clock import Clock
from tests.sandbox.exact_online import ExactSandbox
from tests.sandbox.exact_online.values import slash_date
from tests.sandbox.exact_online.world import LEFT_OUT

ONE = "crm/Accounts?$filter=trim(Code) eq '1068'&$select="


def test_moments_are_the_wall_clock_of_the_server_written_as_if_it_were_utc(
    exact: Caller,
) -> None:
    exact.sandbox.change_account("1068", Name="Nieuw")
    row = exact.data(ONE + "Modified")["results"][0]
    noon = datetime(2026, 11, 24, 12, 0, 5, tzinfo=UTC)
    assert row["Modified"] == f"/Date({int(noon.timestamp())}000)/"


def test_in_summer_the_wall_clock_is_two_hours_ahead() -> None:
    clock = Clock(frozen_at=datetime(2026, 9, 21, 14, 16, 40, tzinfo=UTC))
    row = ExactSandbox(clock=clock).change_account("1068", Name="Nieuw")
    assert row["Modified"] == datetime(2026, 9, 21, 16, 16, 40, tzinfo=UTC)


def test_a_date_only_field_is_midnight(exact: Caller) -> None:
    entry = exact.book(EntryDate="2026-10-31T15:00:00Z")
    midnight = datetime(2026, 10, 31, tzinfo=UTC)
    assert entry["EntryDate"] == slash_date(midnight)


def test_dates_in_a_body_may_carry_a_time_and_a_z_that_means_nothing(exact: Caller) -> None:
    dates = ["2026-10-31", "2026-10-31T00:00:00", "2026-10-31T23:59:59Z"]
    found = {exact.book(EntryDate=date)["EntryDate"] for date in dates}
    assert len(found) == 1


def test_amounts_are_json_numbers_digit_by_digit(exact: Caller) -> None:
    answer = exact.post("salesentry/SalesEntries", exact.entry())
    assert '"AmountFC":50.80,' in answer.text
    assert '"VATAmountFC":8.82,' in answer.text


def test_an_amount_may_be_sent_as_text(exact: Caller) -> None:
    text = exact.book(SalesEntryLines=[exact.line(AmountFC="41.98")])
    number = exact.book(SalesEntryLines=[exact.line(AmountFC=41.98)])
    assert text["AmountFC"] == number["AmountFC"]


def test_a_timestamp_is_text_and_by_a_switch_a_number(exact: Caller) -> None:
    path = "sync/CRM/Accounts?$filter=Timestamp gt 1L&$select=ID,Timestamp"
    assert isinstance(exact.data(path)["results"][0]["Timestamp"], str)
    exact.sandbox.switches.int64_as_string = False
    assert isinstance(exact.data(path)["results"][0]["Timestamp"], int)


def test_account_codes_are_18_wide_with_leading_spaces_and_keep_their_zeros(
    exact: Caller,
) -> None:
    found = exact.data("crm/Accounts?$filter=trim(Code) eq '0000215'&$select=Code")["results"]
    assert found[0]["Code"] == "           0000215"
    project = exact.data("project/Projects?$filter=Code eq 'P26014'&$select=AccountCode")
    assert project["results"][0]["AccountCode"] == "              1068"


def test_vat_codes_and_countries_are_3_wide_with_trailing_spaces(exact: Caller) -> None:
    codes = [row["Code"] for row in exact.data("vat/VATCodes?$select=Code")["results"]]
    assert all(len(code) == 3 for code in codes)
    exact.sandbox.change_account("1068", Country="NL", SalesVATCode="2")
    row = exact.data(ONE + "Country,SalesVATCode,Language")["results"][0]
    assert (row["Country"], row["SalesVATCode"], row["Language"]) == ("NL ", "2  ", "NL        ")


def test_an_absent_reference_is_null(exact: Caller) -> None:
    assert exact.data(ONE + "AccountManager,GLAR")["results"][0]["GLAR"] is None


def test_a_vat_percentage_is_a_fraction(exact: Caller) -> None:
    answer = exact.get("vat/VATCodes?$select=Code,Percentage&$filter=Code eq '2  '")
    assert '"Percentage":0.21}' in answer.text


def test_a_row_can_show_any_value_in_a_field_until_it_is_mended(exact: Caller) -> None:
    world = exact.sandbox.world
    key = world.account("1068")["ID"]
    world.spoil("Accounts", key, {"EndDate": {"a": [1]}, "Blocked": LEFT_OUT})
    row = exact.data(ONE + "Code,Blocked,EndDate")["results"][0]
    assert (row["EndDate"], "Blocked" in row, row["Code"].strip()) == ({"a": [1]}, False, "1068")
    world.mend("Accounts", key)
    row = exact.data(ONE + "Code,Blocked,EndDate")["results"][0]
    assert (row["EndDate"], row["Blocked"]) == (None, False)


def test_an_attachment_never_shows_its_content(exact: Caller) -> None:
    document = exact.post("documents/Documents", {"Subject": "F", "Type": 10}).json()["d"]["ID"]
    body = {"Document": document, "FileName": "f.pdf", "Attachment": "JVBERi0="}
    assert exact.post("documents/DocumentAttachments", body).json()["d"]["Attachment"] is None
    path = f"documents/DocumentAttachments?$select=Attachment&$filter=Document eq guid'{document}'"
    assert exact.data(path)["results"][0]["Attachment"] is None

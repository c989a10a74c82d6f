"""What Exact refuses to book, and how it says so: X132, X133, X137 to X157."""

import pytest

from tests.contract.exact_online.conftest import Caller
from tests.sandbox.exact_online.generator.masters import master_id

PATH = "salesentry/SalesEntries"
NOBODY = "6c3e1a52-9d0b-4b7e-8c11-2f6a5d90e471"


def booked(exact: Caller) -> int:
    return len(exact.sandbox.world.tables["SalesEntries"])


def test_validation_is_500_with_the_envelope_and_books_nothing(exact: Caller) -> None:
    answer = exact.post(PATH, exact.entry(Journal="99"))
    assert answer.status_code == 500
    assert answer.json() == {
        "error": {
            "code": "",
            "message": {"lang": "nl-NL", "value": "Ongeldige referentie: Journals"},
        }
    }
    assert booked(exact) == 0
    assert len(exact.sandbox.world.tables["SalesEntryLines"]) == 0


def test_a_switch_makes_validation_400(exact: Caller) -> None:
    exact.sandbox.switches.validation_status = 400
    assert exact.post(PATH, exact.entry(Journal="99")).status_code == 400


def test_several_messages_are_joined_by_line_ends(exact: Caller) -> None:
    text = exact.refused(Journal=None, Customer=None)
    assert text.split("\r\n") == ["Verplicht: Dagboek", "Verplicht: Klant"]


def test_the_language_is_that_of_the_user(exact: Caller) -> None:
    exact.sandbox.switches.language = "en"
    text = exact.refused(Journal=None, Customer=None)
    assert text == "Mandatory: Diary\r\nMandatory: Relationship"


@pytest.mark.parametrize(
    ("journal", "text"),
    [
        ("", "Verplicht: Dagboek"),
        ("70 ", "Ongeldige referentie: Journals"),
        (master_id("journal", "70"), "Ongeldige referentie: Journals"),
        ("20", "Ongeldig: Dagboek (type)"),
        ("79", "Ongeldig: Dagboek (geblokkeerd)"),
    ],
)
def test_the_journal_must_be_an_open_sales_journal_by_its_code(
    exact: Caller, journal: str, text: str
) -> None:
    assert exact.refused(Journal=journal) == text


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"Status": "P"}, "Ongeldig: Klant (Type)"),
        ({"Status": "S"}, "Ongeldig: Klant (Type)"),
        ({"Blocked": True}, "Ongeldig: Klant (Geblokkeerd)"),
        ({"EndDate": "2026-10-30"}, "Ongeldig: Klant (Einddatum)"),
        (
            {"GLAR": master_id("gl", "8000")},
            (
                "De klantenrekening van deze relatie is niet gelijk aan de rekening van het"
                " gebruikte verkoopdagboek"
            ),
        ),
    ],
)
def test_the_customer_must_be_one_and_open(
    exact: Caller, change: dict[str, object], text: str
) -> None:
    exact.sandbox.change_account("1068", **change)
    assert exact.refused() == text


def test_a_customer_with_the_account_of_the_journal_is_accepted(exact: Caller) -> None:
    exact.sandbox.change_account("1068", GLAR=master_id("gl", "1300"), EndDate="2026-10-31")
    assert exact.book()["EntryNumber"] == 26700001


def test_a_customer_that_does_not_exist_is_not_found(exact: Caller) -> None:
    assert exact.refused(Customer=NOBODY) == "Klant werd niet gevonden in Exact"


@pytest.mark.parametrize("code", ["9  ", "2", "X"])
def test_a_vat_code_must_exist_as_exact_writes_it(exact: Caller, code: str) -> None:
    text = exact.refused(SalesEntryLines=[exact.line(VATCode=code)])
    assert text == "Ongeldige referentie: Btw-code"


def test_a_switch_accepts_vat_codes_without_their_padding(exact: Caller) -> None:
    exact.sandbox.switches.accept_trimmed_vat_codes = True
    assert exact.book(SalesEntryLines=[exact.line(VATCode="2")])["VATAmountFC"] > 0


@pytest.mark.parametrize("change", [{"IsBlocked": True}, {"VATTransactionType": "P"}])
def test_a_blocked_or_purchase_code_is_not_for_sales(
    exact: Caller, change: dict[str, object]
) -> None:
    exact.sandbox.world.change("VATCodes", master_id("vat", "2"), change)
    assert exact.refused() == "Ongeldige referentie: Btw-code"


def test_a_code_without_a_percentage_on_the_date_is_refused(exact: Caller) -> None:
    ended = {"EndDate": exact.sandbox.world.today().replace(year=2025)}
    exact.sandbox.world.change("VatPercentages", master_id("percentage", "2"), ended)
    assert exact.refused() == "Ongeldig: Btw-percentage []"


def test_own_vat_on_a_code_that_includes_it_does_not_add_up(exact: Caller) -> None:
    lines = [exact.line(), exact.line(VATCode="4  ", AmountFC=121, VATAmountFC=25.41)]
    assert exact.refused(SalesEntryLines=lines).startswith(
        "Invoer 2: Het bedrag van de BTW regel met BTW code 4 komt niet overeen met het totaal"
    )


def test_a_sale_inside_the_eu_needs_a_vat_number_with_a_valid_form(exact: Caller) -> None:
    exact.sandbox.change_account("1068", VATNumber="onbekend")
    services = [exact.line(VATCode="7  ")]
    assert exact.refused(SalesEntryLines=services) == "Invalid VAT number"
    exact.sandbox.change_account("1068", VATNumber="BE0123.456.789")
    assert exact.book(SalesEntryLines=services)["VATAmountFC"] == 0


def test_a_condition_must_exist(exact: Caller) -> None:
    text = exact.refused(PaymentCondition="99")
    assert text == "Ongeldige referentie: Betalingsconditie"


def test_without_condition_and_due_date_a_condition_is_mandatory(exact: Caller) -> None:
    exact.sandbox.change_account("1068", PaymentConditionSales=None)
    assert exact.refused(PaymentCondition=None) == "Verplicht: Betalingsconditie"


@pytest.mark.parametrize(
    ("account", "text"),
    [
        (None, "Verplicht: Grootboekrekening"),
        (NOBODY, f"Grootboek {NOBODY} niet gevonden in Exact"),
        (master_id("gl", "1300"), "Ongeldig: Grootboekrekeningtype"),
        (master_id("gl", "1500"), "Ongeldig: Grootboekrekeningtype"),
        (master_id("gl", "8099"), "Ongeldig: Grootboekrekeningtype"),
    ],
)
def test_the_ledger_account_must_exist_be_open_and_be_no_balance_account_of_exact(
    exact: Caller, account: str | None, text: str
) -> None:
    assert exact.refused(SalesEntryLines=[exact.line(GLAccount=account)]) == text


@pytest.mark.parametrize(
    ("account", "center", "text"),
    [
        ("8000", None, "Verplicht: Kostenplaats"),
        ("8000", "NIET", "Ongeldige referentie: Kostenplaats"),
        ("8005", "NIET", "Ongeldige referentie: Kostenplaats"),
    ],
)
def test_cost_centres_are_checked_and_may_be_mandatory(
    exact: Caller, account: str, center: str | None, text: str
) -> None:
    line = exact.line(GLAccount=master_id("gl", account), CostCenter=center)
    assert exact.refused(SalesEntryLines=[line]) == text


def test_an_ended_cost_centre_is_no_reference_any_more(exact: Caller) -> None:
    ended = {"EndDate": exact.sandbox.world.today().replace(month=10, day=30)}
    exact.sandbox.world.change("Costcenters", master_id("Costcenters", "ADV"), ended)
    assert exact.refused() == "Ongeldige referentie: Kostenplaats"


@pytest.mark.parametrize(
    ("use", "unit", "text"),
    [
        (1, None, "Verplicht: Kostendrager"),
        (2, "OPL1", "Niet toegestaan: Kostendrager"),
        (0, "NIET", "Ongeldige referentie: Kostendrager"),
    ],
)
def test_cost_units_follow_the_setting_of_the_account(
    exact: Caller, use: int, unit: str | None, text: str
) -> None:
    exact.sandbox.world.change("GLAccounts", master_id("gl", "8000"), {"UseCostunit": use})
    assert exact.refused(SalesEntryLines=[exact.line(CostUnit=unit)]) == text


def test_a_cost_centre_on_an_account_that_forbids_it_is_refused(exact: Caller) -> None:
    exact.sandbox.world.change("GLAccounts", master_id("gl", "8000"), {"UseCostcenter": 2})
    assert exact.refused() == "Niet toegestaan: Kostenplaats"


def test_a_project_must_exist(exact: Caller) -> None:
    assert exact.refused(SalesEntryLines=[exact.line(Project=NOBODY)]) == (
        "Ongeldige referentie: Project"
    )
    known = exact.line(Project=master_id("project", "P26014"))
    assert exact.book(SalesEntryLines=[known])["AmountFC"] > 0


@pytest.mark.parametrize("change", [{"Currency": "USD"}, {"Currency": "EUR", "Rate": 1.1}])
def test_another_currency_or_rate_needs_the_permission_of_the_journal(
    exact: Caller, change: dict[str, object]
) -> None:
    assert exact.refused(**change) == "Niet toegestaan: Wisselkoers"


def test_a_journal_that_allows_it_takes_another_currency(exact: Caller) -> None:
    allowed = {"AllowVariableCurrency": True, "AllowVariableExchangeRate": True}
    exact.sandbox.world.change("Journals", master_id("journal", "70"), allowed)
    assert exact.book(Currency="USD", Rate=1.1)["Currency"] == "USD"


def test_a_currency_must_exist(exact: Caller) -> None:
    # The code that ISO 4217 keeps for "no currency", so no administration has it
    assert exact.refused(Currency="XXX") == "Ongeldige referentie: Valuta"


def test_a_closed_period_is_refused_by_year_and_month(exact: Caller) -> None:
    exact.sandbox.world.closed_periods.add((2026, 3))
    assert exact.refused(EntryDate="2026-03-31") == "Periode is afgesloten: 2026-03"


def test_a_year_that_was_not_made_is_unknown(exact: Caller) -> None:
    text = exact.refused(EntryDate="2031-01-01")
    assert text == "Onbekend: Boekjaar (Periode-datum tabel)"


def test_an_entry_number_is_used_once(exact: Caller) -> None:
    number = exact.book()["EntryNumber"]
    assert exact.refused(EntryNumber=number) == "In gebruik: Boekstuknummer."


def test_a_reference_has_at_most_30_characters(exact: Caller) -> None:
    assert exact.book(YourRef="x" * 30)["YourRef"] == "x" * 30
    assert exact.refused(YourRef="x" * 31) == "Ongeldig: Uw ref. (lengte)"


@pytest.mark.parametrize("lines", [None, []])
def test_an_entry_has_lines(exact: Caller, lines: list[object] | None) -> None:
    assert exact.refused(SalesEntryLines=lines) == "Verplicht: Boekingsregels"


@pytest.mark.parametrize(
    ("start", "end"),
    [("2026-10-02", "2026-10-31"), ("2026-10-01", "2026-10-30"), ("2026-10-01", None)],
)
def test_an_accrual_runs_over_whole_months(exact: Caller, start: str, end: str | None) -> None:
    assert exact.refused(SalesEntryLines=[exact.line(From=start, To=end)]) == "Ongeldig: Van - Tot"
    whole = exact.line(From="2026-10-01", To="2026-12-31")
    assert exact.book(SalesEntryLines=[whole])["AmountFC"] > 0


def test_a_document_that_is_named_must_exist(exact: Caller) -> None:
    assert exact.refused(Document=NOBODY) == "Ongeldige referentie: Document"

import re

import pytest

from koppeling.core.catalogue import codes
from koppeling.core.errors import Reject
from koppeling.core.exact_errors import (
    MESSAGES,
    Follows,
    Message,
    Translation,
    code_of,
    translate,
)

LITERAL = [
    ("X137", "Verplicht: Factuur voor", "exact-field-required"),
    ("X137", "Mandatory: Relationship", "exact-field-required"),
    ("X138", "Verplicht: Dagboek", "journal-unknown"),
    ("X138", "Mandatory: Diary", "journal-unknown"),
    ("X138", "Ongeldige referentie: Journals", "journal-unknown"),
    ("X139", "Ongeldig: Dagboek (type)", "journal-not-sales"),
    ("X139", "Invalid: Journal (type)", "journal-not-sales"),
    (
        "X140",
        (
            "De klantenrekening van deze relatie is niet gelijk aan de rekening van het gebruikte"
            " verkoopdagboek"
        ),
        "debtor-account-mismatch",
    ),
    ("X141", "Ongeldig: Klant (Type)", "debtor-not-customer"),
    ("X141", "Ongeldig: Factuur voor (Type)", "debtor-not-customer"),
    ("X142", "Account Verplicht: Code Verplicht: Naam", "debtor-not-found"),
    ("X142", "Klant werd niet gevonden in Exact", "debtor-not-found"),
    ("X142", "Customer was not found in Exact", "debtor-not-found"),
    ("X141", "Ongeldig: Klant (Geblokkeerd)", "debtor-blocked"),
    ("X141", "Invalid: Customer (End date)", "debtor-blocked"),
    ("X139", "Ongeldig: Dagboek (geblokkeerd)", "journal-not-sales"),
    (
        "X146",
        (
            "Entry 17: The amount of the VAT line with VAT code 4 does not match the total of the"
            " VAT amounts in the base lines"
        ),
        "vat-code-inclusive",
    ),
    ("X150", "G/L account 8000 not found in Exact", "gl-account-unknown"),
    ("X142", "Ongeldige referentie: Klant", "debtor-not-found"),
    ("X143", "Niet herkende GUID-indeling", "debtor-not-found"),
    ("X144", "Ongeldige referentie: Btw-code", "vat-code-unknown"),
    ("X144", "Invalid reference: VAT code", "vat-code-unknown"),
    ("X145", "Ongeldig: Btw-percentage []", "vat-percentage-invalid"),
    (
        "X146",
        (
            "Invoer 17: Het bedrag van de BTW regel met BTW code 4 komt niet overeen met het"
            " totaal aan BTW-bedragen in de grondslagregels"
        ),
        "vat-code-inclusive",
    ),
    ("X147", "Invalid VAT number", "vat-number-invalid"),
    ("X148", "Ongeldige referentie: Betalingsconditie", "payment-condition-unknown"),
    ("X149", "Verplicht: Betalingsconditie", "payment-condition-required"),
    ("X149", "Verplicht: vervaldatum", "payment-condition-required"),
    ("X150", "Grootboek 8000 niet gevonden in Exact", "gl-account-unknown"),
    ("X150", "Ongeldige referentie: Grootboekrekening", "gl-account-unknown"),
    ("X151", "Ongeldig: Grootboekrekeningtype", "gl-account-wrong-type"),
    ("X152", "Ongeldige referentie: Kostenplaats", "cost-center-unknown"),
    ("X152", "Ongeldige referentie: Kostendrager", "cost-center-unknown"),
    ("X152", "Invalid reference: Cost unit", "cost-center-unknown"),
    ("X115", "Verplicht: Kostenplaats", "cost-center-required"),
    ("X115", "Mandatory: Cost unit", "cost-center-required"),
    ("X153", "Ongeldige referentie: Project", "project-unknown"),
    ("X154", "Niet toegestaan: Wisselkoers", "exchange-rate-not-allowed"),
    ("X155", "Periode is afgesloten: 2026 \N{EN DASH} 10", "period-closed"),
    ("X155", "Periode is afgesloten: [2026] \N{EN DASH} [10]", "period-closed"),
    ("X156", "Onbekend: Boekjaar (Periode-datum tabel)", "fiscal-year-unknown"),
    ("X156", "Unknown: Fiscal year (Period - date table)", "fiscal-year-unknown"),
    ("X157", "In gebruik: Boekstuknummer.", "entry-number-in-use"),
    ("X157", "Bestaat al bij Exact met boekstuknr: 267001, 267002", "entry-number-in-use"),
    ("X158", "Gegeven bestaat reeds.", "exact-rejected"),
    ("X158", "Data already exists", "exact-rejected"),
    ("X159", "Reeds verwerkt", "entry-already-processed"),
    ("X160", "Ongeldig: E-mail []", "email-invalid"),
    ("X160", "Invalid: Email [jan@]", "email-invalid"),
    ("X161", "Document Type not allowed", "exact-user-type-not-allowed"),
    ("X162", "Wrong Division", "exact-division-not-accessible"),
    ("X163", "(401) Niet gemachtigd", "exact-reconnect-needed"),
    ("X163", "Error getting access token using refresh token", "exact-reconnect-needed"),
    ("X163", "AuthorizationRequiredException", "exact-reconnect-needed"),
    ("X163", "(403) Forbidden", "exact-no-rights"),
    (
        "X128",
        (
            "Error processing request stream. Error encountered in converting the value from"
            " request payload for property 'Attachment' to type 'Byte[]'"
        ),
        "pdf-damaged",
    ),
    ("X164", "Iets heel anders", "exact-rejected"),
]


def row_of(message: str) -> Message | None:
    text = re.sub(r"\[[^\]]*\]", "[]", message).rstrip(".")
    found = (row for row in MESSAGES if re.fullmatch(row.pattern, text, re.IGNORECASE))
    return next(found, None)


@pytest.mark.parametrize(("rule", "message", "code"), LITERAL)
def test_a_message_of_exact_is_translated_and_kept_literally(
    rule: str, message: str, code: str
) -> None:
    [translation] = translate(message)
    row = row_of(message)

    assert translation.code == code
    assert translation.values["message"] == message
    assert (row.rule if row else "X164") == rule


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("Ongeldige ref. btw code", "vat-code-unknown"),
        ("Ongeldige referentie Btw-code", "vat-code-unknown"),
        ("Invalid ref: VAT code", "vat-code-unknown"),
        ("Btw-code: Ongeldige referentie", "vat-code-unknown"),
        ("Boekstuknummer in gebruik", "entry-number-in-use"),
        ("Entry number: in use", "entry-number-in-use"),
        ("Already used as document number", "entry-number-in-use"),
        ("Account 1068 could not be found", "debtor-not-found"),
        ("Account could not be found", "debtor-not-found"),
        ("G/L account 8000 could not be found", "gl-account-unknown"),
        ("Ongeldig grootboekrekeningtype", "gl-account-wrong-type"),
        ("Grootboekrekeningtype ongeldig", "gl-account-wrong-type"),
        ("Onbekend: Boekjaar (Periode-datumtabel)", "fiscal-year-unknown"),
        ("Boekjaar (periode - datum tabel) onbekend", "fiscal-year-unknown"),
        ("Ongeldig Klant(type)", "debtor-not-customer"),
        ("Dagboek verplicht", "journal-unknown"),
        ("Periode is afgesloten 2026-10", "period-closed"),
        ("Kostendrager: ongeldige ref.", "cost-center-unknown"),
    ],
)
def test_the_same_message_in_other_words_means_the_same(message: str, code: str) -> None:
    [translation] = translate(message)

    assert translation.code == code
    assert translation.values["message"] == message
    assert translation.refuses


@pytest.mark.parametrize(
    "message",
    [
        "Ongeldig: Boekstuknummer",
        "In gebruik: Relatie",
        "De klant is verhuisd naar dagboek 70",
        "Grootboekrekeningtype",
        "Account 1068 could not be found in the project of account 12",
    ],
)
def test_a_message_that_only_resembles_a_known_one_keeps_exacts_own_words(message: str) -> None:
    assert translate(message) == [Translation("exact-rejected", {"message": message})]


def test_a_cost_unit_is_one_in_any_order_of_words() -> None:
    assert translate("Kostendrager: ongeldige ref.")[0].values["kind"] == "cost_unit"
    assert translate("Kostenplaats: ongeldige ref.")[0].values["kind"] == "cost_center"


def test_every_row_of_the_table_decides_for_some_message() -> None:
    assert {row_of(message) for _, message, _ in LITERAL} == {*MESSAGES, None}


def test_every_code_of_the_table_is_in_the_catalogue() -> None:
    assert {row.code for row in MESSAGES} <= codes()


@pytest.mark.parametrize(
    "message", ["verplicht: DAGBOEK", "Verplicht: Dagboek.", "  Verplicht:  Dagboek  "]
)
def test_case_spaces_and_a_final_full_stop_do_not_matter(message: str) -> None:
    assert translate(message)[0].code == "journal-unknown"


def test_several_messages_become_several_errors_in_their_order() -> None:
    found = translate("Ongeldig: Klant (Type)\r\nVerplicht: Dagboek\r\n\r\n")

    assert [one.code for one in found] == ["debtor-not-customer", "journal-unknown"]
    assert found[1].values == {"message": "Verplicht: Dagboek"}


@pytest.mark.parametrize("text", ["", "\r\n "])
def test_a_refusal_without_a_text_is_still_a_refusal(text: str) -> None:
    assert translate(text) == [Translation("exact-rejected", {"message": ""})]


@pytest.mark.parametrize(
    ("message", "name", "value"),
    [
        ("Grootboek 8000 niet gevonden in Exact", "code", "8000"),
        ("Periode is afgesloten: 2026-10", "period", "2026-10"),
        ("Bestaat al bij Exact met boekstuknr: 1, 2", "entry_number", "1, 2"),
        ("Verplicht: Naam", "field", "Naam"),
        ("Ongeldige referentie: Kostenplaats", "kind", "cost_center"),
        ("Invalid reference: Cost unit", "kind", "cost_unit"),
        ("Ongeldige referentie: Kostendrager", "kind", "cost_unit"),
    ],
)
def test_values_in_a_message_are_extracted(message: str, name: str, value: str) -> None:
    assert translate(message)[0].values[name] == value


def test_text_between_brackets_is_not_taken_for_a_value() -> None:
    assert "period" not in translate("Periode is afgesloten: [Jaar] \N{EN DASH} [Maand]")[0].values


def test_the_code_of_a_refusal_is_that_of_its_first_message_or_its_own() -> None:
    by_text = Reject("exact-rejected", message="Reeds verwerkt\r\nVerplicht: Naam")

    assert code_of(by_text) == "entry-already-processed"
    assert code_of(Reject("debtor-blocked")) == "debtor-blocked"


@pytest.mark.parametrize("row", MESSAGES, ids=lambda row: row.pattern[:40])
def test_what_follows_from_a_message_agrees_with_its_code(row: Message) -> None:
    """A refusal that concerns a login or a right must not blame the one invoice that met it."""
    waits_for_access = {
        "exact-reconnect-needed": Follows.RECONNECT,
        "exact-no-rights": Follows.STOP,
        "exact-division-not-accessible": Follows.STOP,
    }
    assert row.follows is waits_for_access.get(row.code, Follows.PERSON)

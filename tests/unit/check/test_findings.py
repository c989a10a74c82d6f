"""Reports: their level, how they travel as JSON, and how they read."""

import json
import re
from dataclasses import asdict
from typing import Any

import pytest

from koppeling.check.findings import Finding, Level, Report, most_severe, report_of
from koppeling.check.texts import level_word, render, render_table
from koppeling.core import catalogue
from koppeling.core.csv_table import Table
from koppeling.core.ids import ConnectionId
from koppeling.core.rendering import LANGUAGES, load

TABLE = Table(("number", "name"), (("9901", "Proefklant"),))
FINDINGS = (
    Finding(Level.OK, "rights", values={"exact_user": "a@b.example"}),
    Finding(Level.WARNING, "customers", "customer-only-in-milestones", {"count": "1"}, TABLE),
)


def report(*findings: Finding) -> Report:
    return Report(ConnectionId("acme"), "2026-11-24T06:03:00+00:00", 25, findings)


def texts(language: str) -> dict[str, Any]:
    return dict(load("check", language))


def test_a_report_comes_back_from_json_as_it_was() -> None:
    sent = report(*FINDINGS)

    assert report_of(json.loads(json.dumps(asdict(sent)))) == sent


def test_what_is_no_report_is_refused() -> None:
    data = asdict(report(*FINDINGS))
    data["findings"][0]["level"] = "severe"

    with pytest.raises(ValueError, match="severe"):
        report_of(data)


def test_a_report_weighs_as_much_as_its_gravest_finding() -> None:
    assert report(*FINDINGS).level is Level.WARNING
    assert most_severe([Level.OK, Level.BLOCKING, Level.WARNING]) is Level.BLOCKING
    assert report().level is Level.OK


def test_both_languages_have_the_same_texts_with_the_same_values() -> None:
    def flat(held: dict[str, Any], path: str = "") -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for name, value in held.items():
            if isinstance(value, dict):
                found |= flat(value, f"{path}/{name}")
            else:
                found[f"{path}/{name}"] = frozenset(re.findall(r"\{(\w+)\}", value)) - {"qm"}
        return found

    assert flat(texts("nl")) == flat(texts("en"))


def test_a_text_of_the_check_has_a_code_of_the_catalogue_or_one_of_its_own() -> None:
    own = [*texts("nl")["texts"], *texts("nl")["one"]]
    codes = {name.rpartition(".")[2] for name in own}

    assert {code for code in codes if not code.startswith("check-")} <= catalogue.codes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_of_the_catalogue_is_said_in_its_words(language: str) -> None:
    values = {"journal": "70"}
    rendered = render(Finding(Level.BLOCKING, "sales-journal", "journal-unknown", values), language)

    assert f"{rendered.title} {rendered.text}" == catalogue.text(
        "journal-unknown", language, values
    )


def test_a_code_that_speaks_of_an_invoice_has_a_text_of_its_own() -> None:
    rendered = render(Finding(Level.WARNING, "vat-codes", "vat-code-unknown", {"count": "2"}))

    assert rendered.item == "Btw-codes"
    assert rendered.title == "2 btw-codes uit QicsMilestones bestaan niet in Exact Online."
    assert "factuur" not in rendered.text


def test_one_record_reads_in_the_singular() -> None:
    rendered = render(Finding(Level.WARNING, "cost-centers", "cost-center-unknown", {"count": "1"}))
    fine = render(Finding(Level.OK, "cost-centers", values={"count": "1"}))

    assert rendered.title.startswith("1 kostenplaats uit")
    assert fine.title.startswith("De ene actieve kostenplaats")


def test_one_code_about_a_journal_and_about_customers_says_what_it_is_about() -> None:
    values = {"journal": "70", "account_relation": "1300", "account_journal": "1310"}
    code = "debtor-account-mismatch"
    journal = render(Finding(Level.BLOCKING, "sales-journal", code, values))
    customers = render(Finding(Level.WARNING, "receivable-accounts", code, {"count": "3"}))

    assert journal.title == "Dagboek 70 heeft een andere debiteurenrekening dan is opgegeven."
    assert "Opgegeven is 1300" in journal.text
    assert customers.title.startswith("3 klanten")


def test_internal_names_become_words() -> None:
    skipped = Finding(Level.WARNING, "check", "check-skipped", {"items": "period,vat-codes"})
    waits = {"system": "exact", "until": "2026-11-25T00:00:00+00:00"}
    waiting = Finding(Level.WARNING, "customers", "check-not-finished", waits)
    right = {"entity": "journals", "right": "R", "division": "D", "exact_user": "u@x.example"}

    assert render(skipped).title.endswith("niet bekeken: Boekjaar en periode, Btw-codes.")
    assert "Exact Online vraagt om te wachten" in render(waiting).title
    assert "na 25-11-2026 01:00" in render(waiting).text
    assert "after 2026-11-25 01:00" in render(waiting, "en").text
    assert (
        "in administratie D dagboeken niet lezen"
        in render(Finding(Level.BLOCKING, "rights", "exact-no-rights", right)).text
    )


def test_a_moment_that_is_none_is_shown_as_it_is() -> None:
    values = {"system": "milestones", "until": "morgen"}

    rendered = render(Finding(Level.WARNING, "customers", "check-not-finished", values))

    assert rendered.text == "Start de controle opnieuw na morgen."


def test_a_table_gets_headings_and_words() -> None:
    columns = ("code", "percentage_qm", "percentage_exact", "problem")
    table = Table(columns, (("H", "5.5", "", "vat-code-unknown"),))

    assert render_table(table).columns[1] == "Percentage in QicsMilestones"
    assert render_table(table).rows == (("H", "5,5%", "", "bestaat niet in Exact Online"),)
    assert render_table(table, "en").rows == (("H", "5.5%", "", "does not exist in Exact Online"),)


def test_levels_are_words_as_well() -> None:
    assert level_word(Level.BLOCKING) == "Blokkeert"
    assert level_word(Level.OK, "en") == "Fine"


def test_there_is_no_other_language() -> None:
    with pytest.raises(KeyError):
        render(FINDINGS[0], "fr")

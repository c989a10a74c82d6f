"""What problems are about: no number, whatever is in it, becomes the subject of something else."""

import pytest

from koppeling.core.problems import (
    ENTRY_DOUBLED,
    ENTRY_GONE,
    current_subject,
    doubled_subject,
    entry_subject,
    invoice_of,
    invoice_subject,
    plain_subject,
)

NUMBERS = (
    *("2026", "2026/1", "X/entry", "X/doubled", "X", "X/entry/entry", "X/entry/doubled"),
    *("100%", "1%2F2", "1%252F2", "%", "/", "//", "F 26"),
)
KINDS = (invoice_subject, entry_subject, doubled_subject)


def test_no_two_things_have_one_subject() -> None:
    subjects = [subject_of(number) for subject_of in KINDS for number in NUMBERS]

    assert len(set(subjects)) == len(subjects)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_subject_of_an_invoice_tells_its_number_and_others_tell_none(number: str) -> None:
    assert invoice_of(invoice_subject(number)) == number
    assert invoice_of(entry_subject(number)) is None
    assert invoice_of(doubled_subject(number)) is None
    assert invoice_of(f"accounts/{number}") is None


def test_a_usual_number_is_written_as_it_is() -> None:
    assert invoice_subject("F-2026.0412 a") == "invoice/F-2026.0412 a"
    assert entry_subject("20260412") == "invoice/20260412/entry"


@pytest.mark.parametrize("number", NUMBERS)
def test_people_write_the_plain_number(number: str) -> None:
    assert plain_subject(invoice_subject(number)) == f"invoice/{number}"
    assert plain_subject(entry_subject(number)) == f"invoice/{number}/entry"


@pytest.mark.parametrize("number", [each for each in NUMBERS if "%2" not in each])
def test_what_an_earlier_release_wrote_is_read_as_it_meant_it(number: str) -> None:
    assert current_subject(f"invoice/{number}", "pdf-missing") == invoice_subject(number)
    assert current_subject(f"invoice/{number}/entry", ENTRY_GONE) == entry_subject(number)
    assert current_subject(f"invoice/{number}/doubled", ENTRY_DOUBLED) == doubled_subject(number)


@pytest.mark.parametrize("number", NUMBERS)
def test_what_this_release_writes_is_read_back_unchanged(number: str) -> None:
    for subject, code in (
        (invoice_subject(number), "pdf-missing"),
        (entry_subject(number), ENTRY_GONE),
        (doubled_subject(number), ENTRY_DOUBLED),
        (f"inbox/acme/{number}.json", "invoice-not-valid"),
    ):
        assert current_subject(subject, code) == subject

"""Invoices that only Qics can let through: their people hear of it and need do nothing."""

from dataclasses import replace

import pytest

from koppeling.core.problems import invoice_subject
from tests.unit.watch.fakes import MARIT
from tests.unit.watch.test_morning import INVOICES, a_morning, waits

FOR_QICS = [waits(invoice_subject(str(number)), "journal-unknown") for number in range(12)]


def test_invoices_that_wait_for_qics_are_told_to_the_people_whose_they_are() -> None:
    morning = a_morning(acme=FOR_QICS)
    assert morning.run() == [MARIT.mail]
    (mail,) = morning.mails.sent
    assert mail.subject == "12 facturen wachten in Veldhuis Advies B.V.; Qics moet iets instellen"
    assert "12 facturen wachten op Qics, dat iets moet instellen of herstellen." in mail.text
    assert "Daar hoef je niets voor te doen." in mail.text


def test_what_waits_for_people_and_what_for_qics_are_told_apart() -> None:
    morning = a_morning(
        acme=[*INVOICES, *[replace(each, subject="invoice/9") for each in FOR_QICS[:1]]]
    )
    morning.run()
    (mail,) = morning.mails.sent
    assert mail.subject.startswith("4 facturen wachten op je in Veldhuis Advies B.V.")
    assert "1 factuur wacht op Qics" in mail.text


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        ("invoice/1", "exact-request-refused"),
        ("push/acme/1.json", "message-unreadable"),
        # A later release wrote it: only Qics can explain it
        ("inbox/acme/1.json", "a-code-of-tomorrow"),
    ],
)
def test_every_mistake_of_ours_that_holds_up_invoices_is_told(subject: str, code: str) -> None:
    morning = a_morning(acme=[waits(subject, code)])
    assert morning.run() == [MARIT.mail]

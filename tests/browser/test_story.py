"""A bookkeeper who never saw it: from the morning mail to a month that is right."""

from typing import TYPE_CHECKING

import pytest

from koppeling.push.outbox import State
from tests.browser.reader import Reader, reader
from tests.browser.site import AGAIN, BY_HAND, LAST_MONTH, MARIT, NEW_DEBTOR, TO_SKIP, Site
from tests.e2e.job import CONNECTION
from tests.sandbox.invoices import build_invoice
from tools.stack.processes import eventually

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.e2e


def test_she_links_one_offers_two_again_skips_one_and_reads_the_month(
    browser: "Browser", site: Site
) -> None:
    job = site.job
    # What her colleague typed in Exact himself, for the right debtor
    entry = job.exact.enter(build_invoice(BY_HAND, invoice_date=LAST_MONTH).document)
    reads = reader(browser, site.home, CONNECTION)
    reads.enter(site.link_for(MARIT))
    reads.open(f"invoice?number={BY_HAND}")

    reads.fill("boekstuk", entry)
    reads.press("Koppelen")
    assert eventually(lambda: _shows(reads, "klopt"), 60)
    reads.keep("portal-link")
    reads.press("Koppelen")

    assert eventually(lambda: job.state(BY_HAND) is State.DONE)
    reads.open(f"invoice?number={TO_SKIP}")
    reads.fill("reden", "Staat al op factuur 20268001")
    reads.press("Overslaan")

    def is_skipped() -> bool:
        item = site.wiring.stores.outbox.get(CONNECTION, TO_SKIP)
        return item is not None and item.is_skipped

    assert eventually(is_skipped)
    reads.open(f"invoice?number={TO_SKIP}")
    assert "Staat al op factuur 20268001" in reads.text
    assert MARIT.mail in reads.text
    job.exact.add_account(Code=NEW_DEBTOR, Name="Nieuwe klant B.V.", Status="C")
    for number in AGAIN:
        reads.open(f"invoice?number={number}")
        reads.press("Opnieuw aanbieden")
        assert eventually(lambda n=number: job.state(n) is State.DONE)  # type: ignore[misc] # the number of this turn
    reads.open(f"month?period={LAST_MONTH:%Y-%m}")
    reads.press("Vergelijk")
    assert eventually(lambda: _shows(reads, "klopt"), 60)
    reads.keep("portal-month-right")


def _shows(reads: Reader, text: str) -> bool:
    page = reads.page
    page.reload()
    return text in page.inner_text("main")

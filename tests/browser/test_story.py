"""A bookkeeper who never saw it: from the morning mail to a month that is right."""

import re
from typing import TYPE_CHECKING

import pytest

from koppeling.portal.months import month_name
from koppeling.push.journal import Period
from koppeling.push.outbox import State
from tests.browser.reader import Reader, reader
from tests.browser.site import (
    AGAIN,
    BY_HAND,
    EARLIER,
    NEW_DEBTOR,
    NOOR,
    TO_SKIP,
    TODAY,
    Site,
    link_in,
)
from tests.e2e.job import CONNECTION
from tests.sandbox.invoices import build_invoice
from tools.stack.processes import eventually

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.e2e

REASON = "Staat al op factuur 20268001"


def test_from_the_mail_of_the_morning_to_a_month_that_is_right(
    browser: "Browser", site: Site
) -> None:
    job = site.job
    # What her colleague typed in Exact himself, for the right debtor
    entry = job.exact.enter(build_invoice(BY_HAND, invoice_date=EARLIER).document)
    reads = reader(browser, site.home, CONNECTION)

    comes_in_by_the_mail_of_the_morning(reads, site)
    links_the_entry(reads, site, entry)
    skips_one(reads, site)
    job.exact.add_account(Code=NEW_DEBTOR, Name="Nieuwe klant B.V.", Status="C")
    for number in AGAIN:
        offers_again(reads, site, number)
    reads_the_months(reads)
    reads.context.close()


def comes_in_by_the_mail_of_the_morning(reads: Reader, site: Site) -> None:
    """She asks for a link where the mail leads, and lands where something waits."""
    site.have_morning()
    morning = site.mailed(NOOR, "wachten op je")
    assert re.search(r"\d+ facturen.* wachten, (de|het) oudste sinds vandaag", morning), morning

    reads.page.goto(link_in(morning, "/todo"))
    assert reads.title == "Aanmelden"
    reads.fill("E-mailadres", NOOR.mail)
    reads.press("Mail mij een link")
    assert reads.title == "Kijk in je mail"
    reads.enter(link_in(site.mailed(NOOR, "link"), "/go?"))
    assert reads.title == "Te doen"
    assert "facturen wachten: de debiteur bestaat niet" in reads.text


def links_the_entry(reads: Reader, site: Site, entry: str) -> None:
    """She sees the entry beside the invoice before she says that they belong together."""
    reads.open(f"invoice?number={BY_HAND}")
    reads.fill("Nummer van het boekstuk", entry)
    reads.press("Koppelen: eerst vergelijken")
    assert eventually(lambda: reads.shows(f"Boekstuk {entry} naast deze factuur"))
    reads.keep("portal-link")
    table = reads.page.get_by_role("table").first.inner_text()
    differing = [line for line in table.splitlines() if "Anders" in line]
    assert differing == [], table
    reads.press(f"Koppelen met boekstuk {entry}")

    assert "gekoppeld" in reads.notice
    assert eventually(lambda: site.job.state(BY_HAND) is State.DONE)
    assert len(site.job.entries(BY_HAND)) == 1
    assert reads.shows(f"Gekoppeld aan boekstuk {entry} door {NOOR.mail}")


def skips_one(reads: Reader, site: Site) -> None:
    """She skips one, which needs a reason that can be read later."""
    # By its address: of other tests so many wait that it may stand on a later page of Te doen
    reads.open(f"invoice?number={TO_SKIP}")
    reads.fill("Reden", REASON)
    reads.press("Overslaan")
    assert "overgeslagen" in reads.notice

    def is_skipped() -> bool:
        item = site.wiring.stores.outbox.get(CONNECTION, TO_SKIP)
        return item is not None and item.is_skipped

    assert eventually(is_skipped)
    assert reads.shows(f"Overgeslagen door {NOOR.mail}")
    assert REASON in reads.text


def offers_again(reads: Reader, site: Site, number: str) -> None:
    """She presses twice, as people do, and gets one entry."""
    reads.open(f"invoice?number={number}")
    reads.press_twice("Opnieuw aanbieden")
    assert eventually(lambda: site.job.state(number) is State.DONE)
    assert len(site.job.entries(number)) == 1


def reads_the_months(reads: Reader) -> None:
    """An earlier month is right; of this month is said what is not."""
    reads.follow("Maand")
    this, before = (month_name(Period.of(day), "nl").capitalize() for day in (TODAY, EARLIER))
    assert reads.lead.startswith(this)
    reads.press("Vergelijken met Exact")
    assert eventually(lambda: reads.shows("Het laatst vergeleken op"))
    assert reads.lead.startswith(f"{this} klopt")
    reads.keep("portal-month-compared")

    reads.follow("Maand ervoor")
    reads.follow("Maand ervoor")
    reads.press("Vergelijken met Exact")
    assert eventually(lambda: reads.shows(f"{before} klopt."))
    reads.keep("portal-month-right")

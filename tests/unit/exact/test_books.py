"""Entries, documents and files: what is asked of Exact, and every field of what it shows."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import requests

from koppeling.core.errors import Retry, Uncertain
from koppeling.core.ids import ConnectionId, ExactId
from koppeling.exact.books import ExactBooks
from koppeling.push.journal import JournalRow, Period
from koppeling.push.pdf import AttachmentCard, DocumentCard
from koppeling.push.sales_entry import EntryCard
from tests.unit.exact.kept_lookups import Kept
from tests.unit.exact.wire import NOW, Wire, answer, client_of, results

LOGIN = datetime(2026, 11, 1, 9, tzinfo=UTC)
ENTRY = {
    "EntryID": "e-1",
    "EntryNumber": 26700001,
    "Journal": "70 ",
    "Customer": "c-1",
    "CustomerName": "Bakker",
    "AmountFC": Decimal("121.05"),
    "Currency": "EUR ",
    "EntryDate": "/Date(1793404800000)/",
    "YourRef": "20260412",
}
READ = EntryCard(
    id=ExactId("e-1"),
    number="26700001",
    your_ref="20260412",
    customer=ExactId("c-1"),
    journal="70",
    entry_date=date(2026, 10, 31),
    currency="EUR",
    amount_incl=Decimal("121.05"),
    customer_name="Bakker",
)


class Limited:
    """What limited the calls: says what they proved, and that it was saved."""

    saved = 0

    def save(self) -> None:
        """Count that it was saved."""
        self.saved += 1

    def proven(self) -> tuple[str, ...]:
        """Return what the calls proved."""
        return ("sales_entries",)


def books(wire: Wire, limited: Limited | None = None) -> ExactBooks:
    kept = Kept()
    return ExactBooks(
        ConnectionId("acme"),
        client=client_of(wire),
        records=kept,
        cache=kept,
        limiter=limited or Limited(),
        logged_in_at=lambda: LOGIN,
        now=lambda: NOW,
    )


def shown(*rows: dict[str, Any]) -> requests.Response:
    """Return a page; JSON has no Decimal, and an amount arrives as a number."""
    return results(
        *(
            {name: float(v) if isinstance(v, Decimal) else v for name, v in row.items()}
            for row in rows
        )
    )


def without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: held for name, held in row.items() if name not in names}


def test_an_entry_is_found_by_its_reference_with_every_field() -> None:
    wire = Wire(shown(ENTRY))

    assert books(wire).entries_with_reference("2026'0412") == [READ]
    (asked,) = wire.asked
    assert asked == (
        "salesentry/SalesEntries?$select=AmountFC,Currency,Customer,CustomerName,EntryDate,EntryID,"
        "EntryNumber,Journal,YourRef&$filter=YourRef eq '2026''0412'"
    )


@pytest.mark.parametrize("empty", [None, ""])
def test_what_an_entry_may_lack_is_empty(empty: str | None) -> None:
    names = ("YourRef", "Currency", "CustomerName")
    for row in (without(ENTRY, *names), ENTRY | dict.fromkeys(names, empty)):
        (card,) = books(Wire(shown(row))).entries_with_reference("20260412")
        assert (card.your_ref, card.currency, card.customer_name) == ("", "", "")


@pytest.mark.parametrize(
    "name", ["EntryID", "EntryNumber", "Journal", "Customer", "AmountFC", "EntryDate"]
)
@pytest.mark.parametrize("empty", [None, "", "absent"])
def test_an_entry_without_what_tells_it_from_others_is_asked_for_again(
    name: str, empty: str | None
) -> None:
    row = without(ENTRY, name) if empty == "absent" else ENTRY | {name: empty}

    with pytest.raises(Retry, match="salesentry/SalesEntries"):
        books(Wire(shown(row))).entries_with_reference("20260412")


@pytest.mark.parametrize(
    ("name", "odd"),
    [
        ("EntryID", 7),
        ("EntryNumber", True),
        ("Journal", ["70"]),
        ("Customer", 7),
        ("AmountFC", "much"),
        ("Currency", True),
        ("EntryDate", "31-10-2026"),
        ("YourRef", ["20260412"]),
    ],
)
def test_an_entry_with_a_field_of_another_kind_is_asked_for_again(name: str, odd: object) -> None:
    with pytest.raises(Retry):
        books(Wire(shown(ENTRY | {name: odd}))).entries_with_reference("20260412")


def test_an_entry_is_there_when_exact_shows_its_id() -> None:
    wire = Wire(results({"EntryID": "e-1"}), results())

    assert books(wire).has_entry(ExactId("e-1")) is True
    assert books(wire).has_entry(ExactId("e-1")) is False
    assert wire.asked[0] == "salesentry/SalesEntries?$select=EntryID&$filter=EntryID eq guid'e-1'"


def test_a_month_of_a_journal_is_asked_for_from_its_first_day_to_that_of_the_next() -> None:
    row = without(ENTRY, "Journal", "EntryDate", "CustomerName")
    wire = Wire(shown(row, without(row, "YourRef", "Currency", "Customer")))

    found = list(books(wire).entries("7'0", Period(2026, 12), lines=False))

    assert found == [
        JournalRow(
            id=ExactId("e-1"),
            number="26700001",
            your_ref="20260412",
            currency="EUR",
            amount=Decimal("121.05"),
            lines=None,
            customer="c-1",
        ),
        JournalRow(ExactId("e-1"), "26700001", "", "", Decimal("121.05"), None, ""),
    ]
    (asked,) = wire.asked
    assert asked == (
        "salesentry/SalesEntries?$select=AmountFC,Currency,Customer,EntryID,EntryNumber,YourRef"
        "&$filter=Journal eq '7''0' and EntryDate ge datetime'2026-12-01T00:00:00'"
        " and EntryDate lt datetime'2027-01-01T00:00:00'"
    )


def test_a_journal_shows_the_lines_of_its_entries_on_request() -> None:
    wire = Wire(shown(ENTRY | {"SalesEntryLines": {"results": [{"ID": "l-1"}, {"ID": "l-2"}]}}))

    (found,) = books(wire).entries("70", Period(2026, 11), lines=True)

    assert found.lines == 2
    assert "&$expand=SalesEntryLines&" in wire.asked[0]
    assert ",SalesEntryLines&" in wire.asked[0], "it is selected as well"


@pytest.mark.parametrize("name", ["EntryID", "EntryNumber", "AmountFC"])
def test_a_row_of_a_journal_that_cannot_be_told_from_others_is_asked_for_again(name: str) -> None:
    with pytest.raises(Retry, match="salesentry/SalesEntries"):
        list(books(Wire(shown(ENTRY | {name: None}))).entries("70", Period(2026, 11), lines=False))


def test_documents_are_found_by_their_entry_and_files_by_their_document() -> None:
    documents = [{"ID": "d-1", "Subject": "Factuur", "Type": 10}, {"ID": "d-2", "Type": "10"}]
    wire = Wire(results(*documents), results({"ID": "f-1", "FileName": "a.pdf", "FileSize": 1234}))
    ours = books(wire)

    assert ours.documents_of_entry(ExactId("e-1")) == [
        DocumentCard(ExactId("d-1"), "Factuur", 10),
        DocumentCard(ExactId("d-2"), "", 10),
    ]
    assert ours.attachments_of_document(ExactId("d-1")) == [
        AttachmentCard(ExactId("f-1"), "a.pdf", 1234)
    ]
    of_entry, of_document = wire.asked
    assert of_entry == (
        "documents/Documents?$select=ID,Subject,Type"
        "&$filter=FinancialTransactionEntryID eq guid'e-1'"
    )
    assert of_document == (
        "documents/DocumentAttachments?$select=FileName,FileSize,ID&$filter=Document eq guid'd-1'"
    )


type Read = Callable[[ExactBooks], object]
DOCUMENT = {"ID": "d-1", "Subject": "Factuur", "Type": 10}
FILE = {"ID": "f-1", "FileName": "a.pdf", "FileSize": 1234}


@pytest.mark.parametrize(
    ("row", "read", "endpoint"),
    [
        (DOCUMENT | {"ID": None}, lambda b: b.documents_of_entry(ExactId("e")), "documents/Docu"),
        (DOCUMENT | {"Type": None}, lambda b: b.documents_of_entry(ExactId("e")), "documents/Docu"),
        (DOCUMENT | {"Type": "x"}, lambda b: b.documents_of_entry(ExactId("e")), "documents/Docu"),
        (DOCUMENT | {"Subject": []}, lambda b: b.documents_of_entry(ExactId("e")), "documents/D"),
        (FILE | {"ID": None}, lambda b: b.attachments_of_document(ExactId("d")), "DocumentAtt"),
        (FILE | {"FileName": ""}, lambda b: b.attachments_of_document(ExactId("d")), "DocumentAtt"),
        (FILE | {"FileName": []}, lambda b: b.attachments_of_document(ExactId("d")), "DocumentAtt"),
        (FILE | {"FileSize": ""}, lambda b: b.attachments_of_document(ExactId("d")), "DocumentAtt"),
        (FILE | {"FileSize": "x"}, lambda b: b.attachments_of_document(ExactId("d")), "DocumentAt"),
    ],
)
def test_a_document_or_file_that_cannot_be_read_is_asked_for_again(
    row: dict[str, Any], read: Read, endpoint: str
) -> None:
    with pytest.raises(Retry, match=endpoint):
        read(books(Wire(results(row))))


def created(body: dict[str, Any]) -> requests.Response:
    return answer({"d": body}, 201)


def test_a_posted_record_comes_back_as_exact_stored_it() -> None:
    wire = Wire(created({"EntryID": "e-1", "More": 1}), created({"ID": "d-1"}), created(FILE))
    ours = books(wire)

    assert ours.post_entry({"Journal": "70"}) == {"EntryID": "e-1", "More": 1}
    assert ours.post_document({"Type": 10}) == ExactId("d-1")
    assert ours.post_attachment({"Document": "d-1"}) == AttachmentCard(
        ExactId("f-1"), "a.pdf", 1234
    )
    assert [(each.url or "").rpartition("987654/")[2] for each in wire.sent] == [
        "salesentry/SalesEntries",
        "documents/Documents",
        "documents/DocumentAttachments",
    ]
    assert [each.body for each in wire.sent] == [
        b'{"Journal": "70"}',
        b'{"Type": 10}',
        b'{"Document": "d-1"}',
    ]


@pytest.mark.parametrize(
    ("stored", "post"),
    [
        ({"EntryID": ""}, lambda b: b.post_entry({})),
        ({"EntryID": None, "ID": "e-1"}, lambda b: b.post_entry({})),
        ({"ID": "e-1"}, lambda b: b.post_entry({})),
        ({"ID": ""}, lambda b: b.post_document({})),
        ({"EntryID": "d-1"}, lambda b: b.post_document({})),
        (FILE | {"FileSize": None}, lambda b: b.post_attachment({})),
        (without(FILE, "ID"), lambda b: b.post_attachment({})),
    ],
)
def test_a_posted_record_without_its_id_may_or_may_not_be_stored(
    stored: dict[str, Any], post: Read
) -> None:
    with pytest.raises(Uncertain):
        post(books(Wire(created(stored))))


def test_the_books_tell_what_they_proved_and_share_the_calls_that_are_left() -> None:
    limited = Limited()
    ours = books(Wire(), limited)

    assert ours.proven() == ("sales_entries",)
    assert ours.logged_in_at() == LOGIN
    assert limited.saved == 0
    ours.close()
    assert limited.saved == 1

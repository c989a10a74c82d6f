"""One relation with its addresses and contacts, drawn from a seeded source."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from tests.sandbox.exact_online.generator import words
from tests.sandbox.exact_online.values import Row, account_code, padded

EPOCH = datetime(2021, 1, 4, 8, 0, tzinfo=UTC)
MINUTES_OF_HISTORY = 2_500_000
VISIT_FIELDS = (
    "AddressLine1",
    "AddressLine2",
    "Postcode",
    "City",
    "State",
    "Country",
    "CountryName",
    "StateDescription",
    "Phone",
)


@dataclass(slots=True)
class Relation:
    """An account with what hangs on it."""

    account: Row
    addresses: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)


def guid(random: Random) -> str:
    """Draw a GUID."""
    return str(UUID(int=random.getrandbits(128), version=4))


def draw_relation(random: Random, number: int, code: str) -> Relation:
    """Draw an active customer; what makes it something else is laid over it afterwards."""
    stamp = EPOCH + timedelta(minutes=random.randrange(MINUTES_OF_HISTORY))
    relation = Relation(_draw_account(random, number, code, stamp))
    account = relation.account
    _draw_contacts(random, relation)
    visit = {name: account[name] for name in VISIT_FIELDS if name in account}
    relation.addresses.append(_address(random, account, 1, visit))
    if random.random() < 0.15:  # noqa: PLR2004 - the share of relations with an invoice address
        invoice = _draw_place(random) | {"Phone": account.get("Phone")}
        relation.addresses.append(_address(random, account, 3, invoice, relation.contacts))
    return relation


def _draw_name(random: Random, number: int) -> str:
    draw = random.random()
    if number < len(words.SPECIAL_NAMES):
        return words.SPECIAL_NAMES[number]
    if draw < 0.02:  # noqa: PLR2004 - the share of names of about 80 characters
        return random.choice(words.LONG_NAMES)
    if draw < 0.05:  # noqa: PLR2004 - the share of names with signs that break careless code
        return f"{random.choice(words.SPECIAL_NAMES)} {random.choice(words.CITIES)[0]}"
    surname, branch = random.choice(words.SURNAMES), random.choice(words.BRANCHES)
    return f"{surname} {branch} {random.choice(words.FORMS)}"


def _draw_email(random: Random, number: int) -> str | None:
    draw = random.random()
    domain = f"relatie{number}.example"
    if draw < 0.08:  # noqa: PLR2004 - the share without an address
        return None
    if draw < 0.11:  # noqa: PLR2004 - the share with one that is none
        return random.choice(words.INVALID_EMAILS)
    if draw < 0.16:  # noqa: PLR2004 - the share with several in one field
        return f"info@{domain}; administratie@{domain}"
    if draw < 0.18:  # noqa: PLR2004 - the share with a valid one beside an invalid one
        return f"Facturen@{domain}, geen"
    return f"info@{domain}"


def _draw_place(random: Random) -> Row:
    street = f"{random.choice(words.STREETS)} {random.randrange(1, 400)}"
    if random.random() < 0.04:  # noqa: PLR2004 - the share outside the Netherlands
        country, name, city, postcode = random.choice(words.ABROAD)
        place: Row = {"AddressLine1": street, "Postcode": postcode, "City": city}
        return place | {"Country": padded(country, 3), "CountryName": name}
    town, province, state = random.choice(words.CITIES)
    place = {
        "AddressLine1": street,
        "Postcode": f"{random.randrange(1011, 9999)} {random.choice('ABCDEGHJ')}B",
        "City": town,
        "State": state,
        "StateDescription": province,
        "Country": "NL ",
        "CountryName": "Nederland",
    }
    if random.random() < 0.1:  # noqa: PLR2004 - the share with a second address line
        place["AddressLine2"] = f"Gebouw {random.choice('ABCD')}"
    return place


def _draw_vat_number(random: Random, country: str) -> str | None:
    digits = f"{random.randrange(10**8, 10**9)}"
    if random.random() < 0.2:  # noqa: PLR2004 - the share without a VAT number
        return None
    if country != "NL ":
        return f"{country.strip()}{digits}"
    if random.random() < 0.1:  # noqa: PLR2004 - the share typed with dots
        return f"NL{digits[:4]}.{digits[4:6]}.{digits[6:]}.B01"
    return f"NL{digits}B01"


def _draw_account(random: Random, number: int, code: str, stamp: datetime) -> Row:
    place = _draw_place(random)
    account: Row = {
        "ID": guid(random),
        "Code": account_code(code),
        "Name": _draw_name(random, number),
        "Type": "A",
        "Status": "C",
        "Blocked": False,
        "IsSales": True,
        "IsSupplier": False,
        "IsAnonymised": 0,
        "StartDate": stamp.replace(hour=0, minute=0),
        "Email": _draw_email(random, number),
        "Phone": f"0{random.randrange(10, 89)}-{random.randrange(1000000, 9999999)}",
        "Language": "NL        ",
        "VATNumber": _draw_vat_number(random, place["Country"]),
        "ChamberOfCommerce": f"{random.randrange(10**7, 10**8)}",
        "SalesVATCode": random.choice(("2  ", "2  ", "2  ", "1  ", None)),
        "PaymentConditionSales": random.choice(("30", "30", "14", "60", None)),
        "SalesCurrency": "EUR",
        "Created": stamp,
        "Modified": stamp + timedelta(seconds=random.randrange(10**7)),
    }
    return account | place | {"StateName": place.get("StateDescription")}


def _draw_contacts(random: Random, relation: Relation) -> None:
    account = relation.account
    for position in range(random.choice((0, 1, 1, 1, 1, 1, 2))):
        first, prefix = random.choice(words.FIRST_NAMES), random.choice(words.PREFIXES)
        last = random.choice(words.SURNAMES)
        contact: Row = {
            "ID": guid(random),
            "Account": account["ID"],
            "AccountName": account["Name"],
            "AccountIsCustomer": True,
            "Code": account["Code"],
            "FirstName": first,
            "MiddleName": prefix or None,
            "LastName": last,
            "FullName": " ".join(part for part in (first, prefix, last) if part),
            "BusinessEmail": f"{last.lower()}@contact.example" if position == 0 else None,
            "Email": account["Email"] if position else None,
            "IsMainContact": position == 0,
            "Created": account["Created"],
            "Modified": account["Modified"],
        }
        if random.random() < 0.03:  # noqa: PLR2004 - the share that has left
            contact["EndDate"] = datetime(2024, 6, 30, tzinfo=UTC)
        relation.contacts.append(contact)
        if position == 0:
            account["MainContact"] = contact["ID"]


def _address(
    random: Random, account: Row, kind: int, place: Row, contacts: list[Row] | None = None
) -> Row:
    row = place | {"ID": guid(random), "Account": account["ID"], "Type": kind, "Main": True}
    if contacts:
        row |= {"Contact": contacts[0]["ID"], "ContactName": contacts[0]["FullName"]}
    stamps = {name: account[name] for name in ("Created", "Modified")}
    return row | stamps | {"AccountName": account["Name"]}

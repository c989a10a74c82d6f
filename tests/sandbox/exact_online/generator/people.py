"""Employees, with the private data that the link must never ask for."""

from datetime import UTC, datetime, timedelta
from random import Random

from tests.sandbox.exact_online.generator import words
from tests.sandbox.exact_online.generator.masters import master_id, set_up
from tests.sandbox.exact_online.values import Row
from tests.sandbox.exact_online.world import World

STARTED = datetime(2022, 5, 1, tzinfo=UTC)
LEFT = datetime(2025, 6, 30, tzinfo=UTC)
LEAVES_ONE_DAY = datetime(2099, 6, 30, tzinfo=UTC)
WORD_CODE = "INHUUR-1"
FIRST_HID = 101

# L 3.6, S13: nobody outside the company's own staff department may read these.
PRIVATE_FIELDS = frozenset(
    {
        *("AddressStreet", "AddressStreetNumber", "Postcode", "City", "Country"),
        *("BirthDate", "BirthName", "BirthPlace", "Gender", "MaritalStatus", "Nationality"),
        *("Email", "PrivateEmail", "Phone", "Mobile", "PartnerName", "SocialSecurityNumber"),
    }
)

# What is special about the first employees; the others are drawn.
SPECIAL: tuple[Row, ...] = (
    {
        "Code": "3",
        "FirstName": "Sanne",
        "MiddleName": "van",
        "LastName": "Veldhuis",
        "BusinessEmail": "sanne@veldhuis.example",
    },
    {"Code": "4", "FirstName": None, "Initials": "J.P."},
    {"Code": "5", "BusinessEmail": "inge@veldhuis.example; planning@veldhuis.example"},
    {"Code": "6", "EndDate": LEFT, "IsActive": False},
    {"Code": " 0012", "MiddleName": "van 't", "LastName": "Hoenderloo-d'Ancona"},
    {"Code": "13", "BusinessPhone": None, "BusinessMobile": "06-55500013"},
    {"Code": "14", "EndDate": LEAVES_ONE_DAY, "BusinessEmail": "geen"},
    {"Code": "15", "BusinessEmail": None, "BusinessPhone": None},
)
FIRST_DRAWN = 16


def make_employees(world: World, count: int, random: Random) -> None:
    """Add `count` employees whose code is a number, and one whose code is none."""
    for number in range(count):
        special = SPECIAL[number] if number < len(SPECIAL) else {}
        code = str(FIRST_DRAWN + number - len(SPECIAL))
        _store(world, _drawn(number, random) | {"Code": code} | special)
    _store(world, _drawn(count, random) | {"Code": WORD_CODE})


def _store(world: World, row: Row) -> None:
    names = (row["FirstName"], row["MiddleName"], row["LastName"])
    own = {
        "ID": master_id("employee", row["Code"]),
        "FullName": " ".join(name for name in names if name),
    }
    set_up(world, "Employees", row | own)


def _drawn(number: int, random: Random) -> Row:
    first, last = random.choice(words.FIRST_NAMES), random.choice(words.SURNAMES)
    work: Row = {
        "EmployeeHID": FIRST_HID + number,
        "HID": FIRST_HID + number,
        "FirstName": first,
        "MiddleName": random.choice(words.PREFIXES) or None,
        "LastName": last,
        "Initials": f"{first[0]}.",
        "BusinessEmail": f"{last.lower()}{number}@veldhuis.example",
        "BusinessPhone": f"0570-{random.randrange(100_000, 999_999)}",
        "BusinessMobile": None,
        "IsActive": True,
        "IsAnonymised": 0,
        "StartDate": STARTED,
    }
    return work | _private(number, random)


def _private(number: int, random: Random) -> Row:
    town, _, _ = random.choice(words.CITIES)
    return {
        "AddressStreet": random.choice(words.STREETS),
        "AddressStreetNumber": str(random.randrange(1, 200)),
        "Postcode": f"{random.randrange(1011, 9999)} AB",
        "City": town,
        "Country": "NL ",
        "BirthDate": datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=random.randrange(12_000)),
        "BirthName": random.choice(words.SURNAMES),
        "BirthPlace": town,
        "Gender": random.choice(("M", "V")),
        "MaritalStatus": random.randrange(1, 5),
        "Nationality": "NL",
        "Email": f"prive{number}@thuis.example",
        "PrivateEmail": f"prive{number}@thuis.example",
        "Phone": f"0571-{random.randrange(100_000, 999_999)}",
        "Mobile": f"06-{random.randrange(10_000_000, 99_999_999)}",
        "PartnerName": random.choice(words.SURNAMES),
        "SocialSecurityNumber": f"9999{number:05d}",
    }

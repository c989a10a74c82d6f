"""What a likely double is, and what customers are recognised by (found in `doubles.py`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from koppeling.core.ids import ExactId, MilestonesId
from koppeling.core.text import code_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a customer is recognised by; empty where it is not known."""

    code: str
    name: str
    vat_number: str = ""
    chamber_of_commerce: str = ""
    iban: str = ""
    email: str = ""
    postcode: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts(Facts):
    """A relation of Exact."""

    exact_id: ExactId


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerFacts(Facts):
    """A customer of QicsMilestones."""

    milestones_id: MilestonesId


@dataclass(frozen=True, slots=True)
class LikelyDouble:
    """Two that are probably one, with a score in percent.

    `reasons` are codes, which have their words in `messages/`. A preview knows a relation by its
    number alone, which is its `exact_id` then.
    """

    exact_id: ExactId
    exact_code: str
    exact_name: str
    milestones_id: MilestonesId
    milestones_code: str
    milestones_name: str
    score: int
    reasons: tuple[str, ...]


_FIELDS = {
    "name": "Name",
    "vat_number": "VatNumber",
    "chamber_of_commerce": "ChamberOfCommerceNumber",
    "email": "VisitAddressEmailAddress",
    "postcode": "VisitAddressZipCode",
    "city": "VisitAddressCity",
}


def facts_of(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the facts in the link fields of a CustomerCompany, which both sides have alike."""
    found = {name: str(values.get(field) or "") for name, field in _FIELDS.items()}
    found["code"] = code_of(values.get("CustomerCode")) or ""
    return found

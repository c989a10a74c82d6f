"""Pairs of firms, labelled by hand: the same customer, or two. All of them are invented.

`doubles_tuning.csv` was looked at while the scores were chosen, `doubles_apart.csv` was not.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from koppeling.core.ids import ExactId, MilestonesId
from koppeling.pull.doubles import (
    DEFAULT_THRESHOLD,
    likely_doubles,
)
from koppeling.pull.doubles_facts import AccountFacts, CustomerFacts, LikelyDouble

_FOLDER = Path(__file__).parent / "examples"
_FACTS = {"kvk": "chamber_of_commerce", "vat": "vat_number", "iban": "iban", "mail": "email"}


@dataclass(frozen=True, slots=True)
class Example:
    """A pair and its label; `why` says what makes it easy or hard."""

    is_same: bool
    why: str
    account: AccountFacts
    customer: CustomerFacts

    def found(self, threshold: float = 0.0) -> LikelyDouble | None:
        """Return the pair when it is found."""
        return next(iter(likely_doubles([self.account], [self.customer], threshold)), None)


@dataclass(frozen=True, slots=True)
class Measured:
    """How well pairs are told apart at a threshold."""

    right: int
    wrong: list[Example]
    missed: list[Example]

    @property
    def precision(self) -> float:
        """Of those found, the part that is one customer indeed."""
        return self.right / (self.right + len(self.wrong))

    @property
    def recall(self) -> float:
        """Of those that are one customer, the part that is found."""
        return self.right / (self.right + len(self.missed))


def examples(name: str) -> list[Example]:
    """Return the examples of one file."""
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [_example(row) for row in csv.DictReader(file, delimiter=";")]


def measured(pairs: Iterable[Example], threshold: float = DEFAULT_THRESHOLD) -> Measured:
    """Return how well these pairs are told apart."""
    found = [(each, each.found(threshold) is not None) for each in pairs]
    return Measured(
        sum(each.is_same and is_found for each, is_found in found),
        [each for each, is_found in found if is_found and not each.is_same],
        [each for each, is_found in found if each.is_same and not is_found],
    )


def _example(row: dict[str, str]) -> Example:
    account = AccountFacts(
        exact_id=ExactId("a"), code="1", name=row["exact_name"], **_facts(row["exact_facts"])
    )
    customer = CustomerFacts(
        milestones_id=MilestonesId("1"),
        code="2",
        name=row["milestones_name"],
        **_facts(row["milestones_facts"]),
    )
    return Example(row["label"] == "same", row["why"], account, customer)


def _facts(text: str) -> dict[str, str]:
    """Return facts as `kvk=12345678|at=8011AB Zwolle` has them."""
    facts: dict[str, str] = {}
    for each in filter(None, text.split("|")):
        kind, _, value = each.partition("=")
        if kind == "at":
            facts["postcode"], facts["city"] = _address(value)
        else:
            facts[_FACTS[kind]] = value
    return facts


def _address(text: str) -> list[str]:
    """Return the postcode, with its letters apart or not, and the town."""
    return re.split(r"(?<=\d[A-Z]{2}) |(?<=\d [A-Z]{2}) |(?<=\d) (?![A-Z]{2} )", text, maxsplit=1)

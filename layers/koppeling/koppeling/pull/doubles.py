"""Likely doubles: a customer that stands in both systems, under another number in each.

Only those are compared that no number links already. Comparing each with each takes too long, so
two are only looked at when they share a number, a domain, or a part of their name.

accounts, customers ──► those of one number fall out ──► pairs that share something
                                                              │
                             the likely ones, best first ◄── score and reasons
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

from koppeling.pull.doubles_facts import AccountFacts, CustomerFacts, Facts, LikelyDouble
from koppeling.pull.doubles_names import FirmName, Likeness, compare, firm_name
from koppeling.pull.doubles_words import FREE_MAIL

# At this score 95 of 100 pairs are doubles, by the labelled pairs of the tests
DEFAULT_THRESHOLD = 0.8
# A part of a name that so many have tells nothing; it also bounds the work
MOST_IN_A_BLOCK = 40
# A name that more have than the two of a pair says little
PAIR = 2
# An establishment has four digits more than its firm
KVK_DIGITS = 8
# What a person still wants to choose from
MOST_FOR_ONE = 3
# The letters at either end of a word by which a slip in it is still found
END_OF_WORD = 4


@dataclass(frozen=True, slots=True)
class _Prepared[Of: Facts]:
    """Facts in the form in which they are compared."""

    facts: Of
    name: FirmName
    numbers: Mapping[str, str]
    domain: str
    postcode: str
    place: frozenset[str]

    def shared_keys(self) -> Iterator[str]:
        """Yield what another one may share with this one."""
        yield from (f"{kind} {number}" for kind, number in self.numbers.items() if number)
        if self.domain:
            yield f"domain {self.domain}"
        yield f"whole {self.name.whole}"
        yield f"whole {''.join(sorted(self.name.words))}"
        for word in self.name.telling:
            yield f"word {word}"
            if len(word) > END_OF_WORD:
                yield f"begin {word[:END_OF_WORD]}"
                yield f"end {word[-END_OF_WORD:]}"


def likely_doubles(
    accounts: Iterable[AccountFacts],
    customers: Iterable[CustomerFacts],
    threshold: float = DEFAULT_THRESHOLD,
) -> list[LikelyDouble]:
    """Return the pairs that are probably one customer, the likeliest first."""
    ours, theirs = list(accounts), list(customers)
    linked = {each.code for each in ours} & {each.code for each in theirs}
    left = [_prepared(each) for each in ours if each.code not in linked]
    right = [_prepared(each) for each in theirs if each.code not in linked]
    index = _indexed(right)
    how_often = Counter(each.name.whole for each in (*left, *right))
    found: list[LikelyDouble] = []
    for account in left:
        near = {
            place: right[place] for key in account.shared_keys() for place in index.get(key, ())
        }
        looked_at = ((each.facts, _evidence(account, each, how_often)) for each in near.values())
        likely = [
            _double(account.facts, theirs, evidence)
            for theirs, evidence in looked_at
            if evidence.score >= threshold
        ]
        found.extend(sorted(likely, key=_best_first)[:MOST_FOR_ONE])
    return sorted(found, key=_best_first)


def _best_first(double: LikelyDouble) -> tuple[int, str, str]:
    return -double.score, double.exact_code, double.milestones_code


def _indexed(customers: Sequence[_Prepared[CustomerFacts]]) -> Mapping[str, list[int]]:
    index: defaultdict[str, list[int]] = defaultdict(list)
    for place, customer in enumerate(customers):
        for key in set(customer.shared_keys()):
            index[key].append(place)
    return {key: places for key, places in index.items() if len(places) <= MOST_IN_A_BLOCK}


def _prepared[Of: Facts](facts: Of) -> _Prepared[Of]:
    domain = facts.email.rpartition("@")[2].strip().lower()
    return _Prepared(
        facts,
        firm_name(facts.name),
        {
            "vat-number": _letters(facts.vat_number).removeprefix("NL"),
            "chamber-of-commerce": _letters(facts.chamber_of_commerce)[:KVK_DIGITS],
            "iban": _letters(facts.iban),
        },
        "" if domain in FREE_MAIL else domain,
        _letters(facts.postcode),
        frozenset(firm_name(facts.city).words) if facts.city else frozenset(),
    )


def _letters(text: str) -> str:
    return "".join(each for each in text.upper() if each.isalnum())


def _evidence(
    account: _Prepared[AccountFacts],
    customer: _Prepared[CustomerFacts],
    how_often: Mapping[str, int],
) -> "_Evidence":
    one, other = account.name, customer.name
    is_usual = one.is_common or max(how_often[one.whole], how_often[other.whole]) > PAIR
    return _Evidence(
        compare(one, other, account.place | customer.place),
        tuple(k for k, number in account.numbers.items() if number == customer.numbers[k] != ""),
        has_other_number=_differ(account.numbers, customer.numbers),
        has_domain=account.domain == customer.domain != "",
        is_near=_is_near(account, customer),
        is_usual=is_usual or (one.is_local and _is_far(account, customer)),
    )


def _double(ours: AccountFacts, theirs: CustomerFacts, evidence: "_Evidence") -> LikelyDouble:
    return LikelyDouble(
        ours.exact_id,
        ours.code,
        ours.name,
        theirs.milestones_id,
        theirs.code,
        theirs.name,
        round(evidence.score * 100),
        evidence.reasons,
    )


_NO_NAME = frozenset({Likeness.SISTERS, Likeness.DIFFERENT})


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What speaks for and against a pair.

    `shared` are the numbers that both have; the name `is_usual` when others may well have it too.
    """

    likeness: Likeness
    shared: tuple[str, ...]
    _: KW_ONLY
    has_other_number: bool
    has_domain: bool
    is_near: bool
    is_usual: bool

    @property
    def score(self) -> float:
        """Return how likely it is, from 0 to 1; what decides is the strongest evidence."""
        if self.shared:
            return _BY_NUMBER[self.likeness]
        if self.has_other_number:
            return 0.0
        if self.has_domain:
            return _BY_DOMAIN[self.likeness]
        if self.is_near:
            return _BY_PLACE[self.likeness]
        if self.is_usual:
            return 0.5 * _BY_NAME[self.likeness]
        return _BY_NAME[self.likeness]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return why they may be one, by codes that have their words in `messages/`."""
        domain = ["email-domain"] if self.has_domain else []
        name = [] if self.likeness in _NO_NAME else [f"name-{self.likeness.value}"]
        return (*self.shared, *domain, *name, *(["place"] if self.is_near else []))


# In the order of `Likeness`: equal, shortened, slip, part, sisters, different
_BY_NUMBER = dict(zip(Likeness, (0.99, 0.99, 0.98, 0.95, 0.6, 0.85), strict=True))
_BY_DOMAIN = dict(zip(Likeness, (0.97, 0.96, 0.95, 0.85, 0.4, 0.2), strict=True))
_BY_PLACE = dict(zip(Likeness, (0.95, 0.92, 0.88, 0.6, 0.3, 0.0), strict=True))
_BY_NAME = dict(zip(Likeness, (0.85, 0.82, 0.7, 0.4, 0.2, 0.0), strict=True))


def _differ(ours: Mapping[str, str], theirs: Mapping[str, str]) -> bool:
    """Say whether both have a number of one kind, and not the same; a bank account may change."""
    kinds = ("vat-number", "chamber-of-commerce")
    return any(ours[kind] and theirs[kind] and ours[kind] != theirs[kind] for kind in kinds)


def _is_near(one: _Prepared[Any], other: _Prepared[Any]) -> bool:
    if one.postcode and other.postcode:
        return one.postcode == other.postcode
    return bool(one.place) and one.place == other.place


def _is_far(one: _Prepared[Any], other: _Prepared[Any]) -> bool:
    return bool(one.place and other.place) and one.place.isdisjoint(other.place)

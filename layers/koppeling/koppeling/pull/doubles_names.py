"""Names of firms, compared: equal but for legal form, alike, or of sisters that are not the same.

name ──► words without accents, legal forms and "en" ──► those that both have cancel out
                                                             │ what is left on either side
      a slip, a short form, a place or a word such as Holding ◄──┘
"""

import re
import unicodedata
from dataclasses import dataclass, field
from enum import Enum

from rapidfuzz.distance import OSA

from koppeling.pull.doubles_words import (
    FILLERS,
    FOUNDATIONS,
    LEGAL_FORMS,
    PARTICLES,
    ROMAN,
    SHORT_FORMS,
    SISTERS,
    SURNAMES,
    TRADES,
)

# Straight and typographic, and the accents that take their place
APOSTROPHES = "['\u2019`\u00b4]"
# Names that both have more words of their own than this are not looked at word by word
MOST_APART = 2
# Slips of the keyboard: one in a word of this length, two in a longer one
ONE_SLIP, TWO_SLIPS = 4, 9
SHORTEST_SHORT_FORM = 3
# A short form leaves out more letters than a plural or another spelling of a surname
LEFT_OUT = 3
# In a shorter word another letter in the place of one makes another word
ONE_FOR_ANOTHER = 7
# Two names written as one word each: the shortest in which slips are told from other names
SHORTEST_WHOLE = 8


class Likeness(Enum):
    """How alike two names are."""

    EQUAL = "equal"
    SHORTENED = "shortened"  # word order, short forms and initials
    SLIP = "slip"
    PART = "part"  # one has words more
    SISTERS = "sisters"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class FirmName:
    """A name in words; `whole` is what is left when it is written as one word.

    A word is `distinctive` when no sister has it for its own, and `telling` when it is no trade.
    """

    words: tuple[str, ...]
    whole: str
    is_foundation: bool = False
    is_company: bool = False
    distinctive: frozenset[str] = field(default_factory=frozenset)
    telling: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_common(self) -> bool:
        """Say whether only usual words are left: a surname, a trade, letters."""
        return all(word in SURNAMES | TRADES or len(word) == 1 for word in self.words)

    @property
    def is_local(self) -> bool:
        """Say whether it is of a trade that each town has its own firms of."""
        return not TRADES.isdisjoint(self.words)


def firm_name(name: str) -> FirmName:
    """Return a name without what two spellings of it may differ in."""
    words = _words(name)
    kept = tuple(word for word in words if word not in LEGAL_FORMS | FILLERS) or tuple(words)
    if len(kept) > 1 and kept[-1] in ROMAN:
        kept = (*kept[:-1], ROMAN[kept[-1]])
    named = tuple(word for word in kept if word not in PARTICLES | FOUNDATIONS) or kept
    return FirmName(
        named,
        "".join(kept),
        is_foundation=not FOUNDATIONS.isdisjoint(words),
        is_company=not LEGAL_FORMS.isdisjoint(words),
        distinctive=frozenset(named) - SISTERS,
        telling=frozenset(named) - SISTERS - TRADES,
    )


def compare(one: FirmName, other: FirmName, places: frozenset[str]) -> Likeness:
    """Return how alike two names are; `places` are the words of the towns of both."""
    at_once = _at_once(one, other)
    if at_once is not None:
        return at_once
    left = [word for word in one.words if word not in other.words]
    right = [word for word in other.words if word not in one.words]
    of_one_side = _of_one_side(left, right, places)
    if of_one_side is not None:
        return of_one_side
    if len(left) > MOST_APART < len(right):
        return Likeness.DIFFERENT
    return _word_by_word(left, right, (one, other), places)


def _at_once(one: FirmName, other: FirmName) -> Likeness | None:
    if not one.words or not other.words:
        return Likeness.DIFFERENT
    if (one.is_foundation and other.is_company) or (other.is_foundation and one.is_company):
        return Likeness.SISTERS
    if one.whole == other.whole or "".join(one.words) == "".join(other.words):
        return Likeness.EQUAL
    return None


def _of_one_side(left: list[str], right: list[str], places: frozenset[str]) -> Likeness | None:
    """Return what two names are of which one has nothing more, or only a town or initials."""
    more = left or right
    if left and right:
        return None
    if not more or all(len(each) == 1 and each.isalpha() for each in more):
        return Likeness.SHORTENED
    return Likeness.EQUAL if places.issuperset(more) else None


def _word_by_word(
    left: list[str], right: list[str], names: tuple[FirmName, FirmName], places: frozenset[str]
) -> Likeness:
    one, other = names
    pairs = [(each, found) for each in left if (found := _counterpart(each, right)) is not None]
    left = [each for each in left if each not in {mine for mine, _ in pairs}]
    right = [each for each in right if each not in {theirs for _, theirs in pairs}]
    more = [*left, *right]
    if not more:
        is_short = all(_is_short_form(*pair) for pair in pairs)
        return Likeness.SHORTENED if is_short else Likeness.SLIP
    tells_apart = any(word in SISTERS or word.isdigit() for word in more)
    if left and right and not tells_apart and _is_one_slip(one.whole, other.whole):
        return Likeness.SLIP
    if not one.distinctive & other.distinctive:
        return Likeness.DIFFERENT
    if tells_apart or (left and right and places.issuperset(more)):
        return Likeness.SISTERS
    return Likeness.DIFFERENT if left and right else Likeness.PART


def is_slip(one: str, other: str) -> bool:
    """Say whether one word may be the other one with a slip of the keyboard."""
    shorter = min(len(one), len(other))
    if shorter < ONE_SLIP or one.isdigit() or other.isdigit():
        return False
    if len(one) == len(other) < ONE_FOR_ANOTHER and sorted(one) != sorted(other):
        return False
    most = 1 if shorter < TWO_SLIPS else 2
    return OSA.distance(one, other, score_cutoff=most) <= most


def _words(name: str) -> list[str]:
    """Return the words of a name: lower case, no accents, letters with dots as one word."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ø", "o").replace("æ", "ae"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = re.sub(r"[&+]", " en ", plain)
    plain = re.sub(APOSTROPHES, "", plain)
    words: list[str] = []
    joins = False
    for word in re.findall(r"[a-z0-9]+", plain):
        is_letter = len(word) == 1 and word.isalpha()
        if is_letter and joins:
            words[-1] += word
        else:
            known = SHORT_FORMS.get(word) or word
            words.append(known.replace("buro", "bureau"))
        joins = is_letter
    return words


def _counterpart(word: str, others: list[str]) -> str | None:
    found = (each for each in others if is_slip(word, each) or _is_short_form(word, each))
    return next(found, None)


def _is_short_form(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    is_initial = len(short) == 1 and short.isalpha()
    is_short = len(short) >= SHORTEST_SHORT_FORM and len(long) - len(short) >= LEFT_OUT
    is_of_sister = long in SISTERS and short in SISTERS
    return (is_initial or is_short) and not is_of_sister and long.startswith(short)


def _is_one_slip(one: str, other: str) -> bool:
    is_long = min(len(one), len(other)) >= SHORTEST_WHOLE
    return is_long and OSA.distance(one, other, score_cutoff=1) <= 1

"""The messages of Exact when it refuses something, and the code of the catalogue for each.

The first row of the table that matches decides, so rows that name a field come before general ones.
Matching ignores case, a final full stop and any text between `[ ]`. When no row matches, it also
ignores spaces, colons, hyphens, what stands first, and whether "reference" is cut short: the same
message is worded in more than one way.
"""

# ruff: noqa: E501 - a row of the table is read as one line

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from koppeling.core.errors import Reject

ANYTHING_ELSE = "exact-rejected"  # X164


class Follows(StrEnum):
    """What follows from a message. The statuses 401 and 429 decide without one (X134)."""

    PERSON = "needs a person"  # only for this record: the others go on (DESIGN 5.4)
    RECONNECT = "reconnect"  # all work of this login waits for a new consent
    STOP = "stop"  # this user may not do this at all: the work waits for a right or a division


@dataclass(frozen=True, slots=True)
class Message:
    """A row: its rule, a pattern for the whole text, the code, and what follows.

    `refuses`: Exact checked the content and refused it, so that nothing was stored (X165). Texts
    that may come although something was stored have False: they prove nothing.
    """

    rule: str
    pattern: str
    code: str
    follows: Follows = Follows.PERSON
    refuses: bool = True


@dataclass(frozen=True, slots=True)
class Translation:
    """One thing to mend; `values` are the names in the text, and the literal `message`.

    `refuses` is that of the row; False for a text that no row knows.
    """

    code: str
    values: Mapping[str, str] = field(default_factory=dict)
    follows: Follows = Follows.PERSON
    refuses: bool = False


# fmt: off
MESSAGES = (
    Message("X138", r"Verplicht: Dagboek|Mandatory: (Diary|Journal)", "journal-unknown"),
    Message("X138", r"(Ongeldige referentie|Invalid reference): (Journals?|Dagboek)", "journal-unknown"),
    Message("X139", r"Ongeldig: Dagboek \((type|geblokkeerd)\)|Invalid: (Journal|Diary) \((type|blocked)\)", "journal-not-sales"),
    Message("X140", r"De klantenrekening van deze relatie is niet gelijk aan de rekening van het gebruikte verkoopdagboek|The accounts receivable of this account differs from the account of the sales journal", "debtor-account-mismatch"),
    Message("X141", r"Ongeldig: (Klant|Factuur voor) \(Type\)|Invalid: (Customer|Invoice to) \(Type\)", "debtor-not-customer"),
    Message("X141", r"Ongeldig: Klant \((Geblokkeerd|Einddatum)\)|Invalid: Customer \((Blocked|End date)\)", "debtor-blocked"),
    Message("X142", r"Account Verplicht: Code Verplicht: Naam|Klant werd niet gevonden in Exact|Customer was not found in Exact|Account( \S+)? could not be found", "debtor-not-found"),
    Message("X142", r"(Ongeldige referentie|Invalid reference): (Klant|Relatie|Customer|Account)", "debtor-not-found"),
    Message("X143", r"Niet herkende GUID-indeling", "debtor-not-found"),
    Message("X144", r"(Ongeldige referentie|Invalid reference): (Btw-code|VAT code)", "vat-code-unknown"),
    Message("X145", r"Ongeldig: Btw-percentage( \[\])?|Invalid: VAT percentage( \[\])?", "vat-percentage-invalid"),
    Message("X146", r"Invoer \d+: Het bedrag van de BTW regel met BTW code (?P<code>\S+) komt niet overeen met het totaal aan BTW-bedragen in de grondslagregels", "vat-code-inclusive"),
    Message("X146", r"Entry \d+: The amount of the VAT line with VAT code (?P<code>\S+) does not match the total of the VAT amounts in the base lines", "vat-code-inclusive"),
    Message("X147", r"Invalid VAT number|Ongeldig: Btw-nummer( \[\])?", "vat-number-invalid"),
    Message("X148", r"(Ongeldige referentie|Invalid reference): (Betalingsconditie|Payment condition)", "payment-condition-unknown"),
    Message("X149", r"(Verplicht|Mandatory): (Betalingsconditie|vervaldatum|Payment condition|Due date)", "payment-condition-required"),
    Message("X150", r"Grootboek (?P<code>\S+) niet gevonden in Exact", "gl-account-unknown"),
    Message("X150", r"G/L account (?P<code>\S+) (not found in Exact|could not be found)", "gl-account-unknown"),
    Message("X150", r"(Ongeldige referentie|Invalid reference): (Grootboekrekening|G/L account)", "gl-account-unknown"),
    Message("X151", r"Ongeldig: Grootboekrekeningtype|Invalid: (G/L account type|Type of G/L account)", "gl-account-wrong-type"),
    Message("X152", r"(Ongeldige referentie|Invalid reference): (Kostenplaats|Cost cent(er|re))", "cost-center-unknown"),
    Message("X152", r"(Ongeldige referentie|Invalid reference): (Kostendrager|Cost unit)", "cost-center-unknown"),
    Message("X115", r"(Verplicht|Mandatory): (Kostenplaats|Cost cent(er|re))", "cost-center-required"),
    Message("X115", r"(Verplicht|Mandatory): (Kostendrager|Cost unit)", "cost-center-required"),
    Message("X153", r"(Ongeldige referentie|Invalid reference): Project", "project-unknown"),
    Message("X154", r"Niet toegestaan: (Wisselkoers|Valuta)|Not allowed: (Exchange rate|Currency)", "exchange-rate-not-allowed"),
    Message("X155", r"(Periode is afgesloten|Period is closed): (?P<period>.+)", "period-closed"),
    Message("X156", r"Onbekend: Boekjaar \(Periode-datum tabel\)|Unknown: Fiscal year \(Period - date table\)", "fiscal-year-unknown"),
    Message("X157", r"In gebruik: Boekstuknummer|In use: Entry number|Already used as (document|entry) number", "entry-number-in-use"),
    Message("X157", r"Bestaat al bij Exact met boekstuknr: (?P<entry_number>.+)", "entry-number-in-use"),
    Message("X158", r"Gegeven bestaat reeds|Data already exists", ANYTHING_ELSE, refuses=False),
    Message("X159", r"Reeds verwerkt|Already processed", "entry-already-processed", refuses=False),
    Message("X160", r"Ongeldig: E-mail( \[\])?|Invalid: Email( \[\])?", "email-invalid"),
    Message("X161", r"Document Type not allowed", "exact-user-type-not-allowed"),
    Message("X162", r"Wrong Division", "exact-division-not-accessible", Follows.STOP),
    Message("X163", r"\(401\) Niet gemachtigd|Error getting access token using refresh token|AuthorizationRequiredException", "exact-reconnect-needed", Follows.RECONNECT, refuses=False),
    Message("X163", r"\(403\) Forbidden", "exact-no-rights", Follows.STOP, refuses=False),
    Message("X128", r"Error processing request stream\. Error encountered in converting the value from request payload for property 'Attachment' to type 'Byte\[\]'", "pdf-damaged"),
    Message("X137", r"(Verplicht|Mandatory): (?P<field>.+)", "exact-field-required"),
)
# fmt: on


def translate(text: str) -> list[Translation]:
    r"""Return one translation for each message in an error text; messages end with \r\n (X132)."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [_translate(line) for line in lines] or [Translation(ANYTHING_ELSE, {"message": ""})]


def code_of(refusal: Reject) -> str:
    """Return the code of the first message; a refusal without a message has its own code."""
    message = refusal.values.get("message")
    return translate(message)[0].code if message else refusal.code


def _translate(line: str) -> Translation:
    text = " ".join(re.sub(r"\[[^\]]*\]", "[]", line).split()).rstrip(".").rstrip()
    for row, match in (*_matches(text), *_loose_matches(text)):
        named = {k: v for k, v in match.groupdict().items() if v and "[]" not in v}
        values = {**named, **_kind(row, text), "message": line}
        return Translation(row.code, values, row.follows, row.refuses)
    return Translation(ANYTHING_ELSE, {"message": line})


def _matches(text: str) -> Iterator[tuple[Message, re.Match[str]]]:
    for row in MESSAGES:
        if match := re.fullmatch(row.pattern, text, re.IGNORECASE):
            yield row, match


def _loose_matches(text: str) -> Iterator[tuple[Message, re.Match[str]]]:
    for row in MESSAGES:
        for pattern in _loosened(row.pattern):
            if match := re.fullmatch(pattern, text, re.IGNORECASE):
                yield row, match


@cache
def _loosened(pattern: str) -> tuple[str, ...]:
    """Return the forms of a pattern without its spaces and colons, in both orders of its parts."""
    forms: list[str] = []
    for text in _parts(pattern, "|"):
        head, *tail = _parts(text, ":")
        forms.append(text)
        if tail and ".+" not in text:  # what may be anything would swallow the rest
            forms.append(":".join([*tail, f" {head}"]))
    return tuple(_loose(form) for form in forms)


def _loose(form: str) -> str:
    spaced = re.sub(r"[ :-]+", r"[\\s:-]*", form.strip())
    return re.sub(r"referen(?:ti|c)e", r"ref(\\.|erentie|erence)?", spaced)


def _parts(pattern: str, mark: str) -> list[str]:
    """Split a pattern at a mark that stands outside its groups."""
    depth, parts = 0, [""]
    for char in pattern.replace(r"\(", "\0").replace(r"\)", "\1"):
        depth += (char == "(") - (char == ")")
        if char == mark and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part.replace("\0", r"\(").replace("\1", r"\)") for part in parts]


def _kind(row: Message, text: str) -> dict[str, str]:
    """Say whether a message about dimensions means a cost centre or a cost unit."""
    if not row.code.startswith("cost-center-"):
        return {}
    unit = any(word in text.casefold() for word in ("kostendrager", "cost unit"))
    return {"kind": "cost_unit" if unit else "cost_center"}

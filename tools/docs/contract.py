"""The parts of docs/factuurcontract.md: every field of the schema, the examples, the limits."""

from koppeling.aws.dynamodb.semaphore import MAX_PERMITS
from koppeling.push.attachment import ASK_AGAIN
from koppeling.push.contract import MAX_BYTES as MOST_DOCUMENT
from koppeling.push.pdf import MAX_BYTES as MOST_PDF
from koppeling.push.schema import IF_WRONG, Part, inner, published, walk
from koppeling.push.upload import PATIENCE
from tools.docs.errors import EXAMPLES
from tools.docs.words import table, word

# X34: so many calls an administration allows a minute; P3: so many an invoice takes with a PDF
_CALLS_A_MINUTE, _CALLS = 60, 3


def names() -> list[str]:
    """Return the path of every field."""
    return [name for name, _, _ in walk()]


def fields() -> str:
    """Return a table of every field."""
    rows = [
        (
            f"`{name}`",
            _type(part),
            "ja" if required else "nee",
            _limits(part),
            word("if_wrong", _if_wrong(name, part)),
            word("fields", name),
        )
        for name, part, required in walk()
    ]
    columns = ("Veld", "Soort", "Verplicht", "Vorm", "Als het niet klopt", "Betekenis")
    return table(columns, rows)


def example(file: str) -> str:
    """Return an example as it stands."""
    return f"```json\n{(EXAMPLES / file).read_text().strip()}\n```"


def limits() -> str:
    """Return the numbers."""
    lines = published()["properties"]["lines"]["maxItems"]
    pace = (
        f"ten hoogste {_CALLS_A_MINUTE // _CALLS}: Exact Online staat {_CALLS_A_MINUTE} "
        f"aanroepen per minuut toe, en een factuur met pdf kost er {_CALLS}"
    )
    rows = [
        ("Grootte van het JSON-document", f"ten hoogste {_dotted(MOST_DOCUMENT)} bytes"),
        ("Regels op een factuur", f"1 tot {lines}"),
        ("Grootte van de pdf", f"ten hoogste {_dotted(MOST_PDF)} bytes"),
        ("Wachten op een pdf die er nog niet is", f"{PATIENCE.days} dagen na de boeking"),
        ("Kijken of de pdf er al is", f"elke {ASK_AGAIN.seconds // 60} minuten"),
        ("Facturen tegelijk per administratie", str(MAX_PERMITS)),
        ("Facturen met pdf per minuut en administratie", pace),
    ]
    return table(("Wat", "Hoeveel"), rows)


def _if_wrong(name: str, part: Part) -> str:
    """Return what becomes of an invoice in which this field is wrong."""
    if name == "pdf" or (name.startswith("pdf.") and IF_WRONG not in part):
        return "pdf"
    return str(part.get(IF_WRONG, "refuse"))


def _type(part: Part) -> str:
    kind = word("types", inner(part).get("type", "string"))
    empty = any(choice.get("type") == "null" for choice in part.get("anyOf", ()))
    return f"{kind} of `null`" if empty else kind


def _limits(part: Part) -> str:
    inside = inner(part)
    allowed = inside.get("enum", [inside["const"]] if "const" in inside else [])
    limits = [" of ".join(f'`"{each}"`' for each in allowed)] if allowed else []
    limits += [
        _range(inside, least, most, unit)
        for least, most, unit in (
            ("minLength", "maxLength", " tekens"),
            ("minItems", "maxItems", " regels"),
            ("minimum", "maximum", ""),
        )
        if most in inside
    ]
    if "pattern" in inside:
        limits.append(word("patterns", inside["pattern"]))
    return "; ".join(limits)


def _range(part: Part, least: str, most: str, unit: str) -> str:
    return f"{part.get(least, 0)} tot {_dotted(part[most])}{unit}"


def _dotted(number: int) -> str:
    """Return a number as it is written in Dutch."""
    return f"{number:,}".replace(",", ".")

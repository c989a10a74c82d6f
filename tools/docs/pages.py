"""Writes the generated parts of the documents for bookkeepers and for who delivers invoices.

    python -m tools.docs.pages

A part stands between two comments that name it. It is made from the catalogue, the reference, the
schema and the numbers of the code, so that a document cannot tell what is no longer so.
"""

import re
from collections.abc import Callable, Mapping

from tools.docs.contract import example, fields, limits
from tools.docs.errors import contents, problems
from tools.docs.invoices import parts_of_the_answer, states, waits
from tools.paths import ROOT

DOCS = ROOT / "docs"
PAGES = tuple(
    DOCS / name
    for name in (
        "synchronisatiefouten.md",
        "facturen-komen-niet-aan.md",
        "waar-staat-de-boeking.md",
        "factuurcontract.md",
    )
)
PARTS: Mapping[str, Callable[[], str]] = {
    "symptomen": contents,
    "fouten": problems,
    "stappen": states,
    "wachttijden": waits,
    "aansluiting": parts_of_the_answer,
    "grenzen": limits,
    "velden": fields,
    "voorbeeld-factuur": lambda: example("invoice.json"),
    "voorbeeld-creditfactuur": lambda: example("credit.json"),
}
PART = re.compile(
    r"(?P<begin><!-- begin (?P<name>[\w-]+): .*? -->\n).*?(?P<end><!-- end (?P=name) -->)",
    re.DOTALL,
)


def rendered(text: str) -> str:
    """Return a page with its generated parts made anew."""

    def part(found: re.Match[str]) -> str:
        return f"{found['begin']}\n{PARTS[found['name']]().strip()}\n\n{found['end']}"

    return PART.sub(part, text)


def main() -> None:
    """Write every page that is not as it should be."""
    for page in PAGES:
        before = page.read_text()
        after = rendered(before)
        if after != before:
            page.write_text(after)
            print(f"wrote {page.relative_to(ROOT)}")


if __name__ == "__main__":
    main()

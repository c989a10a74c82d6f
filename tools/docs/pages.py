"""Writes the generated documents, and the generated parts of others.

    python -m tools.docs.pages

They are made from the help texts, the catalogue, the reference, the schemas and the numbers of the
code, so that a document cannot tell what is no longer so. A part stands between two comments that
name it.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from tools.docs import api, api_page
from tools.docs.carried import carried_fields
from tools.docs.command_line import command_line
from tools.docs.configuration import configuration
from tools.docs.contract import example, fields, limits
from tools.docs.errors import REFERENCE, contents, problems, reference_text
from tools.docs.invoices import parts_of_the_answer, states, waits
from tools.paths import ROOT

DOCS = ROOT / "docs"
GENERATED: Mapping[Path, Callable[[], str]] = {
    DOCS / "command-line.md": command_line,
    DOCS / "connection.md": configuration,
    REFERENCE: reference_text,
    DOCS / "api.md": api_page.page,
    api.DESCRIPTION: api.text,
}
PAGES = tuple(
    DOCS / name
    for name in (
        "synchronisatiefouten.md",
        "facturen-komen-niet-aan.md",
        "waar-staat-de-boeking.md",
        "factuurcontract.md",
        "welke-gegevens.md",
        "emailadressen.md",
        "nieuwe-gebruiker.md",
        "wanneer-werkt-de-koppeling.md",
        "jouw-paginas.md",
        "beheer.md",
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
    "koppelvelden": carried_fields,
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
    made = {page: rendered(page.read_text()) for page in PAGES}
    made |= {page: make() for page, make in GENERATED.items()}
    for page, after in made.items():
        if not page.exists() or after != page.read_text():
            page.write_text(after)
            print(f"wrote {page.relative_to(ROOT)}")


if __name__ == "__main__":
    main()

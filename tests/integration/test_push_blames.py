"""Of several codes on an invoice only the one that Exact refuses is blamed, in plain Dutch."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace

import pytest

from koppeling.core.catalogue import text
from tests.environment import Environment, environment
from tests.sandbox.common.journal import Call
from tests.sandbox.invoices import InvoiceFiles, build_invoice


@pytest.fixture
def home() -> Iterator[Environment]:
    with environment(accounts=10) as built:
        built.pull()
        built.exact.journal.clear()
        yield built


def codes(home: Environment) -> set[str]:
    return {problem.code for problem in home.problems() if "notice" not in problem.subject}


def posted(call: Call) -> bool:
    return call.method == "POST" and call.endpoint == "salesentry/SalesEntries"


def on_line(files: InvoiceFiles, **changes: str | None) -> InvoiceFiles:
    """Return the files of an invoice with other codes on its second line."""
    document = deepcopy(files.document)
    document["lines"][1] |= changes
    return replace(files, json_bytes=json.dumps(document).encode())


def told(home: Environment, code: str) -> str:
    """Return the text of the one open problem with a code."""
    (problem,) = (each for each in home.problems() if each.code == code)
    return text(code, "nl", problem.values)


def test_of_two_cost_centres_only_the_one_that_exact_lacks_is_blamed(home: Environment) -> None:
    home.offer(on_line(build_invoice("20260631"), cost_center_code="XXX"))

    assert codes(home) == {"cost-center-unknown"}
    shown = told(home, "cost-center-unknown")
    assert shown.startswith("Kostenplaats XXX bestaat niet in Exact Online, of is beëindigd.")
    assert "op regel 2 van factuur 20260631" in shown
    others = {line["cost_center_code"] for line in build_invoice("20260631").document["lines"]}
    assert not any(f" {other}" in shown for other in others if other)


def test_an_account_that_takes_no_revenue_is_named_and_costs_no_refusal(home: Environment) -> None:
    files = build_invoice("20260632")
    home.offer(on_line(files, gl_account_code="1300"))

    assert codes(home) == {"gl-account-wrong-type"}
    assert told(home, "gl-account-wrong-type").startswith("Op grootboekrekening 1300 kun je geen")
    assert not home.exact.journal.calls(posted)

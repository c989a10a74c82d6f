"""The examples for programmers: files that agree, and calls that the description of the API has.

`tests/e2e/test_hand_in.py` runs them; that in C# only where there is .NET, so here it is held
against the description as well.
"""

import hashlib
import json
import re
from typing import Any

import pytest

from koppeling.intake.openapi import published
from koppeling.intake.uploads import pdf_key
from koppeling.push.contract import check
from tools.paths import ROOT

EXAMPLES = ROOT / "docs/examples"
NUMBER = "20260455"
CSHARP = (EXAMPLES / "HandIn.cs").read_text()


@pytest.fixture(scope="module")
def api() -> Any:  # noqa: ANN401 - JSON
    return json.loads(published())


def names_in(text: str) -> set[str]:
    """Return the names in an initializer of a JsonObject."""
    return set(re.findall(r'\["(\w+)"\] =', text))


def test_the_document_fits_the_contract_and_names_the_pdf_beside_it() -> None:
    content = (EXAMPLES / f"{NUMBER}.json").read_bytes()
    pdf = (EXAMPLES / f"{NUMBER}.pdf").read_bytes()
    digest = hashlib.sha256(pdf).hexdigest()

    named = json.loads(content)["pdf"]

    assert check(content)["invoice_number"] == NUMBER
    assert (named["sha256"], named["size_bytes"]) == (digest, len(pdf))
    assert named["key"] == pdf_key("veldhuis-advies-01", NUMBER, digest)


def test_the_example_in_csharp_calls_what_the_description_has(api: Any) -> None:  # noqa: ANN401 - JSON
    (address,) = re.findall(r'var invoice = \$"\{link\}(.+)";', CSHARP)
    calls = re.findall(r'OfLink\(HttpMethod\.(\w+), (?:\$"\{invoice\}(.*?)"|invoice),', CSHARP)

    assert calls == [("Post", "/pdf"), ("Put", "")]
    for method, below in calls:
        operation = api["paths"][address + below][method.lower()]
        assert list(operation["requestBody"]["content"]) == ["application/json"]
        # It waits and asks again at these
        assert {"429", "500", "503"} <= operation["responses"].keys()
    assert '"Bearer", key' in CSHARP
    assert '"application/json"' in CSHARP


def test_the_example_in_csharp_sends_and_reads_fields_of_the_description(api: Any) -> None:  # noqa: ANN401 - JSON
    schemas = api["components"]["schemas"]
    announced, document = re.findall(r"new JsonObject\s*\{(.+?)\};", CSHARP, re.DOTALL)
    read = set(re.findall(r'(?:upload|where)\["(\w+)"\]', CSHARP))

    assert names_in(announced) == set(schemas["PdfAnnounced"]["properties"])
    assert names_in(document) == set(schemas["InvoicePdf"]["properties"])
    assert read == set(schemas["PdfUpload"]["properties"]) - {"expires_at"}


@pytest.mark.parametrize("name", ["hand_in.sh", "hand_in.py", "HandIn.cs"])
def test_an_example_holds_no_key_and_reads_it_from_where_it_says(name: str) -> None:
    text = (EXAMPLES / name).read_text()

    assert "KOPPELING_KEY" in text
    assert re.findall(r"kop_[a-z0-9]", text) == []

"""Keeps documents and their attachments (X123 to X130, X192)."""

import base64
import binascii
from decimal import Decimal

from tests.sandbox.exact_online.body import writable
from tests.sandbox.exact_online.errors import RequestError
from tests.sandbox.exact_online.lookup import one_of
from tests.sandbox.exact_online.registry import Resource
from tests.sandbox.exact_online.switches import Switches
from tests.sandbox.exact_online.texts import Findings
from tests.sandbox.exact_online.values import Row, midnight
from tests.sandbox.exact_online.world import World

DOCUMENT_TYPES = {10: "Verkoopfactuur", 20: "Inkoopfactuur", 55: "Diversen"}  # X123
LARGEST_FILE = 10_000_000  # X41, X130: the file itself counts
NOT_BASE64 = (  # X128
    "Error processing request stream. Error encountered in converting the value from request"
    " payload for property 'Attachment' to type 'Byte[]'"
)


def keep_document(
    world: World, switches: Switches, registry: dict[str, Resource], raw: dict[str, object]
) -> Row:
    """Keep a document; identical ones are not prevented (X126).

    Raises:
        RefusedError: what is wrong with it.
    """
    body = writable(raw, registry["documents/Documents"].fields)
    findings = Findings(switches.language)
    if switches.firm_portal_user:
        findings.add("document-type-not-allowed")  # X161
    if not body.get("Subject"):
        findings.add("subject-missing")
    if "Type" not in body:
        findings.add("type-missing")
    elif body["Type"] not in DOCUMENT_TYPES:
        findings.add("type-unknown")
    account = one_of(world, "Accounts", body.get("Account"))
    if "Account" in body and account is None:
        findings.add("customer-unknown")
    entry = one_of(world, "SalesEntries", body.get("FinancialTransactionEntryID"))
    if "FinancialTransactionEntryID" in body and entry is None:
        findings.add("entry-unknown")
    findings.close()
    return world.add(
        "Documents",
        body
        | {
            "ID": world.new_id(),
            "HID": len(world.tables["Documents"]) + 1,
            "TypeDescription": DOCUMENT_TYPES[body["Type"]],
            "AccountCode": account and account["Code"],
            "AccountName": account and account["Name"],
            "DocumentDate": midnight(body.get("DocumentDate", world.today())),  # X123
            "HasEmptyBody": not body.get("Body"),
        },
    )


def keep_attachment(
    world: World, switches: Switches, registry: dict[str, Resource], raw: dict[str, object]
) -> Row:
    """Keep a file with a document, and answer with its size (X127).

    Raises:
        RefusedError: what is wrong with it.
    """
    body = writable(raw, registry["documents/DocumentAttachments"].fields)
    content = _decoded(body.get("Attachment", ""))
    findings = Findings(switches.language)
    if one_of(world, "Documents", body.get("Document")) is None:
        findings.add("document-unknown")
    if not body.get("FileName"):
        findings.add("file-name-missing")
    if not content:
        findings.add("file-missing")
    if len(content) > LARGEST_FILE:
        findings.add("file-too-large")
    findings.close()
    row = {
        "ID": world.new_id(),
        "Document": body["Document"],
        "FileName": body["FileName"],
        "FileSize": Decimal(len(content)),
    }
    world.contents[row["ID"]] = content
    return world.add("DocumentAttachments", row)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RequestError(NOT_BASE64) from error

"""Where the PDF of an invoice goes: one address for one file, straight into the inbox."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from koppeling.core.clock import Now
from koppeling.core.connection import Connection
from koppeling.intake.ports import UploadAddress, Uploads
from koppeling.intake.problem import ApiFinding, ApiTrouble, RequestRefused
from koppeling.push.invoice import folder_of
from koppeling.push.pdf import MAX_BYTES

_DIGEST = re.compile("[0-9a-f]{64}")
# What the contract allows no key to hold
_OTHERS = re.compile("[^A-Za-z0-9_-]")
# How much of the digest a key holds: another file of the same invoice lies beside the first
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class PdfUploads:
    """Gives out addresses for PDFs."""

    uploads: Uploads
    now: Now

    def address(
        self, connection: Connection, number: str, asked: Mapping[str, Any]
    ) -> tuple[str, UploadAddress]:
        """Return the key of a PDF, which its document names, and where to send it.

        Raises:
            RequestRefused: its digest or its size is not as agreed.
        """
        digest, size = asked.get("sha256"), asked.get("size_bytes")
        findings = []
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
            findings.append(ApiFinding("upload-digest", "/sha256"))
        if not isinstance(size, int) or isinstance(size, bool) or size < 1:
            findings.append(ApiFinding("upload-size", "/size_bytes"))
        elif size > MAX_BYTES:
            findings.append(ApiFinding("upload-too-large", "/size_bytes"))
        if findings:
            raise RequestRefused(ApiTrouble.NOT_VALID, findings)
        key = pdf_key(connection.id, number, str(digest))
        return key, self.uploads.address(key, str(digest), int(size or 0), self.now())


def pdf_key(connection: str, number: str, digest: str) -> str:
    """Return the key of a PDF; the same file of the same invoice always has the same one."""
    return f"{folder_of(connection)}{_OTHERS.sub('_', number)}-{digest[:_DIGITS]}.pdf"

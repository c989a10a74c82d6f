"""What the push and the readiness check call in Exact, whatever entities are switched on (X33)."""

from koppeling.core.connection import Connection
from koppeling.core.exact_rights import CREATE, MASTER_DATA, RELATIONS, ExactCall

_ENTRIES = "Boekingen importeren en Verkoopboekingen invoeren, bewerken en verwijderen"
_DOCUMENTS = "Documenten aanmaken en bijwerken"


def _with_pdfs(connection: Connection) -> bool:
    return connection.with_pdfs or connection.existing_as_pdfs


def _never(_connection: Connection) -> bool:
    return False


EXACT_CALLS = (
    ExactCall("accounts", "crm/Accounts", RELATIONS),
    ExactCall("vat_codes", "vat/VATCodes", MASTER_DATA),
    ExactCall("gl_accounts", "financial/GLAccounts", MASTER_DATA),
    ExactCall("journals", "financial/Journals", MASTER_DATA),
    ExactCall("periods", "financial/FinancialPeriods", "Periodes beheren"),
    ExactCall("sales_entries", "salesentry/SalesEntries", _ENTRIES),
    ExactCall("sales_entries", "salesentry/SalesEntries", _ENTRIES, CREATE),
    ExactCall("documents", "documents/Documents", _DOCUMENTS, is_made=_with_pdfs),
    ExactCall("documents", "documents/Documents", _DOCUMENTS, CREATE, _with_pdfs),
    ExactCall("documents", "documents/DocumentAttachments", _DOCUMENTS, CREATE, _with_pdfs),
    # Read beside vat/VATCodes, by the same right: it is asked for there, and here it has its name
    ExactCall("vat_codes", "vat/VatPercentages", MASTER_DATA, is_made=_never),
)

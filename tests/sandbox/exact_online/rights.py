"""What a user must be allowed for which endpoint, by the Dutch names of these rights (X32, X33)."""

from urllib.parse import unquote

from tests.sandbox.exact_online.errors import RequestError
from tests.sandbox.exact_online.literals import read_literal
from tests.sandbox.exact_online.registry import Resource
from tests.sandbox.exact_online.users import User

ACTIONS = ("GET", "POST", "PUT", "DELETE")

SEE_COMPANY = "Bekijken administratie gegevens"
KEEP_DOCUMENTS = "Documenten aanmaken en bijwerken"
IMPORT_ENTRIES = "Boekingen importeren"
SEE_MASTERS = "Financiële stamgegevens bekijken"
ENTER_SALES = "Verkoopboekingen invoeren, bewerken en verwijderen"
KEEP_PERIODS = "Periodes beheren"
SEE_RELATIONS = "Relaties bekijken"
KEEP_RELATIONS = "Relaties beheren"
# X32 names none for these and says that they need more, so the names are assumed.
SEE_ITEMS = "Artikelen bekijken"
SEE_PROJECTS = "Projecten bekijken"
SEE_EMPLOYEES = "Medewerkers bekijken"

_MASTERS = ("VATCodes", "VatPercentages", "PaymentConditions", "GLAccounts", "Journals")
_OF_TABLES = (
    dict.fromkeys(("Divisions", "Deleted", "WebhookSubscriptions"), SEE_COMPANY)
    | dict.fromkeys(("Accounts", "Contacts", "Addresses"), SEE_RELATIONS)
    | dict.fromkeys((*_MASTERS, "Costcenters", "Costunits"), SEE_MASTERS)
    | dict.fromkeys(("SalesEntries", "SalesEntryLines"), ENTER_SALES)
    | dict.fromkeys(("Documents", "DocumentAttachments"), KEEP_DOCUMENTS)
    | {"FinancialPeriods": KEEP_PERIODS, "Items": SEE_ITEMS}
    | {"Projects": SEE_PROJECTS, "Employees": SEE_EMPLOYEES}
)
_WRITING = {"Accounts": KEEP_RELATIONS, "SalesEntries": IMPORT_ENTRIES}
_FREE = ("current/Me", "hrm/Divisions")  # X104: open to who may not see the first list


def may(user: User, resource: Resource, action: str) -> bool:
    """Say whether the rights of a user reach an endpoint."""
    if resource.path in _FREE:
        return True
    table = resource.endpoint.table
    needed = {_OF_TABLES[table]}
    if action != "GET" and table in _WRITING:
        needed.add(_WRITING[table])
    return not needed & set(user.lacks)


def user_has_rights(query: str, registry: dict[str, Resource], user: User) -> dict[str, object]:
    """Answer users/UserHasRights (X33); the shape of its answer is assumed.

    Raises:
        RequestError: the endpoint or the action is missing, or is not one that exists.
    """
    asked = dict(part.partition("=")[::2] for part in query.split("&"))
    endpoint = read_literal(unquote(asked.get("endpoint", "")), "Edm.String")
    action = read_literal(unquote(asked.get("action", "")), "Edm.String")
    resource = registry.get(str(endpoint))
    if resource is None or action not in ACTIONS:
        raise RequestError(f"There is no endpoint '{endpoint}' with the action '{action}'")
    return {"d": {"UserHasRights": may(user, resource, str(action))}}

"""The endpoints this sandbox serves: adding one is a line here and rows in its table.

Cost centres, VAT codes, payment conditions and journals have no sync twin (X95); there are three
lists of divisions (X104).
"""

from dataclasses import dataclass

from tests.sandbox.exact_online.fields import Fields, as_bulk, load_fields

# X57: the fields on which crm/Accounts may be filtered, as far as they are known.
ACCOUNT_FILTERS = (
    "ID Code Name Status Type Blocked Created Modified StartDate EndDate Email Phone Postcode City"
    " Country AddressLine1 AddressLine2 AddressLine3 ChamberOfCommerce VATNumber SearchCode"
    " MainContact AccountManager InvoiceAccount IsSales IsSupplier Parent"
)
# X57: likewise of logistics/Items.
ITEM_FILTERS = (
    "ID Code Description SearchCode Barcode IsSalesItem ItemGroup ItemGroupCode GLRevenue"
    " SalesVatCode Unit StartDate EndDate Created Modified"
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One line of the list: which table stands behind a path, and what is special about it.

    `needs_filter`: X56. `filters`: the permitted filter fields, empty for all. `posts`: the link
    may write here. `bulk_of`: the endpoint whose properties a bulk endpoint shares.
    """

    path: str
    table: str
    model: str
    needs_filter: bool = False
    filters: str = ""
    posts: bool = False
    bulk_of: str = ""
    names_fields: bool = False


ENDPOINTS = (
    Endpoint("current/Me", "Me", "Me"),
    Endpoint("system/Divisions", "Divisions", "Division"),
    Endpoint("system/AllDivisions", "Divisions", "AllDivision"),
    Endpoint("hrm/Divisions", "Divisions", "HRM.Division"),
    Endpoint("crm/Accounts", "Accounts", "Account", needs_filter=True, filters=ACCOUNT_FILTERS),
    Endpoint("bulk/CRM/Accounts", "Accounts", "Bulk.Account", bulk_of="crm/Accounts"),
    Endpoint("crm/Contacts", "Contacts", "Contact", needs_filter=True),
    Endpoint("crm/Addresses", "Addresses", "Address", needs_filter=True),
    Endpoint("sync/CRM/Accounts", "Accounts", "Sync.Account"),
    Endpoint("sync/CRM/Contacts", "Contacts", "Sync.Contact"),
    Endpoint("sync/CRM/Addresses", "Addresses", "Sync.Address"),
    Endpoint("sync/Deleted", "Deleted", "Sync.Deleted"),
    Endpoint("hrm/Costcenters", "Costcenters", "Costcenter"),
    Endpoint("hrm/Costunits", "Costunits", "Costunit"),
    Endpoint("payroll/Employees", "Employees", "Employee", needs_filter=True),
    Endpoint("sync/Payroll/Employees", "Employees", "Sync.Employee"),
    Endpoint("logistics/Items", "Items", "Item", needs_filter=True, filters=ITEM_FILTERS),
    Endpoint("bulk/Logistics/Items", "Items", "Bulk.Item", bulk_of="logistics/Items"),
    Endpoint("sync/Logistics/Items", "Items", "Sync.Item", names_fields=True),
    Endpoint("project/Projects", "Projects", "Project", needs_filter=True),
    Endpoint("sync/Project/Projects", "Projects", "Sync.Project"),
    Endpoint("vat/VATCodes", "VATCodes", "VATCode"),
    Endpoint("vat/VatPercentages", "VatPercentages", "VatPercentage"),
    Endpoint("cashflow/PaymentConditions", "PaymentConditions", "PaymentCondition"),
    Endpoint("financial/GLAccounts", "GLAccounts", "GLAccount", needs_filter=True),
    Endpoint("sync/Financial/GLAccounts", "GLAccounts", "Sync.GLAccount"),
    Endpoint("financial/Journals", "Journals", "Journal"),
    Endpoint("financial/FinancialPeriods", "FinancialPeriods", "FinancialPeriod"),
    Endpoint(
        "salesentry/SalesEntries", "SalesEntries", "SalesEntry", needs_filter=True, posts=True
    ),
    Endpoint("salesentry/SalesEntryLines", "SalesEntryLines", "SalesEntryLine"),
    Endpoint("documents/Documents", "Documents", "Document", needs_filter=True, posts=True),
    Endpoint(
        "documents/DocumentAttachments",
        "DocumentAttachments",
        "DocumentAttachment",
        needs_filter=True,
        posts=True,
    ),
    Endpoint(
        "webhooks/WebhookSubscriptions", "WebhookSubscriptions", "WebhookSubscription", posts=True
    ),
    Endpoint("sync/Documents/Documents", "Documents", "Sync.Document"),
    Endpoint("sync/Documents/DocumentAttachments", "DocumentAttachments", "Sync.Attachment"),
)


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection property: the rows of a table whose `parent` property is the owner's key."""

    resource: str
    parent: str


COLLECTIONS = {
    ("salesentry/SalesEntries", "SalesEntryLines"): Collection(
        "salesentry/SalesEntryLines", "EntryID"
    ),
    ("vat/VATCodes", "VATPercentages"): Collection("vat/VatPercentages", "VATCodeID"),
}


@dataclass(frozen=True, slots=True)
class Resource:
    """An endpoint with its published fields."""

    endpoint: Endpoint
    fields: Fields
    filters: frozenset[str]

    @property
    def path(self) -> str:
        """The path below the division."""
        return self.endpoint.path

    @property
    def is_sync(self) -> bool:
        """Whether rows are found by their Timestamp (X90)."""
        return self.fields.kind == "sync"


def build_registry() -> dict[str, Resource]:
    """Join the list above with the published fields."""
    published = load_fields()
    registry = {}
    for endpoint in ENDPOINTS:
        if endpoint.bulk_of:
            fields = as_bulk(published[endpoint.bulk_of], endpoint.path)
        else:
            fields = published[endpoint.path]
        allowed = endpoint.filters.split() or list(fields.properties)
        registry[endpoint.path] = Resource(endpoint, fields, frozenset(allowed))
    return registry


def key_name(registry: dict[str, Resource], table: str) -> str:
    """Return the property that identifies a row of a table; never the Timestamp (X92)."""
    return next(
        (
            resource.fields.key
            for resource in registry.values()
            if resource.endpoint.table == table and not resource.is_sync
        ),
        "ID",
    )

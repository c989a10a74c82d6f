"""A connection: one Exact administration linked with one QicsMilestones company."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from koppeling.core.ids import ConnectionId, Division

# X1: an administration lives on one of these country sites
EXACT_HOSTS = frozenset(
    f"start.exactonline.{country}"
    for country in ("nl", "be", "de", "fr", "es", "co.uk", "com", "us")
)


class InvoiceEmail(StrEnum):
    """Where the address for invoices comes from (L23)."""

    ACCOUNT = "account"
    MAIN_CONTACT = "main_contact"
    OFF = "off"


class EmployeeNumber(StrEnum):
    """Which field of Exact becomes the number of an employee (L 3.6)."""

    CODE = "code"
    HID = "hid"


@dataclass(frozen=True, slots=True)
class EntitySetting:
    """How one connection wants one entity: on or off, and how often at the least."""

    enabled: bool = True
    interval_minutes: int = 15


def setting_of(entities: Mapping[str, EntitySetting], entity: str) -> EntitySetting:
    """Return how an entity is wanted; what was not chosen is on."""
    return entities.get(entity, EntitySetting())


@dataclass(frozen=True, slots=True)
class ConnectionSummary:
    """What a tick has to know of a connection to queue it, and no more."""

    id: ConnectionId
    paused: bool
    entities: Mapping[str, EntitySetting]


@dataclass(frozen=True, slots=True)
class Connection:
    """What a customer chose when the link was set up (M46), and whether it is paused.

    What a new record gets in QicsMilestones beyond the link fields is a choice as well: the type of
    a customer, of items for time and of others (names assumed there), the hours of an employee's
    week, and four marks of a project. Of the types of project (X87) a campaign is not taken over.
    `warning_mails` get a mail when the link needs a person, such as a login (M50).
    """

    id: ConnectionId
    exact_host: str
    exact_user: str
    division: Division
    administration_name: str
    milestones_user: str
    company_id: str
    sales_journal: str
    debtor_gl_account: str
    start_date: date
    credit_journal: str | None = None
    currency: str = "EUR"
    with_pdfs: bool = True
    existing_as_entries: bool = False
    existing_as_pdfs: bool = False
    invoice_email: InvoiceEmail = InvoiceEmail.ACCOUNT
    customer_type: str = "Customer"
    time_item_type: str = "Time"
    other_item_type: str = "Article"
    employee_number: EmployeeNumber = EmployeeNumber.CODE
    norm_hours_per_week: str = "40"
    project_types: tuple[int, ...] = (2, 3, 4, 5)
    project_allows_planning: bool = True
    project_hides_budgets: bool = False
    project_contract_received: bool = False
    project_budget_mandatory: bool = False
    warning_mails: tuple[str, ...] = ()
    paused: bool = False
    entities: Mapping[str, EntitySetting] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a host that is none of Exact's, before a token could be sent there (X1, S5).

        Raises:
            ValueError: it is not one of the country sites, or an employee number is no choice.
        """
        if self.exact_host not in EXACT_HOSTS:
            known = ", ".join(sorted(EXACT_HOSTS))
            raise ValueError(f"{self.exact_host!r} is no host of Exact Online; those are: {known}")
        # What is kept as JSON comes back with a list for a tuple and a text for a name
        object.__setattr__(self, "employee_number", EmployeeNumber(self.employee_number))
        object.__setattr__(self, "project_types", tuple(self.project_types))
        object.__setattr__(self, "warning_mails", tuple(self.warning_mails))

    def setting(self, entity: str) -> EntitySetting:
        """Return how this connection wants an entity; what was not chosen is on."""
        return setting_of(self.entities, entity)

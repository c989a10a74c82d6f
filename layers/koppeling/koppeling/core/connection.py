"""A connection: one Exact administration linked with one QicsMilestones company."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from koppeling.core.ids import ConnectionId, Division
from koppeling.core.people import Person, same_mail

# X1: every administration is on one of these country sites
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


class EntryNumberSource(StrEnum):
    """Who numbers a sales entry (X113)."""

    EXACT = "exact"
    INVOICE = "invoice"


@dataclass(frozen=True, slots=True)
class EntitySetting:
    """What one connection chose for one entity: on or off, and the shortest interval."""

    enabled: bool = True
    interval_minutes: int = 15


def setting_of(entities: Mapping[str, EntitySetting], entity: str) -> EntitySetting:
    """Return the setting of an entity; one without a choice is on."""
    return entities.get(entity, EntitySetting())


@dataclass(frozen=True, slots=True)
class ConnectionSummary:
    """What a tick has to know of a connection to queue it."""

    id: ConnectionId
    paused: bool
    entities: Mapping[str, EntitySetting]


@dataclass(frozen=True, slots=True)
class Connection:
    """What a customer chose when the link was set up, and whether it is started or paused.

    Some choices are about new records in QicsMilestones: the type of a customer and of an item, the
    hours of an employee's week, and four marks of a project. Those names of types are assumptions.
    Without `with_projects` an invoice is booked without its projects; with `project_optional` only
    without one that Exact does not know. With `clear_empty_email` an empty address in Exact empties
    that in QicsMilestones (L26).
    Of the types of project (X87) a campaign is not carried over by default. `people` see its pages
    and get its mails; `warning_mails` are such people of an earlier release, who may look.
    Nobody has approved yet what a connection that is not `started` would do: it only previews.
    It is `paused` as well, so whatever heeds a pause leaves it alone, also in the release before,
    which knows of no start (R40).
    Connections of one `milestones_tenant` and one user at QicsMilestones share a login; an empty
    one is a tenant too. A first load makes up to `milestones_calls_per_second` calls, once it has
    learned that it may (M20).
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
    milestones_tenant: str = ""
    milestones_calls_per_second: int = 20
    credit_journal: str | None = None
    currency: str = "EUR"
    with_pdfs: bool = True
    existing_as_entries: bool = False
    existing_as_pdfs: bool = False
    with_projects: bool = True
    project_optional: bool = False
    entry_number_source: EntryNumberSource = EntryNumberSource.EXACT
    invoice_email: InvoiceEmail = InvoiceEmail.ACCOUNT
    clear_empty_email: bool = False
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
    people: tuple[Person, ...] = ()
    paused: bool = False
    started: bool = True
    entities: Mapping[str, EntitySetting] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a host that is not Exact's, before a token could be sent there (S5).

        Raises:
            ValueError: the host is not one of the country sites, or another value is no choice.
        """
        if self.exact_host not in EXACT_HOSTS:
            known = ", ".join(sorted(EXACT_HOSTS))
            raise ValueError(f"{self.exact_host!r} is no host of Exact Online; those are: {known}")
        # JSON and YAML have lists in place of tuples, and texts in place of enums
        object.__setattr__(self, "invoice_email", InvoiceEmail(self.invoice_email))
        object.__setattr__(self, "employee_number", EmployeeNumber(self.employee_number))
        source = EntryNumberSource(self.entry_number_source)
        object.__setattr__(self, "entry_number_source", source)
        object.__setattr__(self, "project_types", tuple(self.project_types))
        object.__setattr__(self, "warning_mails", tuple(self.warning_mails))
        object.__setattr__(self, "people", tuple(self.people))
        object.__setattr__(self, "paused", self.paused or not self.started)

    @property
    def everybody(self) -> tuple[Person, ...]:
        """Its people; an address of `warning_mails` that is not among them may look."""
        named = {same_mail(person.mail) for person in self.people}
        others = (Person(mail) for mail in self.warning_mails if same_mail(mail) not in named)
        return (*self.people, *others)

    def person(self, mail: str) -> Person | None:
        """Return the person at an address; None when nobody of this connection has it."""
        return next((each for each in self.everybody if each.is_at(mail)), None)

    def setting(self, entity: str) -> EntitySetting:
        """Return the setting of an entity; one without a choice is on."""
        return setting_of(self.entities, entity)

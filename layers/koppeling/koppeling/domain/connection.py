"""A connection: one Exact administration linked with one QicsMilestones company."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from koppeling.domain.names import ConnectionId, Division

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


@dataclass(frozen=True, slots=True)
class EntitySetting:
    """How one connection wants one entity: on or off, and how often at the least."""

    enabled: bool = True
    interval_minutes: int = 15


@dataclass(frozen=True, slots=True)
class Connection:
    """What a customer chose when the link was set up (M46), and whether it is paused."""

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
    paused: bool = False
    entities: Mapping[str, EntitySetting] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a host that is none of Exact's, before a token could be sent there (X1, S5).

        Raises:
            ValueError: it is not one of the country sites.
        """
        if self.exact_host not in EXACT_HOSTS:
            known = ", ".join(sorted(EXACT_HOSTS))
            raise ValueError(f"{self.exact_host!r} is no host of Exact Online; those are: {known}")

    def setting(self, entity: str) -> EntitySetting:
        """Return how this connection wants an entity; what was not chosen is on."""
        return self.entities.get(entity, EntitySetting())

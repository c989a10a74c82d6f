"""Which entry of a file is which field of a connection: the one place that says so."""

from collections.abc import Mapping
from types import MappingProxyType

from koppeling.core.connection import EntitySetting
from koppeling.pull.entities.registry import ENTITIES

PLACES: Mapping[str, str] = MappingProxyType(
    {
        "id": "id",
        "exact.host": "exact_host",
        "exact.administration.number": "division",
        "exact.administration.name": "administration_name",
        "exact.user": "exact_user",
        "milestones.company": "company_id",
        "milestones.user": "milestones_user",
        "start_date": "start_date",
        "invoices.sales_journal": "sales_journal",
        "invoices.credit_journal": "credit_journal",
        "invoices.debtor_gl_account": "debtor_gl_account",
        "invoices.currency": "currency",
        "invoices.pdfs": "with_pdfs",
        "invoices.existing.as_entries": "existing_as_entries",
        "invoices.existing.as_pdfs": "existing_as_pdfs",
        "customers.invoice_email": "invoice_email",
        "customers.type": "customer_type",
        "items.time_type": "time_item_type",
        "items.other_type": "other_item_type",
        "employees.number": "employee_number",
        "employees.norm_hours_per_week": "norm_hours_per_week",
        "projects.types": "project_types",
        "projects.allows_planning": "project_allows_planning",
        "projects.hides_budgets": "project_hides_budgets",
        "projects.contract_received": "project_contract_received",
        "projects.budget_mandatory": "project_budget_mandatory",
        "warning_mails": "warning_mails",
    }
)
ENTITY_PLACE = "entities"
# Whether a connection is paused is no choice of the customer: `koppeling pause` says it
NOT_IN_A_FILE = frozenset({"paused"})
ADMINISTRATION = ("exact.host", "exact.administration.number")
COMPANY = ("milestones.company",)


def interval_of(entity: str, setting: EntitySetting) -> int:
    """Return how often an entity really is pulled: never more often than its schedule."""
    return max(setting.interval_minutes, ENTITIES[entity].interval_minutes)

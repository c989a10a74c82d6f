"""What the link assumes of QicsMilestones' API: its names, types and paths.

A large part of that API is not public (see the remarks M1 to M28). What turns out to be different
is changed here, or in `pull/entities/` for what is written by a pull.
"""

from koppeling.pull.entities.entity import Target, WireKind

API_PATH = "/api/V3/odata/"  # M1
PAGE_SIZE = 100  # M18

ENTITY_STATE = Target("EntityState", code="EntityId", kinds={"EntityId": WireKind.INT64})
# Only this value is public; the one for invoices is assumed to be the same (5.7)
INVOICE_STATE_TYPE = "General"

# Read by the readiness check, and never written (M 5.8)
COMPANY = Target("Company", code="Code", per_company=False)

# Fields that the readiness check looks at, by what they mean
NAME = "Name"
IS_ACTIVE = "IsActive"
COMPANY_ID = "CompanyId"
PERCENTAGE = "Percentage"
REVERSE_CHARGE = "ReverseCharge"

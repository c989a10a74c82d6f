"""The registry: the entities that travel from Exact to QicsMilestones."""

from collections.abc import Mapping

from koppeling.pull.entities.accounts import ACCOUNTS
from koppeling.pull.entities.cost_centers import COST_CENTERS
from koppeling.pull.entities.employees import EMPLOYEES
from koppeling.pull.entities.entity import Entity
from koppeling.pull.entities.items import ITEMS
from koppeling.pull.entities.payment_conditions import PAYMENT_CONDITIONS
from koppeling.pull.entities.projects import PROJECTS
from koppeling.pull.entities.vat_codes import VAT_CODES

# L12: in the order of a first load, so that what is referred to is there before
_IN_ORDER = (
    *(VAT_CODES, PAYMENT_CONDITIONS, COST_CENTERS, ACCOUNTS),
    *(ITEMS, EMPLOYEES, PROJECTS),
)
ENTITIES: Mapping[str, Entity] = {entity.name: entity for entity in _IN_ORDER}

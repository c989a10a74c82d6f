"""A row of QicsMilestones: its key, its code, and whose it is."""

from koppeling.core.errors import Retry
from koppeling.core.ids import MilestonesId
from koppeling.core.text import code_of
from koppeling.milestones.api import COMPANY_ID
from koppeling.pull.entities.entity import Target
from koppeling.pull.link_values import Row


def key_of(row: Row, target: Target) -> MilestonesId:
    """Return the key of a record.

    Raises:
        Retry: it has none, so this is no record.
    """
    key = row.get(target.key)
    if not key:
        raise Retry("milestones-unavailable", f"a {target.path} without its key")
    return MilestonesId(str(key))


def code_in(row: Row, target: Target) -> str:
    """Return the code of a record; an empty text when it has none."""
    return code_of(row.get(target.code)) or ""


def is_of(row: Row, target: Target, company_id: str) -> bool:
    """Say whether a record is of this company, or of all companies of the tenant."""
    return not target.per_company or str(row.get(COMPANY_ID)) == company_id

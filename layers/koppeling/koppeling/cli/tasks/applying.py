"""Applying: a configuration file becomes what the link works by, once its changes were shown."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from koppeling.cli.configuration.fields import ADMINISTRATION, COMPANY, FieldChange, differences
from koppeling.cli.exits import UsageError
from koppeling.cli.tasks.settings_log import log_changes
from koppeling.core.connection import Connection

if TYPE_CHECKING:
    from koppeling.cli.stack import Stack

_USERS = frozenset({"exact.user", "milestones.user"})
_LOGINS = _USERS | {"milestones.tenant"}


@dataclass(frozen=True, slots=True)
class ApplyPlan:
    """What applying a file would change, and the warnings to read before."""

    connection: Connection
    is_new: bool
    changes: tuple[FieldChange, ...]
    warnings: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to do."""
        return not self.changes


class ConfigurationApplier:
    """Plans and applies configurations."""

    def __init__(self, stack: "Stack") -> None:
        self._stack = stack
        self._connections = stack.stores.connections

    def plan(self, wanted: Connection) -> ApplyPlan:
        """Return what applying a configuration would do; nothing is written yet.

        Raises:
            UsageError: cursors and links of one administration or company would become those of
                another.
        """
        before = self._connections.get(wanted.id)
        after = replace(
            wanted,
            paused=before is not None and before.paused,
            # A new one writes nothing before somebody has approved what it will do
            started=before is not None and before.started,
            milestones_tenant=self._tenant(wanted, before),
        )
        changes = differences(before, after)
        if before is not None:
            self._refuse_another_administration(before, changes)
        return ApplyPlan(
            after,
            is_new=before is None,
            changes=changes,
            warnings=tuple(self._warnings(after, changes, is_new=before is None)),
        )

    def apply(self, plan: ApplyPlan) -> None:
        """Do what was planned; doing it twice changes nothing the second time."""
        if plan.changes:
            self._connections.save(plan.connection)
            log_changes(self._stack, plan.connection.id, plan.changes, is_new=plan.is_new)

    def _tenant(self, wanted: Connection, before: Connection | None) -> str:
        """Return the tenant; one that is not named is apart from those of other connections.

        Users of two tenants may have the same name, and a shared login would let one customer's
        link write at the other. So only a file that names the tenant lets connections share one.
        """
        if wanted.milestones_tenant:
            return wanted.milestones_tenant
        if before is not None and before.milestones_user == wanted.milestones_user:
            return before.milestones_tenant
        is_taken = any(_has_same_user(wanted, other) for other in self._connections.all())
        return wanted.id if is_taken else ""

    def _refuse_another_administration(
        self, before: Connection, changes: tuple[FieldChange, ...]
    ) -> None:
        moved = [each.field for each in changes if each.field in {*ADMINISTRATION, *COMPANY}]
        if moved and self._connections.has_worked(before.id):
            raise UsageError(
                f"{', '.join(moved)} cannot change: {before.id} has carried records over, "
                "and its cursors, links and invoices belong to that administration and company. "
                "Set the other one up under an id of its own. When this one has served its time: "
                f"`koppeling erase {before.id}` removes all of it, after which its id is free"
            )

    def _warnings(
        self, after: Connection, changes: tuple[FieldChange, ...], *, is_new: bool
    ) -> Iterator[str]:
        changed = {change.field for change in changes}
        if changed & {*ADMINISTRATION, *COMPANY}:
            for other in self._connections.all():
                if other.id != after.id:
                    yield from _shared(after, other)
        if changed & _LOGINS:
            for other in self._connections.all():
                if _has_same_user(after, other):
                    yield _about_login(after, other)
        if not is_new and changed & _LOGINS:
            who = "another" if changed & _USERS else "the"
            yield (
                f"{who} OAuth user has to log in before the link goes on: "
                f"`koppeling connections link {after.id}`"
            )
        if not is_new and "start_date" in changed:
            yield "the start date holds for invoices that are offered from now on; none is undone"


def remove(stack: "Stack", connection: Connection) -> None:
    """Remove a connection's configuration."""
    stack.stores.connections.remove(connection.id)


def _has_same_user(one: Connection, other: Connection) -> bool:
    return one.id != other.id and one.milestones_user == other.milestones_user


def _about_login(after: Connection, other: Connection) -> str:
    if after.milestones_tenant == other.milestones_tenant:
        return (
            f"{other.id} has the same user in the same tenant of QicsMilestones: one login for both"
        )
    return (
        f"{other.id} has a user of the same name at QicsMilestones: each has a login of its own. "
        "If it is one user of one tenant, name the same milestones.tenant in both files"
    )


def _shared(after: Connection, other: Connection) -> Iterator[str]:
    if (other.exact_host, other.division) == (after.exact_host, after.division):
        yield (
            f"{other.id} links the same administration {after.division}: "
            "they share its calls to Exact Online"
        )
    if other.company_id == after.company_id:
        yield (
            f"{other.id} links the same company {after.company_id} of QicsMilestones: "
            "both write there, and the later one wins"
        )

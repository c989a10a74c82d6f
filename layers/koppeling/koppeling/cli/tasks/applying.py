"""Applying: a configuration file becomes what the link works by, after a look at what changes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from koppeling.cli.configuration.fields import ADMINISTRATION, COMPANY, FieldChange, differences
from koppeling.cli.exits import UsageError
from koppeling.cli.tasks.mails import SubscriptionChange, carry_out, steps
from koppeling.cli.tasks.ports import Connections, Subscriptions
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId

_USERS = frozenset({"exact.user", "milestones.user"})


@dataclass(frozen=True, slots=True)
class ApplyPlan:
    """What applying a file would do, and what to look at before."""

    connection: Connection
    is_new: bool
    changes: tuple[FieldChange, ...]
    mails: tuple[SubscriptionChange, ...]
    warnings: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to do."""
        return not self.changes and not self.mails


class ConfigurationApplier:
    """Plans and applies configurations."""

    def __init__(self, connections: Connections, subscriptions: Subscriptions) -> None:
        self._connections = connections
        self._subscriptions = subscriptions

    def plan(self, wanted: Connection) -> ApplyPlan:
        """Return what applying it would do; nothing is written yet.

        Raises:
            Misused: it would lay cursors and links of one administration or company on another.
        """
        before = self._connections.get(wanted.id)
        after = wanted if before is None else replace(wanted, paused=before.paused)
        changes = differences(before, after)
        if before is not None:
            self._refuse_another_administration(wanted.id, changes)
        return ApplyPlan(
            after,
            is_new=before is None,
            changes=changes,
            mails=tuple(steps(self._connections, self._subscriptions, before, after)),
            warnings=tuple(self._warnings(after, changes, is_new=before is None)),
        )

    def apply(self, plan: ApplyPlan) -> None:
        """Do what was planned; doing it twice changes nothing the second time.

        The connection first: a subscription that fails is found missing when the file is applied
        again.
        """
        if plan.changes:
            self._connections.save(plan.connection)
        carry_out(self._subscriptions, plan.mails)

    def _refuse_another_administration(
        self, connection: ConnectionId, changes: tuple[FieldChange, ...]
    ) -> None:
        moved = [one.field for one in changes if one.field in {*ADMINISTRATION, *COMPANY}]
        if moved and self._connections.has_worked(connection):
            raise UsageError(
                f"{', '.join(moved)} cannot change: {connection} has carried records over, "
                "and its cursors, links and invoices belong to that administration and company. "
                "Set the other one up under an id of its own. When this one has served its time: "
                f"`koppeling erase {connection}` removes all of it, after which its id is free"
            )

    def _warnings(
        self, after: Connection, changes: tuple[FieldChange, ...], *, is_new: bool
    ) -> Iterator[str]:
        touched = {change.field for change in changes}
        if touched & {*ADMINISTRATION, *COMPANY}:
            for other in self._connections.all():
                if other.id != after.id:
                    yield from _shared(after, other)
        if not is_new and touched & _USERS:
            yield (
                "another OAuth user has to log in before the link goes on: "
                f"`koppeling connections link {after.id}`"
            )
        if not is_new and "start_date" in touched:
            yield "the start date holds for invoices that are offered from now on; none is undone"


def removed(
    connections: Connections, subscriptions: Subscriptions, connection: Connection
) -> Callable[[], None]:
    """Return what removes a connection's configuration and its subscriptions."""
    ending = steps(connections, subscriptions, connection, None)

    def remove() -> None:
        carry_out(subscriptions, ending)
        connections.remove(connection.id)

    return remove


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

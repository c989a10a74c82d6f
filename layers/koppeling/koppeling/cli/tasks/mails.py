"""Mails: brings the subscriptions to warnings in line with what the connections chose.

One address is one subscription, whatever the number of its connections: SNS does not take the same
address twice. So the filter of a subscription names all connections that chose the address.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from koppeling.cli.adapters import PENDING, Subscriptions
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId

if TYPE_CHECKING:
    from koppeling.cli.stack import Stack


@dataclass(frozen=True, slots=True)
class SubscriptionChange:
    """What has to happen to one address: `invite`, `change` or `end`."""

    kind: str
    address: str
    subscription: str = ""
    connections: tuple[ConnectionId, ...] = ()


def plan_changes(
    stack: "Stack", before: Connection | None, after: Connection | None
) -> list[SubscriptionChange]:
    """Return what has to happen when a connection becomes what it is `after`, or is gone."""
    earlier = _mails(before)
    addresses = earlier | _mails(after)
    if not addresses:
        return []
    changing = {one.id for one in (before, after) if one is not None}
    connections = [one for one in stack.stores.connections.all() if one.id not in changing]
    if after is not None:
        connections.append(after)
    known = stack.subscriptions.known()
    found = (
        _change(
            stack.subscriptions,
            address,
            known,
            tuple(sorted(one.id for one in connections if address in one.warning_mails)),
            is_new=address not in earlier,
        )
        for address in sorted(addresses)
    )
    return [change for change in found if change is not None]


def carry_out(stack: "Stack", changes: Iterable[SubscriptionChange]) -> None:
    """Do what was planned."""
    for change in changes:
        if change.kind == "invite":
            stack.subscriptions.subscribe(change.address, change.connections)
        elif change.kind == "change":
            stack.subscriptions.change(change.subscription, change.connections)
        else:
            stack.subscriptions.end(change.subscription)


def _mails(connection: Connection | None) -> frozenset[str]:
    return frozenset(() if connection is None else connection.warning_mails)


def _change(
    subscriptions: Subscriptions,
    address: str,
    known: Mapping[str, str],
    wanted: tuple[ConnectionId, ...],
    *,
    is_new: bool,
) -> SubscriptionChange | None:
    subscription = known.get(address)
    is_confirmed = subscription not in {None, PENDING}
    if not wanted:
        # A subscription that was never confirmed lapses by itself
        return SubscriptionChange("end", address, subscription or "") if is_confirmed else None
    if subscription is None or (not is_confirmed and is_new):
        return SubscriptionChange("invite", address, connections=wanted)
    if not is_confirmed or subscriptions.connections_of(subscription) == frozenset(wanted):
        return None
    return SubscriptionChange("change", address, subscription, wanted)

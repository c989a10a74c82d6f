"""Mails: who is subscribed to the warnings of which connections, brought in line with the choices.

One address is one subscription, whatever the number of its connections: SNS knows no two with the
same address. So its filter names all connections that chose the address.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from koppeling.cli.tasks.ports import Connections, Subscriptions
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId

# What SNS tells in place of an ARN as long as an address did not confirm
PENDING = "PendingConfirmation"


@dataclass(frozen=True, slots=True)
class SubscriptionChange:
    """What has to happen to one address: `invite`, `change` or `end`."""

    kind: str
    address: str
    subscription: str = ""
    connections: tuple[ConnectionId, ...] = ()


def steps(
    connections: Connections,
    subscriptions: Subscriptions,
    before: Connection | None,
    after: Connection | None,
) -> list[SubscriptionChange]:
    """Return what has to happen when a connection becomes what it is `after`, or is gone."""
    touched = _mails(before) | _mails(after)
    if not touched:
        return []
    wanted = _wanted(connections, touched, before, after)
    known = subscriptions.known()
    found = (
        _step(subscriptions, address, known, wanted[address], is_new=address not in _mails(before))
        for address in sorted(touched)
    )
    return [step for step in found if step is not None]


def carry_out(subscriptions: Subscriptions, planned: Iterable[SubscriptionChange]) -> None:
    """Do what was planned."""
    for step in planned:
        if step.kind == "invite":
            subscriptions.subscribe(step.address, step.connections)
        elif step.kind == "change":
            subscriptions.change(step.subscription, step.connections)
        else:
            subscriptions.end(step.subscription)


def _mails(connection: Connection | None) -> frozenset[str]:
    return frozenset(() if connection is None else connection.warning_mails)


def _wanted(
    connections: Connections,
    touched: frozenset[str],
    before: Connection | None,
    after: Connection | None,
) -> Mapping[str, tuple[ConnectionId, ...]]:
    changing = {one.id for one in (before, after) if one is not None}
    others = [one for one in connections.all() if one.id not in changing]
    if after is not None:
        others.append(after)
    return {
        address: tuple(sorted(one.id for one in others if address in one.warning_mails))
        for address in touched
    }


def _step(
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
        # What was never confirmed lapses by itself
        return SubscriptionChange("end", address, subscription or "") if is_confirmed else None
    if subscription is None or (not is_confirmed and is_new):
        return SubscriptionChange("invite", address, connections=wanted)
    if not is_confirmed or subscriptions.wanted(subscription) == frozenset(wanted):
        return None
    return SubscriptionChange("change", address, subscription, wanted)

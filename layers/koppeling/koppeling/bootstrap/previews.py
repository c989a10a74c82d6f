"""Wires previews of first loads, and the approvals of them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from koppeling.core.clock import Deadline
from koppeling.core.summary import Summary
from koppeling.pull.approval import Approving
from koppeling.pull.dispatch import PullDispatcher
from koppeling.pull.previewing import Previewer

if TYPE_CHECKING:
    from koppeling.bootstrap.wiring import Wiring


def previewer(wiring: "Wiring", pulls: PullDispatcher) -> Previewer:
    """Return what makes and keeps the previews of an entity."""
    stores = wiring.stores
    return Previewer(pulls, stores.previews, approving(wiring), stores.approvals)


def approving(wiring: "Wiring") -> Approving:
    """Return what takes approvals."""
    stores = wiring.stores
    kept = (stores.previews, stores.approvals)
    return Approving(stores.connections, *kept, stores.log, wiring.now)


def wished(
    wiring: "Wiring", pulls: PullDispatcher, message: Mapping[str, str], deadline: Deadline
) -> Summary:
    """Do what a person asked for by a message."""
    return previewer(wiring, pulls).handle(message, deadline)

"""Wires previews of first loads, and the approvals of them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from koppeling.bootstrap.observability import report
from koppeling.core.clock import Deadline
from koppeling.core.summary import Summary
from koppeling.pull.approval import Approving
from koppeling.pull.dispatch import PullDispatcher
from koppeling.pull.events import Direct, PreviewAsked
from koppeling.pull.previewing import Previewer

if TYPE_CHECKING:
    from koppeling.bootstrap.wiring import Wiring


def previewer(wiring: "Wiring", pulls: PullDispatcher) -> Previewer:
    """Return what makes and keeps the previews of an entity."""
    stores = wiring.stores
    return Previewer(pulls, stores.previews, approving(wiring), stores.approvals, stores.doubles)


def approving(wiring: "Wiring") -> Approving:
    """Return what takes approvals."""
    stores = wiring.stores
    kept = (stores.previews, stores.approvals)
    return Approving(stores.connections, *kept, stores.log, wiring.now)


def looked(wiring: "Wiring", asked: Direct | PreviewAsked, deadline: Deadline) -> dict[str, Any]:
    """Return a preview that an operator asks for: one that is kept, or for this answer alone."""
    match asked:
        case PreviewAsked(connection):
            found = previewer(wiring, wiring.pulls).make(connection, deadline)
            return {**asdict(found), "at": found.at.isoformat()}
        case Direct(connection, full):
            preview = wiring.pulls.preview(connection, deadline, full=full)
            report(preview.summary)
            return asdict(preview)


def wished(
    wiring: "Wiring", pulls: PullDispatcher, message: Mapping[str, str], deadline: Deadline
) -> Summary:
    """Do what a person asked for by a message."""
    return previewer(wiring, pulls).handle(message, deadline)

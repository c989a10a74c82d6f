"""Approving by hand: the same approval as that of the pages, settled before the command ends."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from koppeling.cli.exits import CommandError, UsageError
from koppeling.cli.tasks.previewing import FirstLook, Previews, enabled
from koppeling.pull.approval import Approval, NotSeen, Stage
from koppeling.push.decider import OPERATOR_ROLE

if TYPE_CHECKING:
    from koppeling.cli.stack import Stack

type Watched = Callable[[Iterable[str], int], Iterable[str]]
"""Goes through things, and shows a person how far it is."""


def approve(stack: "Stack", look: FirstLook, watched: Watched) -> Approval:
    """Approve what was seen, compare everything once more, and return how it ended.

    Raises:
        UsageError: the preview is not whole, or another one took its place.
        CommandError: it was not settled.
    """
    from koppeling.bootstrap.previews import approving  # noqa: PLC0415 - a help text needs no AWS

    connection = look.connection
    try:
        approving(stack.wiring).approve(
            connection, look.digest, who=stack.caller, role=OPERATOR_ROLE
        )
    except NotSeen as error:
        raise UsageError(
            f"the preview is not whole, or no longer the last: `koppeling preview {connection.id}`"
        ) from error
    for _ in watched(Previews(stack).make(connection), len(enabled(connection))):
        pass
    ended = stack.stores.approvals.get(connection.id)
    if ended is None or ended.stage is Stage.ASKED:
        raise CommandError(f"{connection.id} was not compared to the end: try again")
    return ended

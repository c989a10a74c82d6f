"""What the notice after a button says of a link that does nothing for now."""

from koppeling.core.connection import Connection


def notice_for(connection: Connection, notice: str) -> str:
    """Return the notice for a link that runs, is paused, or is not started yet."""
    if not connection.started:
        return f"{notice}-not-started"
    return f"{notice}-paused" if connection.paused else notice

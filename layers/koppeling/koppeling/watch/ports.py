"""The port of the watch."""

# pyright: reportReturnType=false
# The body of a port is its docstring

from typing import Protocol

from koppeling.core.ids import ConnectionId


class NotificationLog(Protocol):
    """Which notifications were sent: each is claimed before it is sent and marked afterwards."""

    def claim(self, connection: ConnectionId, code: str, idempotency_key: str) -> bool:
        """Claim a notification; False when it was sent, or when another function is sending it."""

    def mark_sent(self, connection: ConnectionId, code: str, idempotency_key: str) -> None:
        """Note that it was sent."""

    def release(self, connection: ConnectionId, code: str, idempotency_key: str) -> None:
        """Give the claim up, so that the next attempt may send it."""

"""What a client of Exact Online is built with where neither tokens nor limits matter."""

from koppeling.core.rate_limit import Limits


class Anyone:
    """A bearer and a limiter that let everything go."""

    def token(self) -> str:
        """Return a token."""
        return "invented"

    def renewed(self, refused: str) -> str:
        """Return another token."""
        return f"{refused}-again"

    def check(self, endpoint: str) -> None:
        """Let a call go."""

    def check_post(self, endpoint: str) -> None:
        """Let a post go."""

    def start(self) -> None:
        """Let it begin."""

    def note_no_right(self, endpoint: str) -> None:
        """Learn nothing."""

    def record(self, endpoint: str, status: int, limits: Limits) -> None:
        """Learn nothing."""

    def answered(self, endpoint: str, *, writes: bool) -> None:
        """Note nothing."""

    def available(self) -> None:
        """Note nothing."""

    def unavailable(self) -> None:
        """Note nothing."""

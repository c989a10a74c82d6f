"""Faults that can be armed: each is used up after the number of calls it was armed for."""

from dataclasses import dataclass, field
from threading import Lock
from typing import Any


@dataclass(slots=True)
class Fault:
    """One armed fault. `endpoint` is a prefix of the endpoint's name, empty for all.

    With a `path` it strikes only calls whose path ends in it, such as those for one record.
    """

    kind: str
    endpoint: str = ""
    method: str = ""
    times: int = 1
    skip: int = 0
    options: dict[str, Any] = field(default_factory=dict)
    path: str = ""

    def meets(self, kind: str, method: str, endpoint: str, path: str) -> bool:
        """Say whether this fault is meant for such a call."""
        return (
            self.kind == kind
            and self.times > 0
            and endpoint.startswith(self.endpoint)
            and self.method in ("", method)
            and path.endswith(self.path)
        )


class Faults:
    """The faults that wait for their call; a server asks for one where it would strike."""

    def __init__(self, kinds: frozenset[str]) -> None:
        self.kinds = kinds
        self._lock = Lock()
        self._armed: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        """Arm a fault.

        Raises:
            ValueError: the kind is not one this server knows, so arming it would test nothing.
        """
        if fault.kind not in self.kinds:
            known = ", ".join(sorted(self.kinds))
            raise ValueError(f"unknown fault {fault.kind!r}; known are: {known}")
        with self._lock:
            self._armed.append(fault)

    def strike(self, kind: str, method: str, endpoint: str, path: str = "") -> Fault | None:
        """Return the fault that strikes this call, and use it up by one; None when none does."""
        with self._lock:
            for fault in self._armed:
                if not fault.meets(kind, method, endpoint, path):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    return None
                fault.times -= 1
                return fault
            return None

    def disarm(self) -> None:
        """Take all faults away."""
        with self._lock:
            self._armed.clear()

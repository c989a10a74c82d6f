"""Where the servers of a local stack listen, and by which name each side calls them.

127.0.0.1       nobody but this machine; a container of Docker Desktop gets there all the same
0.0.0.0         every address of this machine, so also the one at which containers find it
another address that one alone, such as the gateway of Docker's bridge on Linux
"""

from dataclasses import dataclass
from typing import Final

LOOPBACK: Final = "127.0.0.1"
EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 - only where a developer asks for it
# The name of this machine inside a container; on Linux there only because ADD_HOST gives it
FROM_CONTAINER: Final = "host.docker.internal"
ADD_HOST: Final = f"{FROM_CONTAINER}:host-gateway"


@dataclass(frozen=True, slots=True)
class Reach:
    """The address at which servers listen."""

    bind: str = LOOPBACK

    @property
    def here(self) -> str:
        """The host by which this machine calls them."""
        return LOOPBACK if self.bind == EVERYWHERE else self.bind

    @property
    def from_container(self) -> str:
        """The host by which a container calls them."""
        return FROM_CONTAINER if self.here == LOOPBACK else self.bind

    def url(self, port: int) -> str:
        """Return the base URL of a server on this machine."""
        return f"http://{self.here}:{port}"

    def for_container(self, value: str) -> str:
        """Return a text with the addresses in it as a container calls them."""
        if self.here == self.from_container:
            return value
        return value.replace(f"//{self.here}:", f"//{self.from_container}:")


ONLY_HERE: Final = Reach()

"""The Docker engine that `sam local invoke` would use, if there is one."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from socket import socket

from tools.paths import SAM_BIN
from tools.stack.build import sam_environment
from tools.stack.reach import LOOPBACK, Reach

_NONE = 3
_SECONDS = 60
# SAM CLI itself is asked: it looks for Docker and for Finch, and it is the one that has to find it
_QUESTION = f"""
import json, sys
from samcli.local.docker.container_client_factory import ContainerClientFactory
from samcli.local.docker.exceptions import ContainerNotReachableException
try:
    client = ContainerClientFactory.create_client()
except ContainerNotReachableException:
    sys.exit({_NONE})
bridges = client.networks.list(names=["bridge"])
pools = [pool for bridge in bridges for pool in bridge.attrs["IPAM"]["Config"]]
print(json.dumps([client.version()["Version"], pools]))
"""


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that answers; `gateway` is this machine on its bridge, if that is known."""

    version: str
    gateway: str = ""

    @property
    def reach(self) -> Reach:
        """Where servers must listen so that a container of this engine gets to them.

        With Docker Desktop the bridge is inside its own machine, which passes the loopback address
        on. Elsewhere only the gateway is needed, so nobody else on the network gets in.
        """
        return Reach(self.gateway if self.gateway and _is_ours(self.gateway) else LOOPBACK)


def find_engine() -> Engine | None:
    """Return the engine; None if there is none.

    Raises:
        RuntimeError: SAM CLI could not be asked.
    """
    answer = subprocess.run(
        [SAM_BIN / "python", "-c", _QUESTION],
        env=sam_environment(),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if answer.returncode == _NONE:
        return None
    if answer.returncode:
        raise RuntimeError(answer.stderr)
    version, pools = json.loads(answer.stdout.splitlines()[-1])
    return Engine(version, next((gateway_of(pool) for pool in pools), ""))


def gateway_of(pool: Mapping[str, str]) -> str:
    """Return the address of this machine in a pool; Docker names only one that it was told."""
    return pool.get("Gateway") or str(ip_network(pool["Subnet"])[1])


def _is_ours(address: str) -> bool:
    with socket() as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True

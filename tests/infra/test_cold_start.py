"""What a new process of each function imports before its first call (P9): names, and no times.

`make bench` measures how long it takes, beside the floor.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache

import pytest

from tools.paths import ROOT

_TELL = (
    "import sys, json, app; "
    "own = sys.stdlib_module_names; "
    "json.dump([n for n in sys.modules if n.partition('.')[0] not in own], sys.stdout)"
)
# What logs, metrics, batches, calls over HTTPS and the tables are made of
FLOOR = {
    *("aws_lambda_powertools", "typing_extensions"),
    *("botocore", "dateutil", "jmespath", "six", "urllib3"),
    *("blinker", "pynamodb"),
    *("certifi", "charset_normalizer", "idna", "requests"),
}
EVERYWHERE = {"auth", "aws", "bootstrap", "core", "exact", "milestones", "pull", "push"}
# The rooms beside those that every function has: its own
OWN_ROOMS: Mapping[str, set[str]] = {
    "connect": set(),
    "intake": {"intake"},
    "portal": {"portal"},
    "pull": set(),
    "push_sales_entries": set(),
    "watch": {"watch", "portal"},
    "webhook": set(),
}
# The push has fifty modules. Who pushes nothing has those few that tell what it calls in Exact, and
# what a counter of numbers is
OF_THE_PUSH: Mapping[str, set[str]] = {
    "connect": {"exact_calls"},
    "portal": {"exact_calls"},
    "webhook": {"exact_calls"},
    "pull": {"exact_calls", "journal", "numbers"},
}
# So many modules of a pull has who only knows its entities
ENTITIES_ALONE = 24


@cache
def imported(function: str) -> frozenset[str]:
    """Return the modules that a new process has once it imported the handler of a function."""
    return frozenset(told_by(function, _TELL))


def told_by(function: str, code: str) -> list[str]:
    """Return what code tells in a new process with the handler of a function."""
    path = (ROOT / "functions" / function, ROOT / "layers/koppeling")
    told = subprocess.run(  # noqa: S603 - our own handlers
        [sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(map(str, path))},
        capture_output=True,
        text=True,
        check=True,
    )
    names: list[str] = json.loads(told.stdout)
    return names


def rooms(function: str) -> dict[str, set[str]]:
    """Return the modules of each room, without those that only hold others."""
    found: dict[str, set[str]] = {}
    for name in imported(function):
        _, _, rest = name.partition("koppeling.")
        room, _, module = rest.partition(".")
        if module:
            found.setdefault(room, set()).add(module)
    return found


every_function = pytest.mark.parametrize("function", sorted(OWN_ROOMS))


def test_every_function_is_looked_at() -> None:
    folders = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}

    assert folders == set(OWN_ROOMS)


@every_function
def test_a_function_imports_no_package_that_it_may_do_without(function: str) -> None:
    packages = {name.partition(".")[0] for name in imported(function)}
    # What an installed package leaves in every process is not ours
    known = FLOOR | {"app", "koppeling", "__main__"}
    strangers = {name for name in packages - known if not name.startswith(("_", "cython"))}

    assert strangers == set()


@every_function
def test_a_function_imports_its_own_rooms_and_no_other(function: str) -> None:
    assert set(rooms(function)) - EVERYWHERE == OWN_ROOMS[function]


@pytest.mark.parametrize("function", sorted(OF_THE_PUSH))
def test_who_pushes_nothing_imports_nothing_of_the_push(function: str) -> None:
    assert rooms(function)["push"] == OF_THE_PUSH[function]


@pytest.mark.parametrize("function", sorted(set(OWN_ROOMS) - {"pull"}))
def test_who_pulls_nothing_imports_of_the_pulls_what_the_entities_are(function: str) -> None:
    assert len(rooms(function)["pull"]) <= ENTITIES_ALONE


# What a snapshot must not freeze: open connections, clients, tokens, keys, and what makes them
_FROZEN = """
import gc, json, sys, threading, app
kinds = ("Session", "BaseClient", "HTTPConnectionPool", "socket", "SSLSocket", "Wiring", "Stores",
    "Clients", "Aws", "KmsCipher", "TokenChain", "AppSecret", "Settings")
held = {type(o).__name__ for o in gc.get_objects() if type(o).__name__ in kinds}
json.dump(sorted(held) + ["thread"] * (threading.active_count() - 1), sys.stdout)
"""


@every_function
def test_a_snapshot_of_a_new_process_would_hold_no_connection_key_or_clock(function: str) -> None:
    """SnapStart starts many processes from one: what it holds, all of them would share."""
    assert told_by(function, _FROZEN) == []

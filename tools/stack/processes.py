"""Processes that outlive their starter: each is written down, so that it can be ended later."""

import json
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

_PATIENCE = 0.1
_PROC = Path("/proc")
_GRACE_SECONDS = 5.0
# Held and asked after, so that those we started ourselves do not linger as zombies once they end.
_OWN: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True, slots=True)
class Started:
    """One process: its id, and when it began, so that a reused id is never mistaken for it."""

    name: str
    pid: int
    began: str


class NotHealthyError(RuntimeError):
    """A server did not answer in time; the message holds the end of its log."""


def start(
    name: str,
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    state: Path,
    cwd: Path,
) -> Started:
    """Start a process in a group of its own; its log stands beside the list of processes."""
    log = state / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            env=dict(environment),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _OWN.append(process)
    started = Started(name, process.pid, _began(process.pid))
    _write(state, [*_read(state), started])
    return started


def stop_all(state: Path) -> list[str]:
    """End every process on the list with all its children; returns the names of those that ran."""
    running = [entry for entry in reversed(_read(state)) if _is_alive(entry)]
    for entry in running:
        _end(entry)
    _list(state).unlink(missing_ok=True)
    return [entry.name for entry in running]


def is_listed(state: Path) -> bool:
    """Tell whether a directory has a list of processes."""
    return _list(state).exists()


def all_alive(state: Path) -> bool:
    """Tell whether there is a list and every process on it still runs."""
    entries = _read(state)
    return bool(entries) and all(_is_alive(entry) for entry in entries)


def wait_healthy(url: str, process: Started, state: Path, seconds: float = 60) -> None:
    """Wait until a server answers 200.

    Raises:
        NotHealthyError: it ended, or did not answer in time.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if _answers(url):
            return
        if not _is_alive(process):
            break
        time.sleep(_PATIENCE)
    log = (state / f"{process.name}.log").read_text(errors="replace")
    raise NotHealthyError(f"{process.name} does not answer at {url}:\n{log[-2000:]}")


def eventually(holds: Callable[[], bool], seconds: float = 120) -> bool:
    """Wait until something holds; what the emulator's queues set going is done a little later."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(_PATIENCE)
    return True


def _answers(url: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - loopback, built by us
        return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's own number
    return False


def _end(entry: Started) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(entry.pid, number)
        deadline = time.monotonic() + _GRACE_SECONDS
        while _is_alive(entry) and time.monotonic() < deadline:
            time.sleep(_PATIENCE)
    # Children of a leader that obeyed at once: a group lives until its last member is gone.
    with suppress(ProcessLookupError):
        os.killpg(entry.pid, signal.SIGKILL)


def _is_alive(entry: Started) -> bool:
    for process in _OWN:
        process.poll()
    return bool(entry.began) and _began(entry.pid) == entry.began


def _began(pid: int) -> str:
    """Return when a process began; nothing if it is gone, or dead and only not yet buried."""
    condition, began = _from_proc(pid) if _PROC.exists() else _from_ps(pid)
    return "" if condition.startswith("Z") else began


def _from_proc(pid: int) -> tuple[str, str]:
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "", ""
    return fields[0], fields[19]  # state and starttime, counted from behind the command's name


def _from_ps(pid: int) -> tuple[str, str]:
    """Ask `ps`, where there is no /proc, as on a Mac."""
    answer = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],  # noqa: S607 - ps is where the system has it
        capture_output=True,
        text=True,
        check=False,
    )
    condition, _, began = answer.stdout.strip().partition(" ")
    return condition, began.strip()


def _list(state: Path) -> Path:
    return state / "processes.json"


def _read(state: Path) -> list[Started]:
    if not _list(state).exists():
        return []
    return [Started(**entry) for entry in json.loads(_list(state).read_text())]


def _write(state: Path, entries: Sequence[Started]) -> None:
    _list(state).write_text(json.dumps([asdict(entry) for entry in entries], indent=2))

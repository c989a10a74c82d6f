import os
import sys
from pathlib import Path

import pytest

from tools.stack.processes import (
    NotHealthyError,
    all_alive,
    is_listed,
    start,
    stop_all,
    wait_healthy,
)

STAYS = [sys.executable, "-c", "import time; time.sleep(60)"]
ENDS = [sys.executable, "-c", "print('no such port')"]


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_was_started_is_ended_by_whoever_finds_the_list(tmp_path: Path) -> None:
    started = start("server", STAYS, os.environ, tmp_path, cwd=tmp_path)

    assert all_alive(tmp_path)
    assert stop_all(tmp_path) == ["server"]
    assert not runs(started.pid)
    assert not is_listed(tmp_path)


def test_nothing_is_ended_that_only_has_the_same_number(tmp_path: Path) -> None:
    started = start("server", STAYS, os.environ, tmp_path, cwd=tmp_path)
    listed = tmp_path / "processes.json"
    honest = listed.read_text()
    listed.write_text(honest.replace(started.began, "another moment"))

    assert stop_all(tmp_path) == []
    assert runs(started.pid)

    listed.write_text(honest)
    assert stop_all(tmp_path) == ["server"]


def test_a_server_that_ends_at_once_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    started = start("server", ENDS, os.environ, tmp_path, cwd=tmp_path)

    with pytest.raises(NotHealthyError, match="no such port"):
        wait_healthy("http://127.0.0.1:9/health", started, tmp_path)
    stop_all(tmp_path)


def test_no_list_means_nothing_to_end(tmp_path: Path) -> None:
    assert stop_all(tmp_path) == []
    assert not all_alive(tmp_path)

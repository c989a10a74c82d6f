"""One line for what did something, and metrics without a dimension that costs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import pytest

from koppeling.bootstrap.observability import SERVICE, invocation, logger, metrics, report
from koppeling.core.measures import Metric
from koppeling.core.summary import Summary

NAMESPACE = "koppeling-production"


@dataclass(slots=True)
class Context:
    """Lambda's context, which says how much time is left each time that it is asked."""

    left: list[int] = field(default_factory=lambda: [100_000, 25_000])
    aws_request_id: str = "request-1"

    def get_remaining_time_in_millis(self) -> int:
        """Return it."""
        return self.left.pop(0)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", NAMESPACE)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "PullAccounts")
    metrics().clear_metrics()
    metrics.cache_clear()
    logger.cache_clear()
    yield
    metrics.cache_clear()
    logger.cache_clear()


def measured(output: str) -> dict[str, Any]:
    (line,) = [line for line in output.splitlines() if "_aws" in line]
    found: dict[str, Any] = json.loads(line)
    return found


def test_all_functions_of_a_stack_share_their_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    with invocation(Context()):
        report(Summary("pull", "done", "acme", "accounts"))
        report(Summary("pull", "stale", "beta", "accounts"))

    line = measured(capsys.readouterr().out)
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Dimensions"]) == (NAMESPACE, [["service"]])
    assert line["service"] == SERVICE
    assert line[Metric.PULL_MISSED] == [0, 1]


def test_an_invocation_tells_how_much_of_its_time_out_it_used(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(KeyError), invocation(Context()):
        raise KeyError

    assert measured(capsys.readouterr().out)[Metric.TIME_USED] == [75]


def test_an_empty_run_leaves_no_line_and_one_that_changed_something_leaves_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    report(Summary("pull", "done", "acme", counts={"read": 60, "unchanged": 60}))
    report(Summary("pull", "done", "beta", counts={"read": 60, "changed": 2}))

    assert [vars(record)["connection"] for record in caplog.records] == ["beta"]


def test_threads_that_measure_at_the_same_time_lose_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    threads = [
        Thread(target=lambda: [report(Summary("pull", "done")) for _ in range(50)])
        for _ in range(8)
    ]
    with invocation(Context()):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert sum(len(line.get(Metric.PULL_MISSED, [])) for line in lines) == 400

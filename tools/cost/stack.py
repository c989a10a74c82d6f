"""What the template says that costs money, or decides how much work does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.infra.template import Template, expanded


@dataclass(frozen=True, slots=True)
class QueueMapping:
    """How a queue reaches its function."""

    batch: int
    window_seconds: int
    memory_mb: int


@dataclass(frozen=True, slots=True, order=True)
class Kept:
    """How many days a file lies in its bucket, and how many more as an older version."""

    listed_days: int
    older_days: int

    @property
    def days(self) -> int:
        """The days for which its storage is paid."""
        return self.listed_days + self.older_days


@dataclass(frozen=True, slots=True)
class Stack:
    """The parts of a stack that are there however many connections it has."""

    pulls: QueueMapping
    push: QueueMapping
    queues_read: int
    keys: int
    secrets: int
    alarmed_metrics: int
    dashboards: int
    schedules: int
    pdf: Kept
    document: Kept
    evidence: Kept
    pull_timeout_seconds: int
    memory_mb: Mapping[str, int]


def stack(template: Template | None = None) -> Stack:
    """Read it from the template, as it is in production."""
    made = template or expanded("production")
    functions = made.resources("AWS::Lambda::Function")
    inbox, evidence = _lifecycle(made, "InboxBucket"), _lifecycle(made, "EvidenceBucket")
    return Stack(
        pulls=_mapping(made, "PullAccountsFunction"),
        push=_mapping(made, "PushSalesEntriesFunction"),
        queues_read=len(made.resources("AWS::Lambda::EventSourceMapping")),
        keys=len(made.resources("AWS::KMS::Key")),
        secrets=len(made.resources("AWS::SecretsManager::Secret")),
        alarmed_metrics=sum(map(_metrics, made.resources("AWS::CloudWatch::Alarm").values())),
        dashboards=len(made.resources("AWS::CloudWatch::Dashboard")),
        schedules=len(made.resources("AWS::Scheduler::Schedule")),
        pdf=min(inbox),
        document=max(inbox),
        evidence=max(evidence),
        pull_timeout_seconds=functions["PullAccountsFunction"]["Timeout"],
        memory_mb={name: function["MemorySize"] for name, function in functions.items()},
    )


def _mapping(made: Template, function: str) -> QueueMapping:
    own = f"${{{function}}}"
    (found,) = [
        mapping
        for mapping in made.resources("AWS::Lambda::EventSourceMapping").values()
        if mapping["FunctionName"].startswith(own[:-1])
    ]
    memory = made.resources("AWS::Lambda::Function")[function]["MemorySize"]
    window = int(found.get("MaximumBatchingWindowInSeconds", 0))
    return QueueMapping(int(found["BatchSize"]), window, int(memory))


def _metrics(alarm: Mapping[str, Any]) -> int:
    """Return how many metrics an alarm looks at: a calculation looks at each of its own."""
    return sum("MetricStat" in each for each in alarm.get("Metrics", ())) or 1


def _lifecycle(made: Template, bucket: str) -> list[Kept]:
    rules = made.resource(bucket)["Properties"]["LifecycleConfiguration"]["Rules"]
    return list(_kept(rules))


def _kept(rules: list[Mapping[str, Any]]) -> Iterator[Kept]:
    for rule in rules:
        if "ExpirationInDays" in rule:
            older = rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
            yield Kept(int(rule["ExpirationInDays"]), int(older))

"""Alarms as CloudWatch evaluates them: metric math over periods, thresholds, missing data.

A small part of it: the functions and statistics that the template uses, and no other.
"""

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.infra.template import Json

type Point = float | None
"""The value of one period; None when there is no data."""
type Samples = Mapping[str, Sequence[Sequence[float]]]
"""By the name of a metric the samples of each period, the newest last."""

_STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Average": lambda found: sum(found) / len(found),
    "Maximum": max,
    "SampleCount": len,
    "Sum": sum,
    "p99": lambda found: sorted(found)[math.ceil(0.99 * len(found)) - 1],
}
_BREACHES: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
}
_COMPUTES: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda left, right: left + right,
    ast.Mult: lambda left, right: left * right,
}


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm of the template."""

    properties: Json

    @property
    def metrics(self) -> dict[str, Json]:
        """What it watches, by the ids in its expression."""
        wanted = self.properties["Metrics"]
        return {each["Id"]: each["MetricStat"] for each in wanted if "MetricStat" in each}

    @property
    def periods(self) -> int:
        """How many periods it looks at."""
        return int(self.properties["EvaluationPeriods"])

    def rings(self, samples: Samples) -> bool:
        """Say whether it is in state ALARM after these samples; older periods have no data."""
        (watched,) = [each for each in self.properties["Metrics"] if each.get("ReturnData")]
        tree = ast.parse(watched["Expression"].replace(" OR ", " or "), mode="eval").body
        values = [_evaluated(tree, self._series(samples), back) for back in range(self.periods)]
        missing: bool = self.properties["TreatMissingData"] == "breaching"
        breaches = _BREACHES[self.properties["ComparisonOperator"]]
        threshold = float(self.properties["Threshold"])
        bad = [missing if value is None else breaches(value, threshold) for value in values]
        needed = int(self.properties["DatapointsToAlarm"])
        return sum(bad) >= needed

    def _series(self, samples: Samples) -> dict[str, Callable[[int], Point]]:
        def series(wanted: Json) -> Callable[[int], Point]:
            found = list(samples.get(wanted["Metric"]["MetricName"], ()))
            statistic = _STATISTICS[wanted["Stat"]]

            def point(back: int) -> Point:
                values = found[-1 - back] if back < len(found) else ()
                return float(statistic(values)) if values else None

            return point

        return {name: series(wanted) for name, wanted in self.metrics.items()}


def _evaluated(node: ast.expr, series: Mapping[str, Callable[[int], Point]], back: int) -> Point:
    def of(inner: ast.expr, before: int = 0) -> Point:
        return _evaluated(inner, series, back + before)

    match node:
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.Name(id=name):
            return series[name](back)
        case ast.BinOp(left=left, op=op, right=right):
            return _both(of(left), of(right), _COMPUTES[type(op)])
        case ast.Compare(left=left, ops=[ast.Gt()], comparators=[right]):
            return _both(of(left), of(right), lambda one, other: float(one > other))
        case ast.BoolOp(op=ast.Or(), values=parts):
            values = [of(part) for part in parts]
            return None if None in values else float(any(values))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _called(name, arguments, of)
    raise NotImplementedError(ast.dump(node))


def _called(name: str, arguments: Sequence[ast.expr], of: Callable[..., Point]) -> Point:
    match name, arguments:
        case "FILL", [filled, ast.Constant(value=int() as value)]:
            found = of(filled)
            return float(value) if found is None else found
        case "IF", [condition, so, otherwise]:
            holds = of(condition)
            return None if holds is None else of(so if holds else otherwise)
        case "DIFF", [changing]:
            return _both(of(changing), of(changing, 1), lambda now, before: now - before)
    raise NotImplementedError(name)


def _both(left: Point, right: Point, compute: Callable[[float, float], Any]) -> Point:
    return None if left is None or right is None else float(compute(left, right))


def alarms_of(resources: Mapping[str, Json]) -> dict[str, Alarm]:
    """Return the alarms by their logical ids."""
    return {name: Alarm(properties) for name, properties in resources.items()}

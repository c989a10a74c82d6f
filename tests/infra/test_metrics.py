"""Which metrics there are: at most ten names in all, since each costs money (R37)."""

import ast

from koppeling.core.measures import Metric
from tests.infra.sources import handlers, package
from tests.infra.template import Template

WRITER = "layers/koppeling/koppeling/bootstrap/observability.py"
WRITES = ("add_metric", "single_metric", "put_metric_data", "add_dimension", "EphemeralMetrics")


def test_there_are_at_most_ten_metrics() -> None:
    assert len(Metric) <= 10


def test_only_the_metrics_of_the_list_are_written_and_without_further_dimensions() -> None:
    written = {
        (source.name, ast.unparse(call))
        for source in [*package(), *handlers()]
        for name, call in source.calls()
        if name.rpartition(".")[2].startswith(WRITES)
    }

    # `metric` is a parameter of the type `Metric`, which mypy holds
    assert written == {(WRITER, "metrics().add_metric(metric, unit, value)")}


def test_every_function_measures_under_the_name_of_its_stack(production: Template) -> None:
    for function in production.resources("AWS::Lambda::Function").values():
        variables = function["Environment"]["Variables"]
        assert variables["POWERTOOLS_METRICS_NAMESPACE"] == "koppeling-production"

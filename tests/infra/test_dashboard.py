"""The dashboard: valid, and every line of it is something that is measured."""

import json
import re
from collections.abc import Iterator

from koppeling.bootstrap.observability import SERVICE
from koppeling.core.measures import Metric
from tests.infra.template import Json, Template

# By namespace: the metrics that AWS measures, each with the dimensions it has
OF_AWS = {
    ("AWS/Lambda", "Errors"): [],
    ("AWS/Lambda", "Throttles"): [],
    ("AWS/Lambda", "Duration"): [],
    ("AWS/ApiGateway", "5xx"): ["ApiId"],
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): ["QueueName"],
    ("AWS/SQS", "ApproximateNumberOfMessagesDelayed"): ["QueueName"],
    ("AWS/SQS", "NumberOfMessagesSent"): ["QueueName"],
    ("AWS/S3", "BucketSizeBytes"): ["BucketName", "StorageType"],
}
SEARCHED = {
    ("AWS/DynamoDB", "TableName", "ConsumedReadCapacityUnits"),
    ("AWS/DynamoDB", "TableName", "ConsumedWriteCapacityUnits"),
    ("AWS/Lambda", "FunctionName", "Invocations"),
    ("AWS/Logs", "LogGroupName", "IncomingBytes"),
    ("AWS/SQS", "QueueName", "ApproximateNumberOfMessagesVisible"),
}
QUESTIONS = ("Does the link run?", "For whom not?", "What waits?", "What does it cost?")


def widgets(template: Template) -> list[Json]:
    (dashboard,) = template.resources("AWS::CloudWatch::Dashboard").values()
    found: list[Json] = json.loads(dashboard["DashboardBody"])["widgets"]
    return found


def lines(template: Template) -> Iterator[list[str]]:
    """Yield namespace, metric and dimensions of each line of each graph."""
    for widget in widgets(template):
        for line in widget["properties"].get("metrics", []):
            texts = [each for each in line if isinstance(each, str)]
            if texts:
                yield texts


def test_it_answers_four_questions(production: Template) -> None:
    headings = [
        each["properties"]["markdown"].removeprefix("## ")
        for each in widgets(production)
        if each["type"] == "text"
    ]

    assert tuple(headings) == QUESTIONS


def test_every_line_is_measured_with_these_dimensions(production: Template) -> None:
    ours = {metric.value for metric in Metric}
    shown = set()
    for namespace, metric, *dimensions in lines(production):
        names = dimensions[::2]
        if namespace == production.parameters["AWS::StackName"]:
            shown.add(metric)
            assert (metric in ours, dimensions) == (True, ["service", SERVICE])
        else:
            assert OF_AWS[namespace, metric] == names

    assert shown == ours


def test_what_it_searches_for_are_metrics_of_aws_with_their_dimensions(
    production: Template,
) -> None:
    """Tables may have been renamed by a restore, and of pulls there are as many as entities."""
    searched = [
        re.findall(r'{([\w/]+),(\w+)} MetricName="(\w+)"', line["expression"])
        for widget in widgets(production)
        for (line, *_) in widget["properties"].get("metrics", [])
        if isinstance(line, dict) and "SEARCH" in line["expression"]
    ]

    assert {each for found in searched for each in found} == SEARCHED


def test_what_it_searches_for_by_a_part_of_a_name_has_no_quotes(production: Template) -> None:
    """In quotes CloudWatch compares whole names, and a graph without lines would look quiet."""
    searches = [
        found
        for widget in widgets(production)
        for (line, *_) in widget["properties"].get("metrics", [])
        if isinstance(line, dict)
        for found in re.findall(r"SEARCH\('{[^}]+} ([^']+)'", line["expression"])
    ]
    stack = production.parameters["AWS::StackName"]
    parts = [found for found in searches if stack in found]

    assert len(parts) == 3
    assert {name for found in searches for name in re.findall(r'"([^"]+)"', found)} <= {
        metric for _, _, metric in SEARCHED
    }


def test_what_its_lines_are_about_is_of_this_stack(production: Template) -> None:
    resources = set(production.document["Resources"])
    for _, _, *dimensions in lines(production):
        for name, value in zip(dimensions[::2], dimensions[1::2], strict=True):
            if name in {"QueueName", "BucketName", "ApiId"}:
                (resource,) = re.findall(r"^\$\{(\w+)", value)
                assert resource in resources


def test_its_log_query_reads_every_function_of_the_stack(production: Template) -> None:
    (widget,) = [each for each in widgets(production) if each["type"] == "log"]
    query = widget["properties"]["query"]
    read = set(re.findall(r"SOURCE '([^']+)'", query))
    groups = {each["LogGroupName"] for each in production.resources("AWS::Logs::LogGroup").values()}

    assert read == {group for group in groups if group.startswith("/aws/lambda/")}


def test_no_widget_covers_another(production: Template) -> None:
    taken: set[tuple[int, int]] = set()
    for each in widgets(production):
        own = {
            (x, y)
            for x in range(each["x"], each["x"] + each["width"])
            for y in range(each["y"], each["y"] + each["height"])
        }
        assert not taken & own
        assert each["x"] + each["width"] <= 24
        taken |= own


def test_the_emulator_has_no_dashboard(local: Template) -> None:
    assert local.resources("AWS::CloudWatch::Dashboard") == {}

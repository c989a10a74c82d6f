import pytest

from tests.infra.pulls import PULLS, Pull
from tests.infra.template import Json, Template

EVERY_FUNCTION = {
    "STAGE",
    "SYNC_TABLE",
    "TOKENS_TABLE",
    "TOKENS_KEY_ARN",
    "EXACT_BASE_URL",
    "MILESTONES_BASE_URL",
    "APPS_SECRET_ARN",
    "LINK_SECRET_ARN",
    "CONNECT_URL",
    "TOKEN_QUEUE_URL",
    "SPREAD_SECONDS",
    "MILESTONES_CALLS_PER_SECOND",
    "LOG_LEVEL",
    "POWERTOOLS_SERVICE_NAME",
    "POWERTOOLS_METRICS_NAMESPACE",
}
OWN = {
    **{pull.function: {"ENTITY", "PULL_QUEUE_URL", "SALES_ENTRY_QUEUE_URL"} for pull in PULLS},
    "PushSalesEntriesFunction": {
        "EVIDENCE_BUCKET",
        "INBOX_BUCKET",
        "RESTORED_AT",
        "SALES_ENTRY_QUEUE_URL",
    },
    "ConnectFunction": {"PULL_QUEUE_URLS", "ROUND_QUEUE_URL"},
    "PortalFunction": {
        "EVIDENCE_BUCKET",
        "INBOX_BUCKET",
        "PULL_QUEUE_URLS",
        "ROUND_QUEUE_URL",
        "SALES_ENTRY_QUEUE_URL",
        "SUPPORT_MAIL",
    },
    "IntakeFunction": {"INBOX_BUCKET"},
    "WatchFunction": {
        "DEAD_LETTER_URLS",
        "INBOX_BUCKET",
        "MAIL_CONFIGURATION_SET",
        "MAIL_FROM",
        "MORNING_MAIL_DAYS",
        "ROUND_QUEUE_URL",
        "SALES_ENTRY_DEAD_LETTERS_URL",
        "SALES_ENTRY_QUEUE_URL",
        "SUPPORT_MAIL",
    },
}
LOCAL_ONLY = {"OAUTHLIB_INSECURE_TRANSPORT", "AWS_ENDPOINT_URL"}


def variables(template: Template, function: str) -> dict[str, Json]:
    properties = template.resources("AWS::Lambda::Function")[function]
    found: dict[str, Json] = properties["Environment"]["Variables"]
    return found


@pytest.mark.parametrize("function", sorted(OWN))
def test_a_function_gets_exactly_the_variables_it_reads(
    production: Template, function: str
) -> None:
    assert set(variables(production, function)) == EVERY_FUNCTION | OWN[function]


@pytest.mark.parametrize("function", sorted(OWN))
def test_plain_http_and_another_aws_are_possible_on_a_developers_machine_only(
    local: Template, function: str
) -> None:
    assert set(variables(local, function)) == EVERY_FUNCTION | OWN[function] | LOCAL_ONLY


def test_the_functions_are_the_seven_pulls_the_push_the_login_and_the_watch(
    production: Template,
) -> None:
    assert set(production.resources("AWS::Lambda::Function")) == set(OWN)


@pytest.mark.parametrize("pull", PULLS, ids=lambda pull: pull.name)
def test_a_pull_knows_its_entity_and_its_queue(production: Template, pull: Pull) -> None:
    wired = variables(production, pull.function)

    assert wired["ENTITY"] == pull.name
    assert wired["PULL_QUEUE_URL"] == f"${{{pull.queue}}}"
    assert wired["POWERTOOLS_SERVICE_NAME"] == f"Pull{pull.entity}"


def test_servers_and_pace_have_production_defaults(
    production: Template,
) -> None:
    wired = variables(production, "PushSalesEntriesFunction")

    assert wired["EXACT_BASE_URL"] == ""
    assert wired["MILESTONES_BASE_URL"] == "https://qicsmilestones.qics.nl"
    assert (wired["SPREAD_SECONDS"], wired["MILESTONES_CALLS_PER_SECOND"]) == ("600", "5")


@pytest.mark.parametrize(
    ("function", "seconds"),
    [
        *((pull.function, 120) for pull in PULLS),
        ("PushSalesEntriesFunction", 180),
        ("WatchFunction", 900),
        ("ConnectFunction", 90),
        ("PortalFunction", 30),
    ],
)
def test_a_function_runs_on_python_313_on_arm_with_both_layers(
    production: Template, function: str, seconds: int
) -> None:
    properties = production.resources("AWS::Lambda::Function")[function]

    assert properties["Runtime"] == "python3.13"
    assert properties["Architectures"] == ["arm64"]
    assert properties["Handler"] == "app.handler"
    assert (properties["Timeout"], properties["MemorySize"]) == (seconds, 512)
    assert [layer[2:].split("Layer")[0] for layer in properties["Layers"]] == [
        "Dependencies",
        "Koppeling",
    ]

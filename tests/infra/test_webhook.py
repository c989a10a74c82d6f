"""The webhook of Exact: there only where it is wanted, and with next to no rights."""

import pytest

from koppeling.aws.dynamodb import webhooks
from koppeling.aws.dynamodb.connections import PARTITION
from koppeling.pull.webhook.desk import PATH
from koppeling.pull.webhook.message import ENTITIES
from tests.infra.template import MAIL, TEMPLATE, Json, Template, expanded
from tests.infra.test_functions import EVERY_FUNCTION
from tests.infra.test_iam import as_list, statements

ROUTE = f"POST {PATH}"
KINDS = ("Lambda::Function", "Lambda::Permission", "IAM::Role", "Logs::LogGroup")
KINDS_OF_API = ("ApiGatewayV2::Integration", "ApiGatewayV2::Route")


@pytest.fixture(scope="module")
def hooked() -> Template:
    """Return the template of a stack with the webhook."""
    given = {"AlarmMail": "beheer@koppeling.example", **MAIL}
    return expanded("production", TEMPLATE, **given, ExactWebhooks="on")


def allowed(template: Template) -> dict[str, Json]:
    return {each["Sid"]: each for role, each in statements(template) if role == "WebhookRole"}


def test_a_stack_that_does_not_want_it_has_nothing_of_it(production: Template) -> None:
    for kind in (*KINDS, *KINDS_OF_API):
        found = production.resources(f"AWS::{kind}")
        assert [name for name in found if name.startswith("Webhook")] == []

    watch = production.resources("AWS::Lambda::Function")["WatchFunction"]
    stage = production.resources("AWS::ApiGatewayV2::Stage")["ConnectStage"]
    assert "EXACT_WEBHOOKS" not in watch["Environment"]["Variables"]
    assert ROUTE not in stage["RouteSettings"]
    assert "Description" not in stage


def test_with_it_one_address_leads_to_a_function_of_its_own(
    hooked: Template, production: Template
) -> None:
    added = {
        kind: set(hooked.resources(f"AWS::{kind}")) - set(production.resources(f"AWS::{kind}"))
        for kind in (*KINDS, *KINDS_OF_API)
    }
    route = hooked.resources("AWS::ApiGatewayV2::Route")["WebhookRoute"]
    integration = hooked.resources("AWS::ApiGatewayV2::Integration")["WebhookIntegration"]
    stage = hooked.resources("AWS::ApiGatewayV2::Stage")["ConnectStage"]

    assert {kind.partition("::")[2]: names for kind, names in added.items()} == {
        kind: {f"Webhook{kind}"}
        for kind in ("Function", "Permission", "Role", "LogGroup", "Integration", "Route")
    }
    assert (route["RouteKey"], route["Target"]) == (ROUTE, "integrations/${WebhookIntegration}")
    assert integration["IntegrationUri"] == "${WebhookFunction.Arn}"
    assert stage["RouteSettings"][ROUTE] == {
        "ThrottlingRateLimit": 50,
        "ThrottlingBurstLimit": 100,
    }
    # The stage waits for the route that it has a pace for
    assert "${WebhookRoute}" in stage["Description"]


def test_only_its_route_may_invoke_it(hooked: Template) -> None:
    permission = hooked.resources("AWS::Lambda::Permission")["WebhookPermission"]

    assert permission["Principal"] == "apigateway.amazonaws.com"
    assert permission["SourceArn"].endswith(f":${{ConnectApi}}/*/*{PATH}")


def test_the_function_knows_the_queues_of_what_exact_tells_of(hooked: Template) -> None:
    function = hooked.resources("AWS::Lambda::Function")["WebhookFunction"]
    variables = function["Environment"]["Variables"]
    queues = dict(each.split("=") for each in variables["PULL_QUEUE_URLS"].split())

    assert set(variables) == EVERY_FUNCTION | {"PULL_QUEUE_URLS"}
    assert queues == {"accounts": "${PullAccountsQueue}", "items": "${PullItemsQueue}"}
    assert set(queues) == set(ENTITIES.values())
    assert function["Timeout"] == 10


def test_the_watch_keeps_the_subscriptions_alive(hooked: Template) -> None:
    watch = hooked.resources("AWS::Lambda::Function")["WatchFunction"]

    assert watch["Environment"]["Variables"]["EXACT_WEBHOOKS"] == "on"


def test_the_role_does_these_things_and_no_other(hooked: Template) -> None:
    actions = {sid: as_list(each["Action"]) for sid, each in allowed(hooked).items()}

    assert actions == {
        "WriteLogs": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "ReadWhoIsPulled": ["dynamodb:GetItem", "dynamodb:Query"],
        "NoteMessages": ["dynamodb:UpdateItem"],
        "QueuePulls": ["sqs:SendMessage"],
        "ReadSecret": ["secretsmanager:GetSecretValue"],
        "OpenSecret": ["kms:Decrypt"],
        "UseKeys": ["kms:Decrypt", "kms:GenerateDataKey"],
    }
    assert allowed(hooked)["QueuePulls"]["Resource"] == [
        "${PullAccountsQueue.Arn}",
        "${PullItemsQueue.Arn}",
    ]


def test_of_the_table_it_reaches_three_partitions_and_none_of_a_customer(hooked: Template) -> None:
    reached = {
        sid: each["Condition"]["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"]
        for sid, each in allowed(hooked).items()
        if each["Resource"] == "${SyncTable.Arn}"
    }

    assert reached == {
        "ReadWhoIsPulled": [PARTITION, webhooks.DIVISIONS],
        "NoteMessages": [webhooks.EARLY_TICKS],
    }


def test_of_tokens_it_reaches_nothing(hooked: Template) -> None:
    """The key of tokens opens the secret of the apps for it, through Secrets Manager alone."""
    role = str(allowed(hooked))

    assert "TokensTable" not in role
    assert "LinkSecret" not in role
    assert allowed(hooked)["OpenSecret"]["Condition"] == {
        "StringEquals": {
            "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com",
            "kms:EncryptionContext:SecretARN": "${AppsSecret.Id}",
        }
    }
    assert allowed(hooked)["UseKeys"]["Resource"] == "${DataKey.Arn}"

"""The HTTP API of the pages and of the intake: routes, pace, and what its log may hold."""

import json
from typing import Any

import pytest

from tests.infra.template import TEMPLATE, Template, expanded

LOGIN = {
    "GET /connect/{connection}",
    "POST /connect/{connection}",
    "POST /connect/{connection}/{provider}",
    "GET /callback",
}
PAGES = {"GET /portal", "GET /portal/{proxy+}", "POST /portal/{proxy+}"}
PROGRAMS = {"ANY /v1/{proxy+}"}
TARGETS = {
    "ConnectIntegration": "ConnectFunction",
    "PortalIntegration": "PortalFunction",
    "IntakeIntegration": "IntakeFunction",
}


def the(template: Template, kind: str) -> Any:  # noqa: ANN401 - a piece of a template
    (found,) = template.resources(f"AWS::ApiGatewayV2::{kind}").values()
    return found


def connect_urls(template: Template) -> set[str]:
    functions = template.resources("AWS::Lambda::Function").values()
    told = {function["Environment"]["Variables"]["CONNECT_URL"] for function in functions}
    return told | {template.plain(template.document["Outputs"]["ConnectUrl"]["Value"])}


def test_a_route_leads_to_the_login_pages_to_those_of_the_bookkeeper_or_to_the_intake(
    production: Template,
) -> None:
    routes = production.resources("AWS::ApiGatewayV2::Route").values()
    led = {route["RouteKey"]: route["Target"] for route in routes}

    assert led == {
        **dict.fromkeys(LOGIN, "integrations/${ConnectIntegration}"),
        **dict.fromkeys(PAGES, "integrations/${PortalIntegration}"),
        **dict.fromkeys(PROGRAMS, "integrations/${IntakeIntegration}"),
    }
    assert {route["ApiId"] for route in routes} == {"${ConnectApi}"}


def test_each_integration_hands_on_to_its_function(production: Template) -> None:
    integrations = production.resources("AWS::ApiGatewayV2::Integration")

    assert set(integrations) == set(TARGETS)
    for name, function in TARGETS.items():
        assert integrations[name]["IntegrationUri"] == f"${{{function}.Arn}}"
        assert integrations[name]["PayloadFormatVersion"] == "2.0"
        assert integrations[name]["TimeoutInMillis"] == 30_000


def test_a_login_goes_on_longer_than_the_api_waits_and_a_page_does_not(
    production: Template,
) -> None:
    functions = production.resources("AWS::Lambda::Function")

    assert functions["ConnectFunction"]["Timeout"] > 30
    assert functions["PortalFunction"]["Timeout"] == 30
    assert functions["PortalFunction"]["Runtime"] == "python3.13"


def test_only_this_api_may_invoke_the_functions(production: Template) -> None:
    every = production.resources("AWS::Lambda::Permission").values()
    permissions = [each for each in every if each["Principal"] != "events.amazonaws.com"]

    assert {each["FunctionName"] for each in permissions} == {
        f"${{{function}}}" for function in TARGETS.values()
    }
    for permission in permissions:
        assert permission["Principal"] == "apigateway.amazonaws.com"
        assert permission["SourceArn"] == (
            "arn:aws:execute-api:eu-central-1:111122223333:${ConnectApi}/*/*"
        )


def test_requests_are_throttled(production: Template) -> None:  # S8
    settings = the(production, "Stage")["DefaultRouteSettings"]

    assert settings["ThrottlingRateLimit"] == 10
    assert settings["ThrottlingBurstLimit"] == 20


def test_every_route_has_a_pace_of_its_own(production: Template) -> None:
    """A flood of one route must not keep anybody from coming back from a login page."""
    stage = production.resource("ConnectStage")
    paces = stage["Properties"]["RouteSettings"]
    routes = production.resources("AWS::ApiGatewayV2::Route")

    assert set(paces) == LOGIN | PAGES | PROGRAMS
    assert all(
        0 < paces[route]["ThrottlingRateLimit"] <= 10
        and 0 < paces[route]["ThrottlingBurstLimit"] <= 20
        for route in LOGIN
    )
    # Everybody may open a page after the morning mail; a form is sent now and then
    assert paces["GET /portal"] == paces["GET /portal/{proxy+}"]
    assert paces["GET /portal"]["ThrottlingRateLimit"] <= 50
    assert paces["POST /portal/{proxy+}"]["ThrottlingRateLimit"] <= 20
    # Programs of all customers share it; each of their keys has a pace of its own (S8)
    assert paces["ANY /v1/{proxy+}"]["ThrottlingRateLimit"] == 200
    # A stage that names a route before there is one is refused
    assert set(stage["DependsOn"]) == set(routes)


def test_a_domain_of_its_own_has_its_certificate_and_switches_off_the_other_address() -> None:
    certificate = "arn:aws:acm:eu-central-1:111122223333:certificate/1"
    given = {"ConnectDomainName": "koppeling.example", "ConnectCertificateArn": certificate}
    template = expanded("production", TEMPLATE, **given)

    (configuration,) = the(template, "DomainName")["DomainNameConfigurations"]
    assert the(template, "Api")["DisableExecuteApiEndpoint"] is True
    assert the(template, "DomainName")["DomainName"] == "koppeling.example"
    assert configuration["CertificateArn"] == certificate
    assert configuration["SecurityPolicy"] == "TLS_1_2"
    assert the(template, "ApiMapping") == {
        "ApiId": "${ConnectApi}",
        "DomainName": "${ConnectDomain}",
        "Stage": "${ConnectStage}",
    }
    assert connect_urls(template) == {"https://koppeling.example"}


def test_without_a_domain_the_address_of_the_api_works(production: Template) -> None:
    # Said in words, or an API that once had a domain would stay switched off
    assert the(production, "Api")["DisableExecuteApiEndpoint"] is False
    assert production.resources("AWS::ApiGatewayV2::DomainName") == {}
    assert production.resources("AWS::ApiGatewayV2::ApiMapping") == {}


def test_the_access_log_holds_no_query_no_path_and_no_person(production: Template) -> None:  # S3
    stage = the(production, "Stage")
    logged = set(json.loads(stage["AccessLogSettings"]["Format"]).values())

    assert stage["AccessLogSettings"]["DestinationArn"] == "${ConnectAccessLogGroup.Arn}"
    assert logged == {
        "$context.requestId",
        "$context.requestTime",
        "$context.routeKey",
        "$context.status",
        "$context.error.message",
        "$context.responseLatency",
    }


def test_the_key_of_logs_serves_the_access_log(production: Template) -> None:
    group = production.resources("AWS::Logs::LogGroup")["ConnectAccessLogGroup"]["LogGroupName"]
    statements = production.resources("AWS::KMS::Key")["DataKey"]["KeyPolicy"]["Statement"]
    (of_logs,) = [each for each in statements if each["Sid"] == "AllowLogsOfThisStack"]
    allowed = of_logs["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]

    prefix = "arn:aws:logs:eu-central-1:111122223333:log-group:"
    assert f"{prefix}{group}".startswith(tuple(each.rstrip("*") for each in allowed))


@pytest.mark.parametrize(
    ("stage", "given", "url"),
    [
        (
            "production",
            {},
            "https://${ConnectApi}.execute-api.eu-central-1.amazonaws.com",
        ),
        (
            "local",
            {"AwsEndpointUrl": "http://127.0.0.1:4566"},
            "http://127.0.0.1:4566/_aws/execute-api/${ConnectApi}/$default",
        ),
        (
            "production",
            {"ConnectBaseUrl": "https://koppeling.example"},
            "https://koppeling.example",
        ),
    ],
)
def test_every_function_and_the_output_have_the_same_address(
    stage: str, given: dict[str, str], url: str
) -> None:
    assert connect_urls(expanded(stage, TEMPLATE, **given)) == {url}


def test_the_key_of_the_links_is_made_by_aws_and_known_to_nobody(production: Template) -> None:
    secret = production.resources("AWS::SecretsManager::Secret")["LinkSecret"]

    assert "SecretString" not in secret
    assert secret["GenerateSecretString"]["PasswordLength"] == 64

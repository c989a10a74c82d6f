"""A release takes over by alias, a part of the work first, and never silently not at all (R40)."""

import re
from typing import Any

import pytest

from tests.infra.pulls import PULLS
from tests.infra.template import TEMPLATE, Json, Template, expanded

ALIASED = (*(pull.function for pull in PULLS), "PushSalesEntriesFunction")
# It decides between resources, and no stack ever changes it
FIXED = {"Stage"}
# They change a function through a condition, in which no mark is seen
DECIDING = {"SnapStart"}
SENTINEL = "<{}>"
LONGEST = 256

each_function = pytest.mark.parametrize("function", ALIASED)


@pytest.fixture(scope="module")
def marked() -> list[Template]:
    """Return the template with a mark in place of each parameter, for two stages and forms.

    An address before the login pages hides their domain, so once there is none.
    """
    names: set[str] = expanded("dev").document["Parameters"].keys() - FIXED
    marks = {name: SENTINEL.format(name) for name in names}
    return [
        expanded("production", TEMPLATE, **marks),
        expanded("local", TEMPLATE, **marks),
        expanded("production", TEMPLATE, **{**marks, "ConnectBaseUrl": ""}),
    ]


def version_of(template: Template, function: str) -> tuple[str, Json]:
    """Return the logical id and the properties of the version of a function."""
    ((name, version),) = (
        (name, version)
        for name, version in template.resources("AWS::Lambda::Version").items()
        if version["FunctionName"] == f"${{{function}}}"
    )
    return name, version


def seen_in(value: Any) -> set[str]:  # noqa: ANN401 - a piece of a template
    """Return the parameters whose mark is in a piece of a template."""
    return set(re.findall(r"<(\w+)>", str(value))) - {"aws"}


@each_function
def test_whatever_changes_a_function_publishes_a_version_of_it(
    marked: list[Template], function: str
) -> None:
    """Else the alias would go on with the old value, such as no `RestoredAt` after a restore.

    SAM publishes for a changed template or layer, but not for a changed value of a parameter. And a
    version that is published although nothing changed is refused by Lambda: the deploy would fail.
    """
    in_function, in_version = set[str](), set[str]()
    for template in marked:
        in_function |= seen_in(template.resources("AWS::Lambda::Function")[function])
        in_version |= seen_in(version_of(template, function)[1]["Description"])

    assert in_version == (in_function - {"SyncTable", "TokensTable"}) | DECIDING


@each_function
def test_a_function_starts_from_a_snapshot_only_where_that_is_asked_for(function: str) -> None:
    asked = {"off": None, "on": {"ApplyOn": "PublishedVersions"}}

    found = {
        value: expanded("production", TEMPLATE, SnapStart=value)
        .resources("AWS::Lambda::Function")[function]
        .get("SnapStart")
        for value in asked
    }

    assert found == asked


def test_the_description_of_a_version_always_fits(production: Template) -> None:
    declared = production.document["Parameters"]

    def longest(name: str) -> int:
        allowed = declared[name].get("AllowedValues") or [declared[name].get("MaxValue", 100)]
        length: int = declared[name].get("MaxLength") or max(len(str(each)) for each in allowed)
        return length

    # Only an emulator has an address of its own, and the tables of one have short names
    names = set(re.findall(r"\$\{(\w+)\}", text_of_description())) - {"AwsEndpointUrl"}
    assert {"RestoredAt", "ConnectAddress"} <= names
    total = sum(longest(name) for name in names - {"RestoredAt", "ConnectAddress"})
    total += len("2026-11-28T10:30Z") + max(longest("ConnectBaseUrl"), longest("ConnectDomainName"))
    assert total + len(names) <= LONGEST


def text_of_description() -> str:
    """Return the longest description of a version, as the template has it."""
    found: list[str] = re.findall(r"VersionDescription: !Sub\s+- (.+)", TEMPLATE.read_text())
    return max(found, key=len)


@each_function
def test_a_change_of_a_layer_alone_publishes_a_version(production: Template, function: str) -> None:
    """All of our code is in a layer, and SAM looks at the function's own folder alone."""
    changed = expanded("production", layers="another")

    assert version_of(changed, function)[0] != version_of(production, function)[0]


@each_function
def test_everything_invokes_the_alias_and_nothing_the_function_itself(
    production: Template, function: str
) -> None:
    alias, plain = f"${{{function}Aliaslive}}", (f"${{{function}}}", f"${{{function}.Arn}}")
    mappings = production.resources("AWS::Lambda::EventSourceMapping").values()
    schedules = production.resources("AWS::Scheduler::Schedule").values()
    invoked = [each["FunctionName"] for each in mappings]
    invoked += [each["Target"]["Arn"] for each in schedules]
    handled = production.resources("AWS::Lambda::EventInvokeConfig").values()

    assert alias in invoked
    assert [each for each in invoked if each in plain] == []
    assert {each["Qualifier"] for each in handled if each["FunctionName"] in plain} <= {"live"}


@each_function
def test_people_and_tools_are_told_the_alias(production: Template, function: str) -> None:
    outputs = production.plain(production.document["Outputs"])
    name = production.resources("AWS::Lambda::Function")[function]["FunctionName"]

    assert outputs[function]["Value"] == f"{name}:live"
    assert outputs[f"{function}Arn"]["Value"] == (
        f"arn:aws:lambda:eu-central-1:111122223333:function:{name}:live"
    )


@each_function
def test_production_gives_a_tenth_of_the_work_to_a_new_release_for_five_minutes(
    production: Template, function: str
) -> None:
    group = production.resources("AWS::CodeDeploy::DeploymentGroup")[f"{function}DeploymentGroup"]
    alias = production.resource(f"{function}Aliaslive")

    assert group["DeploymentConfigName"] == "CodeDeployDefault.LambdaCanary10Percent5Minutes"
    assert group["ServiceRoleArn"] == "${ReleaseRole.Arn}"
    assert "CodeDeployLambdaAliasUpdate" in alias["UpdatePolicy"]
    assert group["AlarmConfiguration"] == {
        "Enabled": True,
        "Alarms": [{"Name": "${FunctionsFail}"}],
    }
    rollback = group["AutoRollbackConfiguration"]
    assert rollback["Enabled"] is True
    assert {"DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"} <= set(rollback["Events"])


def test_another_stage_waits_for_nothing_and_the_emulator_has_no_codedeploy(
    local: Template,
) -> None:
    groups = expanded("dev").resources("AWS::CodeDeploy::DeploymentGroup").values()

    assert {each["DeploymentConfigName"] for each in groups} == {
        "CodeDeployDefault.LambdaAllAtOnce"
    }
    assert local.resources("AWS::CodeDeploy::DeploymentGroup") == {}
    assert len(local.resources("AWS::Lambda::Alias")) == len(ALIASED)


def test_a_release_may_move_the_aliases_that_exist_and_no_other_function(
    production: Template,
) -> None:
    statements = production.resources("AWS::IAM::Role")["ReleaseRole"]["Policies"][0][
        "PolicyDocument"
    ]["Statement"]
    (moving,) = [each for each in statements if "lambda:UpdateAlias" in each["Action"]]
    prefixes = tuple(each.rstrip("*") for each in moving["Resource"])
    functions = production.resources("AWS::Lambda::Function")
    reached = {
        name
        for name, each in functions.items()
        if f"arn:aws:lambda:eu-central-1:111122223333:function:{each['FunctionName']}".startswith(
            prefixes
        )
    }

    assert reached == set(ALIASED)

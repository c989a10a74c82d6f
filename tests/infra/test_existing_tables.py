"""A restored table has a name of its own: the stack takes it in place of the one it would make."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.infra.template import MAIL, Template, expanded

SYNC, TOKENS = "koppeling-sync-restored", "koppeling-tokens-restored"
RESTORED_AT = "2026-11-28T10:30Z"


@pytest.fixture(scope="module")
def restored() -> Template:
    return expanded(
        "production",
        AlarmMail="beheer@koppeling.example",
        **MAIL,
        ExistingSyncTable=SYNC,
        ExistingTokensTable=TOKENS,
        RestoredAt=RESTORED_AT,
    )


def everything(template: Template) -> Mapping[str, Any]:
    """Return what exists in this stage, and the outputs."""
    kinds = {resource["Type"] for resource in template.document["Resources"].values()}
    found = {name: held for kind in kinds for name, held in template.resources(kind).items()}
    return {**found, "Outputs": template.plain(template.document["Outputs"])}


def test_a_stack_without_existing_tables_makes_its_own(production: Template) -> None:
    assert set(production.resources("AWS::DynamoDB::Table")) == {"SyncTable", "TokensTable"}


def test_a_stack_makes_no_table_that_exists(restored: Template) -> None:
    assert restored.resources("AWS::DynamoDB::Table") == {}


def test_nothing_refers_to_a_table_that_is_not_made(restored: Template) -> None:
    referring = {
        name
        for name, held in everything(restored).items()
        if re.search(r"\$\{(?:SyncTable|TokensTable)\b", str(held))
    }

    assert referring == set()


def test_every_function_works_on_the_existing_tables(restored: Template) -> None:
    for function in restored.resources("AWS::Lambda::Function").values():
        variables = function["Environment"]["Variables"]
        assert (variables["SYNC_TABLE"], variables["TOKENS_TABLE"]) == (SYNC, TOKENS)
    outputs = restored.plain(restored.document["Outputs"])
    assert (outputs["SyncTable"]["Value"], outputs["TokensTable"]["Value"]) == (SYNC, TOKENS)


def test_roles_may_do_with_the_existing_tables_what_they_may_with_the_made_ones(
    production: Template, restored: Template
) -> None:
    def of_role(template: Template) -> dict[str, str]:
        return {name: str(role) for name, role in template.resources("AWS::IAM::Role").items()}

    table = "arn:aws:dynamodb:eu-central-1:111122223333:table"
    moved = {
        name: role.replace("${SyncTable.Arn}", f"{table}/{SYNC}").replace(
            "${TokensTable.Arn}", f"{table}/{TOKENS}"
        )
        for name, role in of_role(production).items()
    }

    assert of_role(restored) == moved


def test_one_table_alone_can_be_replaced() -> None:
    template = expanded("dev", ExistingTokensTable=TOKENS)

    assert set(template.resources("AWS::DynamoDB::Table")) == {"SyncTable"}
    for function in template.resources("AWS::Lambda::Function").values():
        variables = function["Environment"]["Variables"]
        assert (variables["SYNC_TABLE"], variables["TOKENS_TABLE"]) == ("${SyncTable}", TOKENS)

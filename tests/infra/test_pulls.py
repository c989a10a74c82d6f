"""The loop over the entities: seven pulls, each part of them written once."""

import re

import pytest

from koppeling.pull.entities.registry import ENTITIES
from koppeling.pull.webhook.message import ENTITIES as TOLD
from tests.infra.pulls import PULLS
from tests.infra.template import TEMPLATE, Template

ONE_OF_EACH = (
    "AWS::IAM::Role",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::SQS::Queue",
    "AWS::Scheduler::Schedule",
)


def test_both_loops_run_over_the_same_entities() -> None:
    loops = re.findall(r"^ +- Entity\n +- \[(.+)\]$", TEMPLATE.read_text(), re.MULTILINE)

    assert [names.split(", ") for names in loops] == [[pull.entity for pull in PULLS]] * 2


def test_an_entity_stands_in_the_loops_in_one_row_and_with_its_schedule_and_nowhere_else() -> None:
    source = re.sub(r"^ *#.*$|Description: .*$", "", TEMPLATE.read_text(), flags=re.MULTILINE)

    for pull in PULLS:
        # SAM CLI unrolls no loop within a resource: the watch counts the dead letters of each, a
        # page and a login send to its queue, and the dashboard reads its log. Exact tells of two of
        # them, and then a webhook sends to their queues too
        counted = (f"${{{pull.dead_letters}}}", f"!GetAtt {pull.dead_letters}.Arn")
        asked = (f"=${{{pull.queue}}}", f"!GetAtt {pull.queue}.Arn")
        senders = 3 if pull.name in TOLD.values() else 2
        for listed in (*counted, *asked, f"-Pull{pull.entity}' |"):
            assert source.count(listed) == (senders if listed in asked else 1)
            source = source.replace(listed, "")
        named = re.findall(rf"\w*{pull.entity}\w*", source)
        parameters = [f"{pull.entity}{each}" for each in ("MaximumConcurrency", "Schedule")]
        assert sorted(named) == [pull.entity] * 3 + parameters


def test_the_names_in_messages_are_those_of_the_registry_in_the_row_of_each(
    production: Template,
) -> None:
    rows = production.document["Mappings"]["Entities"]

    assert rows == {pull.entity: {"Name": pull.name} for pull in PULLS}


def test_every_entity_of_the_registry_is_deployed_at_the_interval_it_stands_for() -> None:
    assert {entity.name: entity.interval_minutes for entity in ENTITIES.values()} == {
        pull.name: pull.minutes for pull in PULLS
    }


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_every_entity_has_the_same_parts(production: Template, kind: str) -> None:
    def parts(entity: str) -> set[str]:
        return {
            name.replace(entity, "")
            for name in production.resources(kind)
            if name.startswith(f"Pull{entity}")
        }

    assert parts("Accounts")
    assert all(parts(pull.entity) == parts("Accounts") for pull in PULLS)


def test_a_client_finds_every_part_of_a_pull_in_the_outputs(production: Template) -> None:
    parts = ("Function", "FunctionArn", "QueueUrl", "DeadLetterQueueUrl", "Schedule")
    outputs = set(production.document["Outputs"])

    assert {f"Pull{pull.entity}{part}" for pull in PULLS for part in parts} <= outputs

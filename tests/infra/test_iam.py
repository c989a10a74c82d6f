"""Who may do what (S1): every addition shows up as a difference with the golden file.

After an intended change: `.venv/bin/python -m tests.infra.test_iam` writes the file anew.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.infra.pulls import PULLS, Pull
from tests.infra.template import MAIL, Json, Template, expanded

# The aliases of pulls and push, and the alarms: CloudWatch asks for a right on those of the account
RELEASES = {
    "arn:aws:lambda:eu-central-1:111122223333:function:koppeling-production-Pull*",
    "arn:aws:lambda:eu-central-1:111122223333:function:koppeling-production-PushSalesEntries*",
    "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:*",
}

GOLDEN = Path(__file__).with_name("iam.golden.json")


def as_list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def statements(template: Template) -> Iterator[tuple[str, Json]]:
    for name, role in template.resources("AWS::IAM::Role").items():
        for policy in role["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement


def pairs(template: Template) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for role, statement in statements(template):
        for action in as_list(statement["Action"]):
            for resource in as_list(statement["Resource"]):
                found.setdefault(role, []).append(f"{statement['Effect']} {action} on {resource}")
    return {role: sorted(lines) for role, lines in sorted(found.items())}


def test_roles_may_do_exactly_what_the_golden_file_lists(production: Template) -> None:
    assert pairs(production) == json.loads(GOLDEN.read_text())


def test_no_role_has_a_wildcard_action_or_a_resource_that_is_everything(
    production: Template,
) -> None:
    for role, statement in statements(production):
        assert not [a for a in as_list(statement["Action"]) if "*" in a], role
        assert "*" not in as_list(statement["Resource"]), role


def test_a_star_in_a_resource_only_stands_for_objects_in_a_bucket_and_what_a_release_moves(
    production: Template,
) -> None:
    starred = {
        resource
        for _, statement in statements(production)
        for resource in as_list(statement["Resource"])
        if "*" in resource
    }

    assert starred == {
        "arn:aws:s3:::koppeling-production-inbox-111122223333-eu-central-1/*",
        "arn:aws:s3:::koppeling-production-inbox-111122223333-eu-central-1/*.pdf",
        "arn:aws:s3:::koppeling-production-inbox-111122223333-eu-central-1/*.json",
        "${EvidenceBucket.Arn}/*",
        *RELEASES,
    }


def test_evidence_is_added_and_read_and_never_deleted_or_changed(production: Template) -> None:
    touched = {
        (role, line)
        for role, lines in pairs(production).items()
        for line in lines
        if "EvidenceBucket" in line
    }

    assert touched == {
        ("PushSalesEntriesRole", "Allow s3:GetObject on ${EvidenceBucket.Arn}/*"),
        ("PushSalesEntriesRole", "Allow s3:PutObject on ${EvidenceBucket.Arn}/*"),
        ("PortalRole", "Allow s3:GetObject on ${EvidenceBucket.Arn}/*"),
        ("PortalRole", "Allow s3:ListBucket on ${EvidenceBucket.Arn}"),
    }


def test_no_role_takes_over_a_managed_policy(production: Template) -> None:
    for role in production.resources("AWS::IAM::Role").values():
        assert "ManagedPolicyArns" not in role


def test_every_function_and_every_schedule_has_a_role_of_its_own(production: Template) -> None:
    functions = production.resources("AWS::Lambda::Function").values()
    schedules = production.resources("AWS::Scheduler::Schedule").values()
    used = [function["Role"] for function in functions]
    used += [schedule["Target"]["RoleArn"] for schedule in schedules]

    assert len(used) == len(set(used))
    roles = {f"${{{name}.Arn}}" for name in production.resources("AWS::IAM::Role")}
    assert roles - set(used) == {"${ReleaseRole.Arn}"}


def test_each_role_trusts_one_service(production: Template) -> None:
    trusted = {
        name: [s["Principal"] for s in role["AssumeRolePolicyDocument"]["Statement"]]
        for name, role in production.resources("AWS::IAM::Role").items()
    }

    assert trusted == {
        **{f"Pull{pull.entity}Role": [{"Service": "lambda.amazonaws.com"}] for pull in PULLS},
        **{
            f"Pull{pull.entity}ScheduleRole": [{"Service": "scheduler.amazonaws.com"}]
            for pull in PULLS
        },
        "PushSalesEntriesRole": [{"Service": "lambda.amazonaws.com"}],
        "ConnectRole": [{"Service": "lambda.amazonaws.com"}],
        "IntakeRole": [{"Service": "lambda.amazonaws.com"}],
        "PortalRole": [{"Service": "lambda.amazonaws.com"}],
        "WatchRole": [{"Service": "lambda.amazonaws.com"}],
        "ReleaseRole": [{"Service": "codedeploy.amazonaws.com"}],
        "MorningScheduleRole": [{"Service": "scheduler.amazonaws.com"}],
        "DeadLetterScheduleRole": [{"Service": "scheduler.amazonaws.com"}],
        "WatchScheduleRole": [{"Service": "scheduler.amazonaws.com"}],
    }


@pytest.mark.parametrize("pull", PULLS, ids=lambda pull: pull.name)
def test_the_schedule_may_invoke_the_alias_of_the_function_by_the_name_it_really_has(
    production: Template, pull: Pull
) -> None:
    function = production.resources("AWS::Lambda::Function")[pull.function]
    invoked = [
        statement["Resource"]
        for role, statement in statements(production)
        if (role, statement["Action"])
        == (f"Pull{pull.entity}ScheduleRole", "lambda:InvokeFunction")
    ]

    assert invoked == [
        f"arn:aws:lambda:eu-central-1:111122223333:function:{function['FunctionName']}:live"
    ]


@pytest.mark.parametrize("pull", PULLS, ids=lambda pull: pull.name)
def test_a_pull_reaches_its_own_queues_and_offers_invoices_that_wait(
    production: Template, pull: Pull
) -> None:
    lines = [line for line in pairs(production)[f"Pull{pull.entity}Role"] if " sqs:" in line]
    invoices = [line for line in lines if "SalesEntryQueue" in line]
    tokens = [line for line in lines if "TokenQueue" in line]
    reached = {line.rpartition(" on ")[2] for line in lines if line not in invoices + tokens}

    assert invoices == ["Allow sqs:SendMessage on ${SalesEntryQueue.Arn}"]
    assert tokens == ["Allow sqs:SendMessage on ${TokenQueue.Arn}"]
    assert reached == {f"${{{pull.queue}.Arn}}", f"${{{pull.dead_letters}.Arn}}"}


def test_only_who_works_with_tokens_may_use_their_key_and_their_table(
    production: Template,
) -> None:  # S2
    def who(resource: str) -> set[str]:
        found = pairs(production).items()
        return {role for role, lines in found if any(resource in line for line in lines)}

    working = {f"Pull{pull.entity}Role" for pull in PULLS}
    working |= {"ConnectRole", "PushSalesEntriesRole", "WatchRole"}
    assert who("${TokensKey.Arn}") == who("${TokensTable.Arn}") == working


def test_the_pages_open_no_token_delete_nothing_and_see_no_login_under_way(
    production: Template,
) -> None:  # S9
    lines = pairs(production)["PortalRole"]
    denied = [line for line in lines if line.startswith("Deny ")]
    kept = {
        tuple(keys): as_list(statement["Action"])
        for _, statement in statements(production)
        if statement["Effect"] == "Deny"
        for keys in [statement["Condition"]["ForAnyValue:StringLike"]["dynamodb:LeadingKeys"]]
    }

    assert not [line for line in lines if "Token" in line or "AppsSecret" in line]
    assert not [line for line in lines if "Delete" in line or "Scan" in line]
    assert {line.split()[1] for line in denied} == {
        line.split()[1] for line in lines if line.startswith("Allow dynamodb:")
    }
    assert len(kept.pop(("LOGIN-SESSION#*", "LOGIN-ATTEMPT#*"))) == 5
    assert kept == {
        ("PORTAL-LINK#*",): ["dynamodb:PutItem"],
        ("CONNECTION-PEOPLE", "MAIL#*"): ["dynamodb:PutItem", "dynamodb:UpdateItem"],
    }


def test_the_pages_send_to_every_pull_to_the_invoices_and_to_the_watch(
    production: Template,
) -> None:
    lines = [line for line in pairs(production)["PortalRole"] if " sqs:" in line]
    function = production.resources("AWS::Lambda::Function")["PortalFunction"]
    named = dict(
        each.split("=") for each in function["Environment"]["Variables"]["PULL_QUEUE_URLS"].split()
    )

    assert {line.partition(" on ")[2] for line in lines} == {
        *(f"${{{pull.queue}.Arn}}" for pull in PULLS),
        "${RoundQueue.Arn}",
        "${SalesEntryQueue.Arn}",
    }
    assert {line.split()[1] for line in lines} == {"sqs:SendMessage"}
    assert named == {pull.name: f"${{{pull.queue}}}" for pull in PULLS}


def test_a_login_may_ask_every_pull_for_a_preview(production: Template) -> None:
    lines = [line for line in pairs(production)["ConnectRole"] if " sqs:" in line]
    function = production.resources("AWS::Lambda::Function")["ConnectFunction"]
    named = dict(
        each.split("=") for each in function["Environment"]["Variables"]["PULL_QUEUE_URLS"].split()
    )

    assert {f"${{{pull.queue}.Arn}}" for pull in PULLS} <= {
        line.partition(" on ")[2] for line in lines
    }
    assert {line.split()[1] for line in lines} == {"sqs:SendMessage"}
    assert named == {pull.name: f"${{{pull.queue}}}" for pull in PULLS}


def test_only_the_watch_may_go_through_all_chains(production: Template) -> None:
    scanning = {
        role
        for role, lines in pairs(production).items()
        if "Allow dynamodb:Scan on ${TokensTable.Arn}" in lines
    }

    assert scanning == {"WatchRole"}


def test_only_the_watch_reads_the_tokens_that_others_hand_on(production: Template) -> None:  # R29
    def who(action: str) -> set[str]:
        found = pairs(production).items()
        return {role for role, lines in found if f"Allow {action} on ${{TokenQueue.Arn}}" in lines}

    working = {f"Pull{pull.entity}Role" for pull in PULLS}
    assert who("sqs:SendMessage") == working | {"ConnectRole", "PushSalesEntriesRole", "WatchRole"}
    assert who("sqs:ReceiveMessage") == who("sqs:DeleteMessage") == {"WatchRole"}


def test_no_role_may_take_a_chain_of_tokens_away(production: Template) -> None:
    taking = [
        (role, line)
        for role, lines in pairs(production).items()
        for line in lines
        if "TokensTable" in line and ("Delete" in line or "Batch" in line)
    ]

    assert taking == []


def test_push_reads_the_inbox_that_really_exists(production: Template) -> None:
    bucket = production.resources("AWS::S3::Bucket")["InboxBucket"]["BucketName"]
    function = production.resources("AWS::Lambda::Function")["PushSalesEntriesFunction"]

    assert function["Environment"]["Variables"]["INBOX_BUCKET"] == bucket
    assert (
        f"Allow s3:GetObject on arn:aws:s3:::{bucket}/*"
        in (pairs(production)["PushSalesEntriesRole"])
    )


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(pairs(expanded("production", **MAIL)), indent=2) + "\n")

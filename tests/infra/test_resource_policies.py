"""Policies on buckets, queues and topics: TLS only, and no encryption that the link cannot read."""

from collections.abc import Mapping

import pytest

from tests.infra.template import Json, Template

INSECURE = {"Bool": {"aws:SecureTransport": "false"}}
# Of each kind: its policies, which of their entries names resources, what is denied, and where
OVER_TLS = {
    "AWS::SQS::Queue": ("AWS::SQS::QueuePolicy", "Queues", "sqs:*", ["${%s.Arn}"]),
    "AWS::SNS::Topic": ("AWS::SNS::TopicPolicy", "Topics", "sns:Publish", ["${%s}"]),
    "AWS::S3::Bucket": ("AWS::S3::BucketPolicy", "Bucket", "s3:*", ["${%s.Arn}", "${%s.Arn}/*"]),
}
ENCRYPTION = "s3:x-amz-server-side-encryption"
KEY = f"{ENCRYPTION}-aws-kms-key-id"


def as_list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def matches(conditions: Mapping[str, Mapping[str, Json]], request: Mapping[str, str]) -> bool:
    """Say whether the conditions of a statement hold for a request, as IAM evaluates them."""
    for operator, wanted in conditions.items():
        for name, value in wanted.items():
            match operator:
                case "Null":
                    holds = (name not in request) is (value == "true")
                case "StringNotEquals":
                    # A negated operator also holds for what is absent
                    holds = request.get(name) not in as_list(value)
                case "Bool":
                    holds = request.get(name) == value
                case _:
                    raise NotImplementedError(operator)
            if not holds:
                return False
    return True


def denied(template: Template, request: Mapping[str, str]) -> list[str]:
    """Return the statements by which the inbox refuses an upload."""
    policy = template.resources("AWS::S3::BucketPolicy")["InboxBucketPolicy"]
    return [
        each["Sid"]
        for each in policy["PolicyDocument"]["Statement"]
        if each["Effect"] == "Deny"
        and each["Action"] in {"s3:*", "s3:PutObject"}
        and matches(each["Condition"], request)
    ]


@pytest.mark.parametrize("kind", OVER_TLS)
def test_every_bucket_queue_and_topic_answers_over_tls_only(
    production: Template, kind: str
) -> None:
    policies, entry, action, wanted = OVER_TLS[kind]
    covered = {}
    for policy in production.resources(policies).values():
        (target,) = as_list(policy[entry])
        name = target.strip("${}")
        (statement,) = [
            each
            for each in policy["PolicyDocument"]["Statement"]
            if each["Effect"] == "Deny" and each["Condition"] == INSECURE
        ]
        covered[name] = statement
        assert (statement["Principal"], statement["Action"]) == ("*", action)
        assert as_list(statement["Resource"]) == [each.replace("%s", name) for each in wanted]

    assert set(covered) == set(production.resources(kind))


def test_the_emulator_which_has_no_tls_is_not_refused(local: Template) -> None:
    statements = [
        statement
        for policies, *_ in OVER_TLS.values()
        for policy in local.resources(policies).values()
        for statement in policy["PolicyDocument"]["Statement"]
    ]

    assert [each["Sid"] for each in statements] == ["AllowInboxNotifications"]


def test_alarms_and_nobody_else_from_outside_may_publish(production: Template) -> None:
    """A policy of our own takes the place of the one by which alarms may publish at first."""
    alarms = {
        topic.strip("${}")
        for alarm in production.resources("AWS::CloudWatch::Alarm").values()
        for topic in alarm.get("AlarmActions", [])
    }
    for name in production.resources("AWS::SNS::Topic"):
        policy = production.resources("AWS::SNS::TopicPolicy")[f"{name}Policy"]
        allowed = [
            (each["Principal"], each["Condition"])
            for each in policy["PolicyDocument"]["Statement"]
            if each["Effect"] == "Allow"
        ]
        account = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
        by_alarms = [({"Service": "cloudwatch.amazonaws.com"}, account)]
        assert allowed == (by_alarms if name in alarms else []), name


def test_only_s3_of_this_account_may_deliver_access_logs(production: Template) -> None:
    policy = production.resources("AWS::S3::BucketPolicy")["AccessLogBucketPolicy"]
    (allowed,) = [
        each for each in policy["PolicyDocument"]["Statement"] if each["Effect"] == "Allow"
    ]

    assert allowed["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert allowed["Action"] == "s3:PutObject"
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {ENCRYPTION: "aws:kms"},
        {ENCRYPTION: "aws:kms", KEY: "${DataKey.Arn}"},
        {ENCRYPTION: "aws:kms", KEY: "${DataKeyAlias}"},
    ],
    ids=str,
)
def test_the_inbox_takes_what_names_no_encryption_or_ours(
    production: Template, headers: dict[str, str]
) -> None:
    assert denied(production, {"aws:SecureTransport": "true", **headers}) == []


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({ENCRYPTION: "AES256"}, "DenyOtherEncryption"),
        ({ENCRYPTION: "aws:kms:dsse"}, "DenyOtherEncryption"),
        ({ENCRYPTION: "aws:kms", KEY: "arn:aws:kms:eu-central-1:1:key/other"}, "DenyOtherKey"),
        ({f"{ENCRYPTION}-customer-algorithm": "AES256"}, "DenyKeyOfTheSender"),
        ({"aws:SecureTransport": "false"}, "DenyInsecureTransport"),
    ],
    ids=str,
)
def test_the_inbox_refuses_what_the_push_could_not_read_and_what_comes_without_tls(
    production: Template, headers: dict[str, str], reason: str
) -> None:
    assert denied(production, {"aws:SecureTransport": "true", **headers}) == [reason]

"""Who may put invoices into the inbox without the API: by `InboxWriterArns`, and nothing more."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

from tests.infra.template import MAIL, TEMPLATE, Json, Template, expanded

WRITERS = ["arn:aws:iam::111122223333:role/milestones", "arn:aws:iam::444455556666:user/push"]
BUCKET = "arn:aws:s3:::koppeling-production-inbox-111122223333-eu-central-1"


@pytest.fixture(scope="module")
def with_writers() -> Template:
    """Return the template of a stack with two writers, of which one is of another account."""
    given = {"AlarmMail": "beheer@koppeling.example", **MAIL}
    return expanded("production", TEMPLATE, **given, InboxWriterArns=",".join(WRITERS))


def policies(template: Template) -> Iterator[tuple[str, list[Json]]]:
    for name, key in template.resources("AWS::KMS::Key").items():
        yield name, key["KeyPolicy"]["Statement"]
    for name, policy in template.resources("AWS::S3::BucketPolicy").items():
        yield name, policy["PolicyDocument"]["Statement"]


def of_writers(template: Template) -> dict[str, list[Json]]:
    """Return by policy the statements that name a principal of IAM other than this account."""
    return {
        name: found
        for name, statements in policies(template)
        if (found := [each for each in statements if each.get("Sid") == "AllowInboxWriters"])
    }


def test_a_stack_without_writers_names_none(production: Template) -> None:
    assert of_writers(production) == {}
    for name, statements in policies(production):
        assert "" not in [each["Principal"] for each in statements], name


def test_writers_are_named_in_the_policies_of_inbox_and_data_key_and_nowhere_else(
    with_writers: Template,
) -> None:
    named = {
        name
        for name, statements in policies(with_writers)
        if any(writer in str(statements) for writer in WRITERS)
    }

    assert named == set(of_writers(with_writers)) == {"InboxBucketPolicy", "DataKey"}


def test_a_writer_puts_objects_over_tls_and_may_do_nothing_else(with_writers: Template) -> None:
    ((statement,), (on_key,)) = (
        of_writers(with_writers)[name] for name in ("InboxBucketPolicy", "DataKey")
    )

    assert statement["Principal"] == on_key["Principal"] == {"AWS": WRITERS}
    assert statement["Action"] == "s3:PutObject"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "true"}}
    assert on_key["Action"] == "kms:GenerateDataKey"


@pytest.mark.parametrize(
    ("key", "may"),
    [
        ("acme/20260412.json", True),
        ("acme/2026/20260412.pdf", True),
        ("acme/20260412.JSON", False),
        ("20260412.json", False),
        ("acme/20260412.exe", False),
    ],
)
def test_a_writer_reaches_documents_and_pdfs_in_folders(
    with_writers: Template, key: str, *, may: bool
) -> None:
    (statement,) = of_writers(with_writers)["InboxBucketPolicy"]
    patterns = [each.removeprefix("${InboxBucket.Arn}/") for each in statement["Resource"]]

    assert any(fnmatchcase(key, pattern) for pattern in patterns) is may


def test_a_writer_uses_the_key_for_the_inbox_alone_and_through_s3_alone(
    with_writers: Template,
) -> None:
    (statement,) = of_writers(with_writers)["DataKey"]

    assert statement["Condition"] == {
        "StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"},
        "ArnLike": {"kms:EncryptionContext:aws:s3:arn": [BUCKET, f"{BUCKET}/*"]},
    }


def test_what_refuses_another_encryption_refuses_writers_as_well(with_writers: Template) -> None:
    """A refusal that names everybody counts before any permission."""
    (statements,) = (found for name, found in policies(with_writers) if name == "InboxBucketPolicy")
    refused = {each["Sid"] for each in statements if each["Effect"] == "Deny"}

    assert all(each["Principal"] == "*" for each in statements if each["Effect"] == "Deny")
    assert {"DenyInsecureTransport", "DenyOtherEncryption", "DenyOtherKey"} <= refused

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from koppeling.aws.inbox_bucket import InboxBucket
from koppeling.core.errors import Retry

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEY = "acme/1.json"


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator["S3Client"]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("s3", region_name="eu-west-1")
        client.create_bucket(
            Bucket="inbox", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        client.put_bucket_versioning(Bucket="inbox", VersioningConfiguration={"Status": "Enabled"})
        yield client


def test_a_document_is_read_with_a_version_of_its_own_for_each_put(client: "S3Client") -> None:
    bucket = InboxBucket(client, "inbox")
    client.put_object(Bucket="inbox", Key=KEY, Body=b"{}")
    first, again = bucket.document(KEY), bucket.document(KEY)
    client.put_object(Bucket="inbox", Key=KEY, Body=b"{}")
    second = bucket.document(KEY)

    assert first
    assert second
    assert first.content == second.content == b"{}"
    assert first == again
    assert first.version != second.version


def test_what_is_not_there_is_none(client: "S3Client") -> None:
    bucket = InboxBucket(client, "inbox")

    assert bucket.document(KEY) is None
    assert bucket.pdf("acme/1.pdf") is None


def test_of_what_is_too_large_only_one_byte_too_many_is_read(client: "S3Client") -> None:
    bucket = InboxBucket(client, "inbox")
    client.put_object(Bucket="inbox", Key=KEY, Body=b" " * 1_000_100)
    client.put_object(Bucket="inbox", Key="acme/1.pdf", Body=b" " * 10_000_100)

    document, pdf = bucket.document(KEY), bucket.pdf("acme/1.pdf")

    assert document
    assert pdf
    assert len(document.content) == 1_000_001
    assert len(pdf.content) == 10_000_001


def test_any_other_failure_of_the_bucket_is_no_missing_file(client: "S3Client") -> None:
    with pytest.raises(ClientError, match="NoSuchBucket"):
        InboxBucket(client, "another").document(KEY)


def test_what_lies_outside_of_folders_is_listed_without_what_lies_in_them(
    client: "S3Client",
) -> None:
    bucket = InboxBucket(client, "inbox")
    for key in ("acme/1.json", "acme-2/2.json", "Acme/3.json", "loose", "/4.json", "x/y/5.pdf"):
        bucket.put(key, b"{}")

    assert sorted(bucket.outside({"acme"})) == [
        "/4.json",
        "Acme/3.json",
        "acme-2/2.json",
        "loose",
        "x/y/5.pdf",
    ]


def test_a_key_is_held_only_when_it_is_the_whole_key(client: "S3Client") -> None:
    bucket = InboxBucket(client, "inbox")
    bucket.put("acme/10.json", b"{}")

    assert bucket.holds("acme/10.json")
    assert not bucket.holds("acme/1")


def test_a_pdf_that_is_done_is_marked_in_the_version_that_was_read(client: "S3Client") -> None:
    bucket, key = InboxBucket(client, "inbox"), "acme/1.pdf"
    client.put_object(Bucket="inbox", Key=key, Body=b"%PDF-1")
    sent = bucket.pdf(key)
    assert sent is not None
    client.put_object(Bucket="inbox", Key=key, Body=b"%PDF-2")

    bucket.mark_done(key, sent.version, done=True)

    older = client.get_object_tagging(Bucket="inbox", Key=key, VersionId=sent.version)
    assert older["TagSet"] == [{"Key": "done", "Value": "yes"}]
    assert client.get_object_tagging(Bucket="inbox", Key=key)["TagSet"] == []
    bucket.mark_done(key, "", done=False)
    assert client.get_object_tagging(Bucket="inbox", Key=key)["TagSet"] == [
        {"Key": "done", "Value": "no"}
    ]


def test_a_mark_that_fails_may_work_later_and_a_file_that_is_gone_needs_none(
    client: "S3Client",
) -> None:
    InboxBucket(client, "inbox").mark_done("acme/1.pdf", "", done=True)
    with pytest.raises(Retry):
        InboxBucket(client, "another").mark_done("acme/1.pdf", "", done=True)

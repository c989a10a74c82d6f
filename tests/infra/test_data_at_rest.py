import pytest

from koppeling.aws.inbox_bucket import DONE_TAG
from tests.infra.template import Json, Template

OTHER_KEY = {"TokensTable": "TokensKey"}


def life_cycle_of(bucket: Json) -> dict[str, Json]:
    """Return the rules of a bucket by their name."""
    return {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}


def test_tables_are_encrypted_with_our_keys_and_tokens_with_a_key_of_their_own(
    production: Template,
) -> None:
    tables = production.resources("AWS::DynamoDB::Table")

    for name, table in tables.items():
        key = OTHER_KEY.get(name, "DataKey")
        assert table["SSESpecification"] == {
            "SSEEnabled": True,
            "SSEType": "KMS",
            "KMSMasterKeyId": f"${{{key}.Arn}}",
        }
    assert set(tables) == {"SyncTable", "TokensTable"}


def test_tables_can_be_restored_to_any_moment_and_forget_what_has_expired(
    production: Template,
) -> None:
    for table in production.resources("AWS::DynamoDB::Table").values():
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
        assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_records_are_found_by_their_code_and_invoices_by_their_month(production: Template) -> None:
    table = production.resources("AWS::DynamoDB::Table")["SyncTable"]

    assert table["GlobalSecondaryIndexes"] == [
        {
            "IndexName": "CodeIndex",
            "KeySchema": [{"AttributeName": "code_key", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        },
        {
            "IndexName": "MonthIndex",
            "KeySchema": [{"AttributeName": "month_key", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["row"]},
        },
    ]


def test_queues_topic_logs_and_functions_are_encrypted_with_our_key(production: Template) -> None:
    def keys(kind: str, name: str) -> set[str]:
        return {properties[name] for properties in production.resources(kind).values()}

    queues = production.resources("AWS::SQS::Queue")
    tokens = queues.pop("TokenQueue")
    assert (
        tokens["KmsMasterKeyId"] == "${TokensKey.Arn}"
    )  # S2: whatever carries tokens has their key
    assert {queue["KmsMasterKeyId"] for queue in queues.values()} == {"${DataKey.Arn}"}
    assert keys("AWS::SNS::Topic", "KmsMasterKeyId") == {"${DataKey}"}
    assert keys("AWS::Logs::LogGroup", "KmsKeyId") == {"${DataKey.Arn}"}
    assert keys("AWS::Lambda::Function", "KmsKeyArn") == {"${DataKey.Arn}"}
    secrets = production.resources("AWS::SecretsManager::Secret")
    # The pages of a connection make login links, and have no key of tokens
    assert {name: secret["KmsKeyId"] for name, secret in secrets.items()} == {
        "AppsSecret": "${TokensKey.Arn}",
        "LinkSecret": "${DataKey.Arn}",
    }


def test_keys_are_renewed_and_trust_nobody_outside_the_account(production: Template) -> None:
    for key in production.resources("AWS::KMS::Key").values():
        assert key["EnableKeyRotation"] is True
        for statement in key["KeyPolicy"]["Statement"]:
            principal = statement["Principal"]
            assert principal == {"AWS": "arn:aws:iam::111122223333:root"} or "Service" in principal
            assert "Service" not in principal or statement["Condition"]


@pytest.mark.parametrize("name", ["InboxBucket", "EvidenceBucket"])
def test_a_bucket_is_private_encrypted_and_keeps_versions(production: Template, name: str) -> None:
    bucket = production.resources("AWS::S3::Bucket")[name]
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]

    assert bucket["LoggingConfiguration"]["DestinationBucketName"] == "${AccessLogBucket}"
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert rule["ServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": "${DataKey.Arn}",
    }
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}


def test_the_bucket_of_access_logs_is_private_and_keeps_them_for_30_days(
    production: Template,
) -> None:
    """It has no key of ours: S3 delivers access logs only to a bucket without one."""
    bucket = production.resources("AWS::S3::Bucket")["AccessLogBucket"]
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert life_cycle_of(bucket)["logs-leave-after-their-time"]["ExpirationInDays"] == 30
    assert "LoggingConfiguration" not in bucket


def test_a_key_has_a_name_that_people_find_it_by(production: Template) -> None:
    aliases = production.resources("AWS::KMS::Alias").values()

    assert {alias["TargetKeyId"]: alias["AliasName"] for alias in aliases} == {
        "${DataKey}": "alias/koppeling-production-data",
        "${TokensKey}": "alias/koppeling-production-tokens",
    }


def test_a_schedule_may_use_the_key_of_its_dead_letter_queue(production: Template) -> None:
    statements = production.resources("AWS::KMS::Key")["DataKey"]["KeyPolicy"]["Statement"]
    (own,) = [
        each for each in statements if each["Principal"] == {"Service": "scheduler.amazonaws.com"}
    ]

    assert own["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert own["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}


def test_the_inbox_expires_invoices_after_their_year(production: Template) -> None:
    inbox = production.resources("AWS::S3::Bucket")["InboxBucket"]
    life_cycle = life_cycle_of(inbox)["invoices-leave-after-their-year"]

    assert life_cycle["ExpirationInDays"] == 400
    assert life_cycle["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}


def test_the_pdf_of_a_done_invoice_leaves_the_inbox_and_no_other_file_does(
    production: Template,
) -> None:
    inbox = production.resources("AWS::S3::Bucket")["InboxBucket"]
    life_cycle = life_cycle_of(inbox)["pdfs-of-done-invoices-leave"]

    assert life_cycle == {
        "Id": "pdfs-of-done-invoices-leave",
        "Status": "Enabled",
        "TagFilters": [{"Key": DONE_TAG, "Value": "yes"}],
        "ExpirationInDays": 30,
        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
    }


def test_a_bucket_with_versions_really_forgets_what_has_expired(production: Template) -> None:
    """Expiring alone puts a mark in front of a version, and keeps both for ever."""
    for name, bucket in production.resources("AWS::S3::Bucket").items():
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}, name
        rules = life_cycle_of(bucket).values()
        assert [rule["Id"] for rule in rules if rule["Status"] != "Enabled"] == []
        assert any("ExpirationInDays" in rule for rule in rules), name
        of_all = [rule for rule in rules if {"Prefix", "TagFilters"}.isdisjoint(rule)]
        assert any("NoncurrentVersionExpiration" in rule for rule in of_all), name
        marks = [rule for rule in rules if rule.get("ExpiredObjectDeleteMarker")]
        assert marks, name
        # S3 refuses a rule with both, and one for marks that has a tag
        assert all({"ExpirationInDays", "TagFilters"}.isdisjoint(rule) for rule in marks)


def test_evidence_is_locked_for_the_seven_years_that_books_are_kept(production: Template) -> None:
    evidence = production.resources("AWS::S3::Bucket")["EvidenceBucket"]
    life_cycle = life_cycle_of(evidence)["evidence-leaves-after-the-books"]
    lock = evidence["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]

    assert evidence["ObjectLockEnabled"] is True
    assert lock == {"Mode": "GOVERNANCE", "Years": 7}
    assert life_cycle["ExpirationInDays"] > 7 * 365


@pytest.mark.parametrize(
    ("kind", "on_deletion"),
    [
        # A protected table cannot be deleted: a rollback that tries to would stop half-way
        ("AWS::DynamoDB::Table", "Retain"),
        ("AWS::S3::Bucket", "RetainExceptOnCreate"),
        ("AWS::KMS::Key", "RetainExceptOnCreate"),
        ("AWS::SecretsManager::Secret", "RetainExceptOnCreate"),
    ],
)
def test_what_has_data_outlives_its_stack_and_a_failed_first_deploy_blocks_no_second(
    production: Template, kind: str, on_deletion: str
) -> None:
    for name in production.resources(kind):
        resource = production.resource(name)
        assert resource["DeletionPolicy"] == on_deletion, name
        assert resource["UpdateReplacePolicy"] == "Retain", name


def test_a_table_that_is_kept_after_a_failed_deploy_has_no_name_that_the_next_one_wants(
    production: Template,
) -> None:
    for table in production.resources("AWS::DynamoDB::Table").values():
        assert "TableName" not in table


def test_nobody_deletes_a_table_by_mistake(production: Template, local: Template) -> None:
    def protected(template: Template) -> set[bool]:
        tables = template.resources("AWS::DynamoDB::Table").values()
        return {table["DeletionProtectionEnabled"] for table in tables}

    assert protected(production) == {True}
    assert protected(local) == {False}


def test_logs_are_kept_for_30_days_and_never_longer(production: Template) -> None:
    groups = production.resources("AWS::Logs::LogGroup").values()

    assert {int(group["RetentionInDays"]) for group in groups} == {30}
    assert max(production.document["Parameters"]["LogRetentionDays"]["AllowedValues"]) == 30


def test_every_function_logs_to_the_group_that_its_role_may_write_to(production: Template) -> None:
    for name, function in production.resources("AWS::Lambda::Function").items():
        assert function["LoggingConfig"] == {
            "LogGroup": f"${{{name.removesuffix('Function')}LogGroup}}"
        }


def test_the_template_contains_no_credentials(production: Template) -> None:
    secret = production.resources("AWS::SecretsManager::Secret")["AppsSecret"]

    assert secret["SecretString"] == (
        '{"exact": {"client_id": "", "client_secret": ""},'
        ' "milestones": {"client_id": "", "client_secret": ""}}'
    )

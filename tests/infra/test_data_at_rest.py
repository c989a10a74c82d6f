import pytest

from tests.infra.template import Template

OTHER_KEY = {"TokensTable": "TokensKey"}


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


def test_records_are_found_by_their_code(production: Template) -> None:
    (index,) = production.resources("AWS::DynamoDB::Table")["SyncTable"]["GlobalSecondaryIndexes"]

    assert index == {
        "IndexName": "CodeIndex",
        "KeySchema": [{"AttributeName": "code_key", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }


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
    assert keys("AWS::SecretsManager::Secret", "KmsKeyId") == {"${TokensKey.Arn}"}


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

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert rule["ServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": "${DataKey.Arn}",
    }
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}


def test_the_inbox_expires_invoices_after_their_year(production: Template) -> None:
    inbox = production.resources("AWS::S3::Bucket")["InboxBucket"]
    (life_cycle,) = inbox["LifecycleConfiguration"]["Rules"]

    assert life_cycle["ExpirationInDays"] == 400
    assert life_cycle["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}


def test_evidence_is_locked_for_the_seven_years_that_books_are_kept(production: Template) -> None:
    evidence = production.resources("AWS::S3::Bucket")["EvidenceBucket"]
    (life_cycle,) = evidence["LifecycleConfiguration"]["Rules"]
    lock = evidence["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]

    assert evidence["ObjectLockEnabled"] is True
    assert lock == {"Mode": "GOVERNANCE", "Years": 7}
    assert life_cycle["ExpirationInDays"] > 7 * 365


@pytest.mark.parametrize("name", ["InboxBucket", "EvidenceBucket"])
def test_a_bucket_answers_over_tls_only(production: Template, name: str) -> None:
    policy = production.resources("AWS::S3::BucketPolicy")[f"{name}Policy"]
    (statement,) = policy["PolicyDocument"]["Statement"]

    assert statement["Effect"] == "Deny"
    assert statement["Principal"] == "*"
    assert statement["Resource"] == [f"${{{name}.Arn}}", f"${{{name}.Arn}}/*"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_resources_with_data_outlive_their_stack(production: Template) -> None:
    holders = (
        *("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key"),
        "AWS::SecretsManager::Secret",
    )

    for kind in holders:
        for name in production.resources(kind):
            resource = production.resource(name)
            assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == (
                "Retain",
                "Retain",
            ), name


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

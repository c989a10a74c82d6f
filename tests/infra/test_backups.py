"""A copy of SyncTable in another region or account, made only where a vault for it is named."""

import pytest

from tests.infra.template import Template, expanded

VAULT = "arn:aws:backup:eu-west-1:444455556666:backup-vault:koppeling"
KINDS = ("BackupPlan", "BackupSelection", "BackupVault")


@pytest.fixture(scope="module")
def copied() -> Template:
    return expanded("production", BackupCopyVaultArn=VAULT)


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_vault_elsewhere_nothing_is_backed_up_but_in_the_table_itself(
    production: Template, kind: str
) -> None:
    assert production.resources(f"AWS::Backup::{kind}") == {}
    assert "BackupRole" not in production.resources("AWS::IAM::Role")


def test_every_night_a_backup_is_made_and_copied_and_both_are_kept_for_35_days(
    copied: Template,
) -> None:
    plan = copied.resources("AWS::Backup::BackupPlan")["BackupPlan"]["BackupPlan"]
    (rule,) = plan["BackupPlanRule"]

    assert rule["TargetBackupVault"] == "${BackupVault}"
    assert rule["ScheduleExpression"] == "cron(0 3 * * ? *)"
    assert rule["ScheduleExpressionTimezone"] == "Europe/Amsterdam"
    assert rule["CopyActions"] == [
        {"DestinationBackupVaultArn": VAULT, "Lifecycle": {"DeleteAfterDays": 35}}
    ]
    assert rule["Lifecycle"] == {"DeleteAfterDays": 35}


def test_the_tokens_are_not_copied_since_nothing_opens_them_elsewhere(copied: Template) -> None:
    chosen = copied.resources("AWS::Backup::BackupSelection")["BackupSelection"]["BackupSelection"]

    assert chosen["Resources"] == ["${SyncTable.Arn}"]
    assert "TokensTable" not in str(copied.resources("AWS::IAM::Role")["BackupRole"])


def test_the_vault_is_encrypted_with_our_key_and_outlives_the_stack(copied: Template) -> None:
    vault = copied.resource("BackupVault")

    assert vault["Properties"]["EncryptionKeyArn"] == "${DataKey.Arn}"
    assert vault["DeletionPolicy"] == "RetainExceptOnCreate"


def test_the_role_may_lend_the_key_to_aws_backup_alone_and_tag_what_it_made(
    copied: Template,
) -> None:
    """AWS Backup uses the key by a grant, and copies the tags that every table of a stack has."""
    (policy,) = copied.resources("AWS::IAM::Role")["BackupRole"]["Policies"]
    said = {each["Sid"]: each for each in policy["PolicyDocument"]["Statement"]}

    assert said["LendKeyToBackup"] == {
        "Sid": "LendKeyToBackup",
        "Effect": "Allow",
        "Action": "kms:CreateGrant",
        "Resource": "${DataKey.Arn}",
        "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
    }
    assert said["TagBackups"]["Action"] == "backup:TagResource"

"""What a stack has at AWS, made anew for each environment of a test: tables, buckets, queues."""

import json
from collections.abc import Mapping
from typing import Any

from koppeling.auth.oauth import EXACT, MILESTONES
from koppeling.bootstrap.settings import Settings
from tests import kept
from tests.sandbox.exact_online import ExactSandbox
from tests.sandbox.exact_online.webhooks import SECRET as WEBHOOK_SECRET
from tests.sandbox.qics_milestones import MilestonesSandbox

CONNECT_URL = "https://koppeling.example"
QUEUES = (
    *("pulls", "sales-entries", "dead-letters", "tokens", "rounds"),
    *("pull-dead-letters", "items"),
)
LINK_KEY = "canary-key-of-the-login-links"


def make_stack(
    exact: ExactSandbox,
    milestones: MilestonesSandbox,
    exact_url: str,
    milestones_url: str,
    aws: Mapping[str, Any],
) -> Settings:
    """Make the resources of a stack between two sandboxes, and return its settings."""
    _make_tables()
    _make_buckets(aws["s3"])
    queues = [aws["sqs"].create_queue(QueueName=name)["QueueUrl"] for name in QUEUES]
    secret = {EXACT.name: _exact_app(exact), MILESTONES.name: app_of(milestones.app_credentials)}
    return Settings(
        region=kept.REGION,
        sync_table="sync",
        tokens_table="tokens",
        tokens_key=kept.client("kms").create_key()["KeyMetadata"]["Arn"],
        apps_secret=_secret("apps", json.dumps(secret)),
        link_secret=_secret("link", LINK_KEY),
        connect_url=CONNECT_URL,
        mail_from="koppeling@koppeling.example",
        mail_configuration_set="koppeling",
        exact_base_url=exact_url,
        milestones_base_url=milestones_url,
        milestones_calls_per_second=0,
        spread_seconds=0,
        entity="accounts",
        pull_queue_url=queues[0],
        pull_queue_urls={"accounts": queues[0], "items": queues[6]},
        sales_entry_queue_url=queues[1],
        sales_entry_dead_letters_url=queues[2],
        inbox_bucket="inbox",
        evidence_bucket="evidence",
        token_queue_url=queues[3],
        round_queue_url=queues[4],
        dead_letter_urls=(queues[2], queues[5]),
    )


def _exact_app(exact: ExactSandbox) -> dict[str, str]:
    """Return our app at Exact, which takes no redirect URI when a token is refreshed (X11)."""
    changed = {"redirect_uri": "", "webhook_secret": WEBHOOK_SECRET}
    return app_of(exact.app_credentials) | changed


def _secret(name: str, value: str) -> str:
    arn: str = kept.client("secretsmanager").create_secret(Name=name, SecretString=value)["ARN"]
    return arn


def _make_buckets(s3: Any) -> None:  # noqa: ANN401 - boto3 makes a class per service at run time
    for name in ("inbox", "evidence"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": kept.REGION})
    s3.put_bucket_versioning(Bucket="inbox", VersioningConfiguration={"Status": "Enabled"})


def _make_tables() -> None:
    for model in kept.models():
        model.create_table(billing_mode="PAY_PER_REQUEST", wait=True)


def app_of(credentials: tuple[str, str, str]) -> dict[str, str]:
    """Return the credentials of an app as the secret of the apps holds them."""
    return dict(zip(("client_id", "client_secret", "redirect_uri"), credentials, strict=True))

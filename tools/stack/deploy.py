"""`sam deploy` of the built template into the emulator, and reading back what came of it."""

import subprocess
from collections.abc import Mapping
from contextlib import suppress

import boto3
from botocore.config import Config

from tools.paths import REGION, ROOT, SAM_BIN, STACK_NAME, architecture
from tools.stack.build import build, sam_environment

# Nothing of the local stack leaves the machine
MAIL_DOMAIN = "koppeling.example"
ARTIFACTS_BUCKET = "koppeling-artifacts"  # as in samconfig.toml

# The emulator is near: what takes longer than this hangs. Functions may run for 180 s.
CLIENT_CONFIG = Config(
    connect_timeout=2, read_timeout=200, retries={"total_max_attempts": 2}, region_name=REGION
)


class DeployFailedError(RuntimeError):
    """`sam deploy` refused; the message is what it said."""


def deploy(endpoint: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Build and deploy the template; returns the outputs of the stack.

    Raises:
        DeployFailedError: `sam deploy` did not succeed.
    """
    build()
    _make_artifacts_bucket(endpoint)
    settings = {
        "Stage": "local",
        "Architecture": architecture(),
        "AwsEndpointUrl": endpoint,
        "MailFrom": f"koppeling@{MAIL_DOMAIN}",
        "SupportMail": f"support@{MAIL_DOMAIN}",
        "MailDomain": MAIL_DOMAIN,
        **parameters,
    }
    answer = subprocess.run(
        [
            SAM_BIN / "sam",
            *("deploy", "--config-env", "local"),
            *("--parameter-overrides", *(f"{name}={value}" for name, value in settings.items())),
        ],
        cwd=ROOT,
        # The default of 5 s between two looks at the stack is meant for a slower cloud.
        env={**sam_environment(), "AWS_ENDPOINT_URL": endpoint, "SAM_CLI_POLL_DELAY": "0.5"},
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise DeployFailedError(answer.stdout[-6000:] + answer.stderr[-6000:])
    _turn_concurrency_into_numbers(endpoint)
    let_mails_go(endpoint)
    return _outputs(endpoint)


def let_mails_go(endpoint: str) -> None:
    """Verify the domain of the sender, and leave the sandbox of SES: by hand, once, at AWS."""
    ses = session().client("sesv2", endpoint_url=endpoint, config=CLIENT_CONFIG)
    with suppress(ses.exceptions.AlreadyExistsException):
        ses.create_email_identity(EmailIdentity=MAIL_DOMAIN)
    ses.put_account_details(
        MailType="TRANSACTIONAL",
        WebsiteURL=f"https://{MAIL_DOMAIN}",
        ProductionAccessEnabled=True,
    )


def session() -> boto3.Session:
    """Return a session with the emulator's root key."""
    return boto3.Session("test", "test", region_name=REGION)


def _make_artifacts_bucket(endpoint: str) -> None:
    s3 = session().client("s3", endpoint_url=endpoint, config=CLIENT_CONFIG)
    if ARTIFACTS_BUCKET not in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(
            Bucket=ARTIFACTS_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
        )


def _turn_concurrency_into_numbers(endpoint: str) -> None:
    """Mend what the emulator does not do: CloudFormation turns a Number parameter into a number."""
    functions = session().client("lambda", endpoint_url=endpoint, config=CLIENT_CONFIG)
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        wished = int(mapping["ScalingConfig"]["MaximumConcurrency"])
        functions.update_event_source_mapping(
            UUID=mapping["UUID"], ScalingConfig={"MaximumConcurrency": wished}
        )


def _outputs(endpoint: str) -> dict[str, str]:
    formation = session().client("cloudformation", endpoint_url=endpoint, config=CLIENT_CONFIG)
    stack = formation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

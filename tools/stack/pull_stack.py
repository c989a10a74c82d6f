"""As much of a stack as a pull needs, without functions."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from koppeling.aws.dynamodb.table import sync_items, token_items
from koppeling.bootstrap import Wiring
from koppeling.bootstrap.settings import from_environment
from tests.sandbox.exact_online.control import ExactControl
from tests.sandbox.qics_milestones.control import MilestonesControl
from tools.bench.first_load_invocation import be_patient
from tools.paths import REGION
from tools.stack.connect import EMULATOR_VARIABLES, connect_by
from tools.stack.deploy import CLIENT_CONFIG
from tools.stack.stack import emulator_alone, start_exact, start_milestones

_SYNC, _TOKENS, _SECRET = "sync", "tokens", "apps"


@dataclass(frozen=True, slots=True)
class PullStack:
    """One connected company whose pulls are run by hand; `variables` is what a function gets."""

    variables: Mapping[str, str]
    exact: ExactControl
    milestones: MilestonesControl
    wiring: Wiring

    def advance(self, seconds: float) -> None:
        """Let seconds pass on the clocks of both sandboxes."""
        self.exact.advance(seconds)
        self.milestones.advance(seconds)


@contextmanager
def pull_stack(state: Path, entity: str, accounts: int) -> Iterator[PullStack]:
    """Have a fresh one while the block runs; nothing of it is left afterwards."""
    be_patient()
    with emulator_alone(state) as endpoint:
        values = (endpoint, "test", "test", REGION)
        os.environ.update(zip(EMULATOR_VARIABLES, values, strict=True))
        exact_url = start_exact(state, accounts)
        milestones_url = start_milestones(state)
        exact, milestones = ExactControl(exact_url), MilestonesControl(milestones_url)
        apps = {"exact": exact.app(), "milestones": milestones.app()._asdict()}
        variables = {
            "AWS_REGION": REGION,
            "EXACT_BASE_URL": exact_url,
            "MILESTONES_BASE_URL": milestones_url,
            "MILESTONES_CALLS_PER_SECOND": "0",
            "SPREAD_SECONDS": "0",
            "ENTITY": entity,
            # Both sandboxes speak plain HTTP
            "OAUTHLIB_INSECURE_TRANSPORT": "1",
            **_resources(apps),
        }
        wiring = Wiring(from_environment(variables))
        connect_by(wiring, exact_url, milestones_url)
        yield PullStack(variables, exact, milestones, wiring)


def _resources(apps: Mapping[str, Any]) -> dict[str, str]:
    """Make the resources; returns the variables that name them."""
    for model in (sync_items(_SYNC, REGION), token_items(_TOKENS, REGION)):
        model.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
    secrets = boto3.client("secretsmanager", config=CLIENT_CONFIG)
    # X11: Exact takes no redirect URI when a token is refreshed
    kept = {**apps, "exact": {**apps["exact"], "redirect_uri": ""}}
    arn = secrets.create_secret(Name=_SECRET, SecretString=json.dumps(kept))["ARN"]
    queues: Any = boto3.client("sqs", config=CLIENT_CONFIG)
    pulls, tokens = (queues.create_queue(QueueName=name)["QueueUrl"] for name in ("pull", "tokens"))
    key = boto3.client("kms", config=CLIENT_CONFIG).create_key()["KeyMetadata"]["Arn"]
    return {
        "SYNC_TABLE": _SYNC,
        "TOKENS_TABLE": _TOKENS,
        "APPS_SECRET_ARN": arn,
        "PULL_QUEUE_URL": pulls,
        "TOKEN_QUEUE_URL": tokens,
        "TOKENS_KEY_ARN": key,
    }

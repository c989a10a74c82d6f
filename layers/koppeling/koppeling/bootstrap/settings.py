"""Settings: the one place that reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial


@dataclass(frozen=True, slots=True)
class Settings:
    """What the template hands to a function; addresses without a slash at the end.

    `aws_endpoint` is the address of an emulator; a function has none, since Lambda knows its AWS.
    `restored_at` is when SyncTable was last restored from a backup (R39).
    """

    region: str
    sync_table: str
    tokens_table: str
    tokens_key: str
    apps_secret: str
    link_secret: str
    connect_url: str
    exact_base_url: str
    milestones_base_url: str
    milestones_calls_per_second: float
    spread_seconds: int
    entity: str
    pull_queue_url: str
    sales_entry_queue_url: str
    sales_entry_dead_letters_url: str
    inbox_bucket: str
    evidence_bucket: str
    token_queue_url: str = ""
    stage: str = ""
    dead_letter_urls: tuple[str, ...] = ()
    round_queue_url: str = ""
    pull_queue_urls: Mapping[str, str] = field(default_factory=dict)
    support_mail: str = ""
    aws_endpoint: str = ""
    mail_from: str = ""
    mail_configuration_set: str = ""
    mails_every_day: bool = False
    restored_at: datetime | None = None
    has_webhooks: bool = False

    def exact_url(self, host: str) -> str:
        """Return the base URL of Exact: the host of the connection, unless one was set (X1)."""
        return self.exact_base_url or f"https://{host}"


class SettingMissing(LookupError):  # noqa: N818 - it names what is wrong, as the tree of errors does
    """A variable that the template should have set is not there."""


def from_environment(variables: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of this function.

    Raises:
        SettingMissing: a variable every function needs is absent; the message names it.
    """
    given = os.environ if variables is None else variables
    needed = partial(_needed, given)
    return Settings(
        region=needed("AWS_REGION"),
        sync_table=needed("SYNC_TABLE"),
        tokens_table=needed("TOKENS_TABLE"),
        tokens_key=given.get("TOKENS_KEY_ARN", ""),
        apps_secret=needed("APPS_SECRET_ARN"),
        link_secret=given.get("LINK_SECRET_ARN", ""),
        connect_url=given.get("CONNECT_URL", "").rstrip("/"),
        exact_base_url=given.get("EXACT_BASE_URL", "").rstrip("/"),
        milestones_base_url=needed("MILESTONES_BASE_URL").rstrip("/"),
        milestones_calls_per_second=float(given.get("MILESTONES_CALLS_PER_SECOND", "5")),
        spread_seconds=int(given.get("SPREAD_SECONDS", "600")),
        entity=given.get("ENTITY", ""),
        pull_queue_url=given.get("PULL_QUEUE_URL", ""),
        sales_entry_queue_url=given.get("SALES_ENTRY_QUEUE_URL", ""),
        sales_entry_dead_letters_url=given.get("SALES_ENTRY_DEAD_LETTERS_URL", ""),
        inbox_bucket=given.get("INBOX_BUCKET", ""),
        evidence_bucket=given.get("EVIDENCE_BUCKET", ""),
        restored_at=_moment(given.get("RESTORED_AT", "")),
        token_queue_url=given.get("TOKEN_QUEUE_URL", ""),
        stage=given.get("STAGE", ""),
        dead_letter_urls=tuple(given.get("DEAD_LETTER_URLS", "").split()),
        round_queue_url=given.get("ROUND_QUEUE_URL", ""),
        mail_from=given.get("MAIL_FROM", ""),
        mail_configuration_set=given.get("MAIL_CONFIGURATION_SET", ""),
        has_webhooks=given.get("EXACT_WEBHOOKS") == "on",
        mails_every_day=given.get("MORNING_MAIL_DAYS") == "every-day",
        pull_queue_urls=_named(given.get("PULL_QUEUE_URLS", "")),
        support_mail=given.get("SUPPORT_MAIL", ""),
    )


def _needed(given: Mapping[str, str], name: str) -> str:
    if not given.get(name):
        raise SettingMissing(f"{name} is not set; template.yaml sets it for every function")
    return given[name]


def _named(text: str) -> Mapping[str, str]:
    """Read `accounts=https://... items=https://...`."""
    pairs = (each.partition("=") for each in text.split())
    return {name: value for name, _, value in pairs}


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None

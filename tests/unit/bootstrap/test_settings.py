"""The environment, and the error that names what is missing in it."""

from datetime import UTC, datetime

import pytest

from koppeling.bootstrap.settings import SettingMissing, from_environment

NEEDED = {
    "AWS_REGION": "eu-central-1",
    "SYNC_TABLE": "sync",
    "TOKENS_TABLE": "tokens",
    "APPS_SECRET_ARN": "arn:aws:secretsmanager:eu-central-1:1:secret:apps",
    "MILESTONES_BASE_URL": "https://milestones.example/",
}


@pytest.mark.parametrize("name", NEEDED)
@pytest.mark.parametrize("given", [{}, None])
def test_a_setting_that_is_missing_or_empty_is_named(
    name: str, given: dict[str, str] | None
) -> None:
    rest = {key: value for key, value in NEEDED.items() if key != name}
    variables = rest if given is None else rest | {name: ""}
    with pytest.raises(SettingMissing, match=f"{name} is not set"):
        from_environment(variables)


def test_what_a_function_does_not_need_has_a_sensible_value() -> None:
    settings = from_environment(NEEDED)
    assert (settings.entity, settings.aws_endpoint) == ("", "")
    assert (settings.milestones_calls_per_second, settings.spread_seconds) == (5.0, 600)


def test_everything_that_is_set_is_read() -> None:
    settings = from_environment(
        NEEDED
        | {
            "EXACT_BASE_URL": "http://127.0.0.1:1/",
            "MILESTONES_CALLS_PER_SECOND": "2.5",
            "SPREAD_SECONDS": "0",
            "ENTITY": "accounts",
            "PULL_QUEUE_URL": "https://sqs/pulls",
            "SALES_ENTRY_QUEUE_URL": "https://sqs/entries",
            "INBOX_BUCKET": "inbox",
            "TOKEN_QUEUE_URL": "https://sqs/tokens",
            "RESTORED_AT": "2026-11-28T10:30Z",
            "PULL_QUEUE_URLS": "accounts=https://sqs/a items=https://sqs/i?x=1",
            "SUPPORT_MAIL": "hulp@koppeling.example",
            "MORNING_MAIL_DAYS": "every-day",
        }
    )
    assert (settings.region, settings.entity) == ("eu-central-1", "accounts")
    assert (settings.sync_table, settings.tokens_table) == ("sync", "tokens")
    assert settings.apps_secret == NEEDED["APPS_SECRET_ARN"]
    assert (settings.pull_queue_url, settings.sales_entry_queue_url) == (
        "https://sqs/pulls",
        "https://sqs/entries",
    )
    assert settings.pull_queue_urls == {"accounts": "https://sqs/a", "items": "https://sqs/i?x=1"}
    assert settings.support_mail == "hulp@koppeling.example"
    assert settings.mails_every_day
    assert not from_environment(NEEDED | {"MORNING_MAIL_DAYS": "working-days"}).mails_every_day
    assert (settings.inbox_bucket, settings.token_queue_url) == ("inbox", "https://sqs/tokens")
    assert (settings.milestones_calls_per_second, settings.spread_seconds) == (2.5, 0)
    assert settings.restored_at == datetime(2026, 11, 28, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize("given", [{}, {"RESTORED_AT": ""}])
def test_a_table_that_was_never_restored_has_no_moment(given: dict[str, str]) -> None:
    assert from_environment(NEEDED | given).restored_at is None


def test_addresses_have_no_slash_at_the_end() -> None:
    settings = from_environment(NEEDED | {"EXACT_BASE_URL": "http://127.0.0.1:1/"})
    assert settings.milestones_base_url == "https://milestones.example"
    assert settings.exact_base_url == "http://127.0.0.1:1"


def test_exact_is_the_host_of_the_connection_unless_an_address_was_set() -> None:
    assert from_environment(NEEDED).exact_url("start.exactonline.be") == (
        "https://start.exactonline.be"
    )
    set_one = from_environment(NEEDED | {"EXACT_BASE_URL": "http://127.0.0.1:1"})
    assert set_one.exact_url("start.exactonline.be") == "http://127.0.0.1:1"


def test_without_variables_the_environment_of_the_function_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    assert from_environment().sync_table == "sync"

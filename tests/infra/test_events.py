"""The files in `events/`: what developers send by hand must be what AWS would send."""

import hashlib
import json
import re
from datetime import datetime
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest

from koppeling.pull.comparison import is_night
from koppeling.pull.entities.registry import ENTITIES
from tests.infra.cron import ticks
from tests.infra.template import Json, Template
from tests.sandbox.common.company import CONNECTION
from tests.sandbox.connecting import company_connection
from tests.sandbox.invoices import INVOICE_DATE
from tools.paths import ROOT

EVENTS = ROOT / "events"


def event(name: str) -> Json:
    return json.loads((EVENTS / f"{name}.json").read_text())


def body(name: str) -> Json:
    (record,) = event(name)["Records"]
    return json.loads(record["body"])


def test_every_event_is_used_by_a_test_in_this_file() -> None:
    here = (ROOT / "tests" / "infra" / "test_events.py").read_text()

    for path in EVENTS.iterdir():
        assert f'"{path.stem}"' in here, path.name


@pytest.mark.parametrize(
    ("name", "schedule"),
    [
        ("pull_accounts_tick", "PullAccountsFunctionTick"),
        ("pull_vat_codes_tick", "PullVatCodesFunctionTick"),
    ],
)
def test_a_tick_is_what_its_schedule_sends_at_a_moment_at_which_it_fires(
    production: Template, name: str, schedule: str
) -> None:
    wired = production.resources("AWS::Scheduler::Schedule")[schedule]
    due = event(name)["scheduled_at"]
    sent = wired["Target"]["Input"].replace("<aws.scheduler.scheduled-time>", due)
    moment, zone = datetime.fromisoformat(due), wired["ScheduleExpressionTimezone"]
    day = moment.astimezone(ZoneInfo(zone)).date()

    assert event(name) == json.loads(sent)
    assert moment in ticks(wired["ScheduleExpression"], zone, day)


@pytest.mark.parametrize(
    ("name", "wish"),
    [
        ("pull_accounts_direct", {}),
        ("pull_accounts_full", {"full": True}),
        ("pull_accounts_preview", {"dry_run": True}),
        ("pull_accounts_undo_preview", {"undo": True, "dry_run": True}),
        ("pull_vat_codes_direct", {}),
    ],
)
def test_a_direct_event_names_the_connection_of_the_sandboxes_and_what_is_wished(
    name: str, wish: dict[str, bool]
) -> None:
    assert event(name) == {"connection": CONNECTION, **wish}


@pytest.mark.parametrize(
    ("name", "schedule"),
    [
        ("watch_daily", "WatchFunctionDaily"),
        ("watch_dead_letters", "WatchFunctionDeadLetters"),
    ],
)
def test_an_event_of_the_watch_is_what_its_schedule_sends(
    production: Template, name: str, schedule: str
) -> None:
    wired = production.resources("AWS::Scheduler::Schedule")[schedule]

    assert event(name) == json.loads(wired["Target"]["Input"])


def test_a_check_names_the_connection_of_the_sandboxes() -> None:
    assert event("watch_check") == {"check": CONNECTION}


def test_a_reconciliation_names_that_connection_and_the_month_of_its_invoices() -> None:
    asked = {"reconcile": CONNECTION, "period": f"{INVOICE_DATE:%Y-%m}"}

    assert event("watch_reconcile") == asked


def test_an_entry_is_laid_beside_an_invoice_of_that_connection() -> None:
    assert event("watch_beside") == {
        "beside": CONNECTION,
        "number": "20260412",
        "entry": "26700001",
    }


def test_the_message_of_a_comparison_begins_it_after_the_last_tick_of_the_evening() -> None:
    message = body("pull_accounts_comparison")

    assert (message["connection"], message["compare"]) == (CONNECTION, "yes")
    assert is_night(ENTITIES["accounts"], datetime.fromisoformat(message["slot"]))


def test_the_message_is_one_connection_in_the_slot_of_the_tick() -> None:
    slot = datetime.fromisoformat(body("pull_accounts_message")["slot"])

    assert body("pull_accounts_message")["connection"] == CONNECTION
    assert slot == datetime.fromisoformat(event("pull_accounts_tick")["scheduled_at"])


def test_a_handed_on_pair_names_the_user_of_the_sandboxes_and_is_sealed() -> None:
    message, owner = body("watch_tokens"), company_connection()

    assert (message["oauth_user"], message["host"]) == (owner.exact_user, owner.exact_host)
    assert set(message) == {"provider", "oauth_user", "host", "cipher", "sealed", "data_key"}


def test_the_document_that_arrived_has_a_key_below_its_connection(local: Template) -> None:
    (arrived,) = body("push_sales_entries_created")["Records"]
    inbox = local.resources("AWS::S3::Bucket")["InboxBucket"]["BucketName"]

    assert arrived["eventName"].startswith("ObjectCreated:")
    assert re.fullmatch(rf"{CONNECTION}/\d+\.json", arrived["s3"]["object"]["key"])
    assert arrived["s3"]["bucket"]["name"] == inbox.replace("111122223333", "000000000000")


def test_the_test_event_is_what_s3_sends_when_the_notification_is_made() -> None:
    assert body("push_sales_entries_test_event")["Event"] == "s3:TestEvent"


@pytest.mark.parametrize(
    ("name", "route"),
    [
        ("connect_invitation", "GET /connect/{connection}"),
        ("connect_callback", "GET /callback"),
        ("portal_page", "GET /portal/{proxy+}"),
        ("portal_sign_in", "POST /portal/{proxy+}"),
        ("intake_status", "ANY /v1/{proxy+}"),
    ],
)
def test_a_request_is_for_a_route_of_the_api(production: Template, name: str, route: str) -> None:
    routes = production.resources("AWS::ApiGatewayV2::Route").values()
    asked = event(name)

    assert asked["routeKey"] == asked["requestContext"]["routeKey"] == route
    assert route in {each["RouteKey"] for each in routes}
    assert asked["queryStringParameters"] == dict(parse_qsl(asked["rawQueryString"]))
    proxy = asked.get("pathParameters", {}).get("proxy")
    assert asked["rawPath"] == route.partition(" ")[2].replace("proxy+", "proxy").format(
        connection=CONNECTION, proxy=proxy
    )


@pytest.mark.parametrize(
    "name",
    [
        "pull_accounts_comparison",
        "pull_accounts_message",
        "push_sales_entries_created",
        "push_sales_entries_test_event",
        "watch_tokens",
    ],
)
def test_a_queue_event_is_whole(name: str) -> None:
    (record,) = event(name)["Records"]
    digest = hashlib.md5(record["body"].encode(), usedforsecurity=False).hexdigest()

    assert record["eventSource"] == "aws:sqs"
    assert record["md5OfBody"] == digest
    assert record["eventSourceARN"].startswith("arn:aws:sqs:eu-central-1:000000000000:koppeling-")


def test_the_event_of_the_morning_is_what_its_schedule_sends(production: Template) -> None:
    wired = production.resources("AWS::Scheduler::Schedule")["WatchFunctionMorning"]
    (moment,) = ticks(
        wired["ScheduleExpression"], wired["ScheduleExpressionTimezone"], INVOICE_DATE
    )

    assert event("watch_morning") == json.loads(wired["Target"]["Input"])
    assert (moment.hour, moment.minute) == (7, 30)


@pytest.mark.parametrize("name", ["watch_bounce", "watch_complaint"])
def test_what_ses_tells_of_our_own_mails_reaches_the_watch(production: Template, name: str) -> None:
    (rule,) = production.resources("AWS::Events::Rule").values()
    wanted, happened = rule["EventPattern"], event(name)
    of_set = "ses:configuration-set"
    own = production.resources("AWS::SES::ConfigurationSet")["MailConfigurationSet"]["Name"]

    assert happened["source"] in wanted["source"]
    assert happened["detail-type"] in wanted["detail-type"]
    assert wanted["detail"]["mail"]["tags"][of_set] == ["${MailConfigurationSet}"]
    assert happened["detail"]["mail"]["tags"][of_set] == [own]

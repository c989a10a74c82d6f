"""Production refuses to be deployed wrongly: each rule with good and with bad parameters."""

from collections.abc import Mapping

import pytest

from koppeling.core.connection import EXACT_HOSTS
from tests.infra.refusals import refusals
from tests.infra.template import MAIL, Template

GOOD: Mapping[str, str] = {
    "Stage": "production",
    "AlarmMail": "beheer@koppeling.example",
    **MAIL,
}
DEV: Mapping[str, str] = {"Stage": "dev"}
LOCAL: Mapping[str, str] = {
    "Stage": "local",
    "AwsEndpointUrl": "http://127.0.0.1:4566",
    "ExactBaseUrl": "http://127.0.0.1:41234",
    "MilestonesBaseUrl": "http://127.0.0.1:41235",
    "MilestonesCallsPerSecond": "0",
}
TESTED = {
    "AlarmMail": "Production needs an AlarmMail",
    "AwsEndpointUrl": "Only stage local has",
    "ExactBaseUrl": "Production sends its tokens to a country host",
    "LogLevel": "Production does not log at DEBUG",
    "LogRetentionDays": "Production keeps its logs",
    "MilestonesBaseUrl": "Production sends its tokens to QicsMilestones",
    "MilestonesCallsPerSecond": "Production has a limit of calls",
    "ExistingSyncTable": "An existing SyncTable",
    "Stage": "Stage local allows plain HTTP",
    "ConnectDomainName": "A ConnectDomainName needs",
    "ConnectCertificateArn": "A ConnectCertificateArn needs",
    "MailFrom": "Production needs a MailFrom",
    "MailDomain": "A MailFrom needs the MailDomain",
}
DOMAIN: Mapping[str, str] = {"ConnectDomainName": "koppeling.example"}
CERTIFICATE: Mapping[str, str] = {
    "ConnectCertificateArn": "arn:aws:acm:eu-central-1:111122223333:certificate/0af1-b2"
}
WRITERS = ("arn:aws:iam::111122223333:role/milestones", "arn:aws:iam::444455556666:user/app/push")


@pytest.mark.parametrize(
    "given",
    [
        GOOD,
        {**GOOD, "ExactBaseUrl": "https://start.exactonline.nl"},
        {**GOOD, "MilestonesBaseUrl": "https://qicsunity.qics.nl"},
        {**GOOD, "ConnectBaseUrl": "https://koppeling.qics.example"},
        {**GOOD, "LogRetentionDays": "14", "LogLevel": "WARNING"},
        {**GOOD, "RestoredAt": "2026-11-28T10:30Z"},
        {**GOOD, "RestoredAt": "2026-11-28T10:30Z", "ExistingSyncTable": "koppeling-sync-28"},
        {**GOOD, **DOMAIN, **CERTIFICATE},
        {**GOOD, "InboxWriterArns": ",".join(WRITERS)},
        DEV,
        {**DEV, "ExactBaseUrl": "https://exact.test.example:8443", "LogLevel": "DEBUG"},
        LOCAL,
    ],
)
def test_what_is_right_is_deployed(production: Template, given: Mapping[str, str]) -> None:
    assert refusals(production, given) == []


@pytest.mark.parametrize(
    ("bad", "about"),
    [
        ({**GOOD, "AlarmMail": ""}, "AlarmMail"),
        ({**GOOD, "AwsEndpointUrl": "http://127.0.0.1:4566"}, "AwsEndpointUrl"),
        ({**DEV, "AwsEndpointUrl": "http://127.0.0.1:4566"}, "AwsEndpointUrl"),
        ({**GOOD, "ExactBaseUrl": "https://exact.evil.example"}, "ExactBaseUrl"),
        ({**GOOD, "ExactBaseUrl": "http://start.exactonline.nl:80"}, "ExactBaseUrl"),
        ({**GOOD, "LogLevel": "DEBUG"}, "LogLevel"),
        ({**GOOD, "LogRetentionDays": "1"}, "LogRetentionDays"),
        ({**GOOD, "MilestonesBaseUrl": "https://qicsmilestones.qics.nl:444"}, "MilestonesBaseUrl"),
        ({**GOOD, "MilestonesCallsPerSecond": "0"}, "MilestonesCallsPerSecond"),
        ({**GOOD, "ExistingSyncTable": "koppeling-sync-28"}, "ExistingSyncTable"),
        ({**DEV, "ExistingSyncTable": "koppeling-sync-28"}, "ExistingSyncTable"),
        ({**LOCAL, "AwsEndpointUrl": ""}, "Stage"),
        ({**GOOD, **DOMAIN}, "ConnectDomainName"),
        ({**GOOD, **CERTIFICATE}, "ConnectCertificateArn"),
        ({**GOOD, "MailFrom": "", "MailDomain": ""}, "MailFrom"),
        ({**GOOD, "MailDomain": ""}, "MailDomain"),
        ({**DEV, "MailFrom": "koppeling@koppeling.example"}, "MailDomain"),
    ],
)
def test_what_is_wrong_is_refused_with_its_reason(
    production: Template, bad: Mapping[str, str], about: str
) -> None:
    (said,) = refusals(production, bad)

    assert said.startswith(TESTED[about])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Stage", "Production"),
        ("AlarmMail", "beheer"),
        ("NoticeMail", "beheer"),
        ("AlarmMail", "a@b.example, c@d.example"),
        ("MailFrom", "Koppeling <koppeling@koppeling.example>"),
        ("MailDomain", "https://koppeling.example"),
        ("ExactBaseUrl", "https://start.exactonline.nl/"),
        ("ExactBaseUrl", "start.exactonline.nl"),
        ("ExactBaseUrl", "http://start.exactonline.nl"),
        ("MilestonesBaseUrl", ""),
        ("MilestonesBaseUrl", "https://qicsmilestones.qics.nl/api"),
        ("ConnectBaseUrl", "http://koppeling.example"),
        ("ConnectBaseUrl", "https://koppeling.example/"),
        ("ConnectBaseUrl", "https://user@koppeling.example"),
        ("ConnectDomainName", "https://koppeling.example"),
        ("ConnectDomainName", "localhost"),
        ("ConnectCertificateArn", "arn:aws:iam::111122223333:server-certificate/1"),
        ("RestoredAt", "yesterday"),
        ("RestoredAt", "2026-11-28 10:30"),
        ("ExistingTokensTable", "no spaces"),
        ("LogRetentionDays", "365"),
        ("SpreadSeconds", "901"),
        ("AccountsMaximumConcurrency", "1"),
        ("InboxWriterArns", "*"),
        ("InboxWriterArns", "arn:aws:iam::111122223333:root"),
        ("InboxWriterArns", "arn:aws:iam::111122223333:role/milestones,*"),
        ("InboxWriterArns", "arn:aws:sts::111122223333:assumed-role/milestones/session"),
    ],
)
def test_a_value_that_means_nothing_is_refused_in_every_stage(
    production: Template, name: str, value: str
) -> None:
    for stage in (GOOD, DEV):
        assert name in refusals(production, {**stage, name: value})


def test_every_assertion_is_tripped_by_a_test(production: Template) -> None:
    said = [
        assertion["AssertDescription"]
        for rule in production.document["Rules"].values()
        for assertion in rule["Assertions"]
    ]

    missed = [text for text in said if not text.startswith(tuple(TESTED.values()))]
    assert missed == []


def test_the_hosts_of_exact_are_those_that_the_link_knows(production: Template) -> None:
    rule = production.document["Rules"]["ProductionUsesTheRealServers"]
    allowed, _ = rule["Assertions"][0]["Assert"]["Fn::Contains"]

    assert set(allowed) == {"", *(f"https://{host}" for host in EXACT_HOSTS)}


def test_every_parameter_with_an_address_or_a_text_says_what_it_may_be(
    production: Template,
) -> None:
    """A free text is a deploy that fails half-way; schedules are held by `test_schedule.py`."""
    free = {
        name
        for name, declared in production.document["Parameters"].items()
        if declared["Type"] == "String" and not {"AllowedPattern", "AllowedValues"} & set(declared)
    }

    assert {name for name in free if not name.endswith("Schedule")} == {"AwsEndpointUrl"}

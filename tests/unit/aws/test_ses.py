"""A mail is handed to SES whole, and what SES says about it never shows an address."""

from dataclasses import replace

import pytest
from botocore.exceptions import ConnectionClosedError, ConnectTimeoutError, ReadTimeoutError

from koppeling.aws.ses import SesMailer
from koppeling.core.mail import MailNotTaken, OutgoingMail
from tests.mailbox import Mailbox, refusal

MARIT = "marit@veldhuis.example"
PREFERENCES = "https://koppeling.example/portal/veldhuis/connection"
MAIL = OutgoingMail(
    to=MARIT,
    kind="morning",
    subject="3 facturen wachten",
    text="3 facturen wachten.\n",
    html="<p>3 facturen wachten.</p>",
    preferences=PREFERENCES,
)


def mailer(mailbox: Mailbox, sender: str = "koppeling@koppeling.example") -> SesMailer:
    return SesMailer(
        lambda: mailbox,
        sender=sender,
        configuration_set="koppeling",
        reply_to="help@koppeling.example",
    )


def test_a_mail_goes_out_as_text_and_as_html_under_the_configuration_set() -> None:
    mailbox = Mailbox()

    mailer(mailbox).send(MAIL)

    (request,) = mailbox.requests
    assert mailbox.mails == [MAIL]
    assert request["FromEmailAddress"] == "koppeling@koppeling.example"
    assert request["ReplyToAddresses"] == ["help@koppeling.example"]
    assert request["ConfigurationSetName"] == "koppeling"
    assert request["Destination"] == {"ToAddresses": [MARIT]}


def test_a_mail_says_that_a_machine_wrote_it_and_where_to_choose_mails() -> None:
    mailbox = Mailbox()

    mailer(mailbox).send(MAIL)

    headers = mailbox.requests[0]["Content"]["Simple"]["Headers"]
    assert {each["Name"]: each["Value"] for each in headers} == {
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{PREFERENCES}>",
    }


def test_a_mail_that_was_asked_for_leads_to_no_choice() -> None:
    mailbox = Mailbox()

    mailer(mailbox).send(replace(MAIL, preferences=""))

    headers = mailbox.requests[0]["Content"]["Simple"]["Headers"]
    assert [each["Name"] for each in headers] == ["Auto-Submitted"]


@pytest.mark.parametrize(
    ("error", "reason", "is_final"),
    [
        (refusal("BadRequestException", f"bad {MARIT}"), "BadRequestException", True),
        (refusal("MessageRejected", f"not verified {MARIT}"), "MessageRejected", False),
        (refusal("TooManyRequestsException"), "TooManyRequestsException", False),
        (ReadTimeoutError(endpoint_url="https://ses"), "ReadTimeoutError", False),
        (ConnectTimeoutError(endpoint_url="https://ses"), "ConnectTimeoutError", False),
    ],
)
def test_what_ses_refuses_was_not_sent_and_the_reason_is_its_code_alone(
    error: Exception, reason: str, *, is_final: bool
) -> None:
    with pytest.raises(MailNotTaken) as refused:
        mailer(Mailbox(errors=[error])).send(MAIL)

    assert str(refused.value) == reason
    assert refused.value.is_final is is_final
    assert refused.value.__context__ is None


@pytest.mark.parametrize(
    ("error", "may_have_gone"),
    [
        (ReadTimeoutError(endpoint_url="https://ses"), True),
        (ConnectionClosedError(endpoint_url="https://ses"), True),
        (ConnectTimeoutError(endpoint_url="https://ses"), False),
        (refusal("TooManyRequestsException"), False),
    ],
)
def test_a_mail_of_which_only_the_answer_is_missing_may_have_gone(
    error: Exception, *, may_have_gone: bool
) -> None:
    with pytest.raises(MailNotTaken) as refused:
        mailer(Mailbox(errors=[error])).send(MAIL)

    assert refused.value.may_have_gone is may_have_gone


def test_without_a_sender_nothing_is_sent() -> None:
    mailbox = Mailbox()

    with pytest.raises(MailNotTaken, match="no-sender"):
        mailer(mailbox, sender="").send(MAIL)

    assert mailbox.requests == []

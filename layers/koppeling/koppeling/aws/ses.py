"""Mail through SES: each to one address, as plain text and HTML, without any tracking."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ReadTimeoutError,
)

from koppeling.core.mail import MailNotTaken, OutgoingMail

# SES names what is wrong with a mail or an address for good; anything else may pass
_FINAL = frozenset({"BadRequestException"})
_CHARSET = "UTF-8"


class SesMailer:
    """Sends mails from one address, under the configuration set that tells of bounces.

    `reply_to` is where an answer of a person goes; empty means to the sender.
    """

    def __init__(
        self,
        client: Callable[[], Any],
        *,
        sender: str,
        configuration_set: str,
        reply_to: str = "",
    ) -> None:
        self._client = client
        self._sender = sender
        self._configuration_set = configuration_set
        self._reply_to = reply_to

    def send(self, mail: OutgoingMail) -> None:
        if not self._sender:
            raise MailNotTaken("no-sender", is_final=True)
        is_lost = False
        try:
            self._client().send_email(**self._request(mail))
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code"))
        except BotoCoreError as error:
            code = type(error).__name__
            # SES had the mail, and its answer did not come
            is_lost = isinstance(error, ReadTimeoutError | ConnectionClosedError)
        else:
            return
        # Outside of the handler: what SES says may hold the address, and a log shows a cause
        raise MailNotTaken(code, is_final=code in _FINAL, may_have_gone=is_lost)

    def _request(self, mail: OutgoingMail) -> dict[str, Any]:
        replies = {"ReplyToAddresses": [self._reply_to]} if self._reply_to else {}
        message = {
            "Subject": _content(mail.subject),
            "Body": {"Text": _content(mail.text), "Html": _content(mail.html)},
            "Headers": [{"Name": name, "Value": value} for name, value in _headers(mail).items()],
        }
        return {
            "FromEmailAddress": self._sender,
            "Destination": {"ToAddresses": [mail.to]},
            "Content": {"Simple": message},
            "ConfigurationSetName": self._configuration_set,
            # Events show the kind, and never what a mail says
            "EmailTags": [{"Name": "kind", "Value": mail.kind}],
            **replies,
        }


def _headers(mail: OutgoingMail) -> dict[str, str]:
    """Return what keeps answering machines silent, and leads to the choice of mails."""
    headers = {"Auto-Submitted": "auto-generated"}
    if mail.preferences:
        headers["List-Unsubscribe"] = f"<{mail.preferences}>"
    return headers


def _content(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": _CHARSET}

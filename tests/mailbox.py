"""SES in memory: what was sent can be read back, and it refuses what SES refuses.

A request is held against botocore's own model of SES, so that a misspelt field is noticed here.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import botocore.session
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from koppeling.core.mail import OutgoingMail

# Both as the reference of SES says it
LONGEST_HEADER = 870
LONGEST_SUBJECT = 998


@cache
def _shape() -> Any:  # noqa: ANN401 - botocore has no types
    model = botocore.session.get_session().get_service_model("sesv2")
    return model.operation_model("SendEmail").input_shape


@dataclass(slots=True)
class Mailbox:
    """A client of SES. `errors` are raised one after another before anything is taken."""

    requests: list[dict[str, Any]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    @property
    def mails(self) -> list[OutgoingMail]:
        """Return what was sent, in the order it was."""
        return [_mail(request) for request in self.requests]

    def to(self, address: str) -> list[OutgoingMail]:
        """Return what was sent to an address."""
        return [mail for mail in self.mails if mail.to == address]

    def send_email(self, **request: Any) -> dict[str, str]:  # noqa: ANN401 - as boto3 has it
        """Take a mail, or refuse it.

        Raises:
            ClientError: what SES would refuse.
        """
        if self.errors:
            raise self.errors.pop(0)
        report = ParamValidator().validate(request, _shape())
        if report.has_errors():
            raise ValueError(report.generate_report())
        _refuse_what_ses_refuses(request)
        self.requests.append(request)
        return {"MessageId": str(len(self.requests))}


def refusal(code: str, says: str = "no") -> ClientError:
    """Return the error that boto3 raises when SES refuses."""
    return ClientError({"Error": {"Code": code, "Message": says}}, "SendEmail")


def _refuse_what_ses_refuses(request: dict[str, Any]) -> None:
    message = request["Content"]["Simple"]
    for address in request["Destination"]["ToAddresses"]:
        name, _, domain = address.rpartition("@")
        if not (name and "." in domain and address.isascii()):
            raise refusal("BadRequestException", f"Missing final '@domain': {address}")
    subject = message["Subject"]["Data"]
    if "\n" in subject or "\r" in subject or len(subject) > LONGEST_SUBJECT:
        raise refusal("BadRequestException", "Invalid subject")
    for header in message.get("Headers", []):
        value = header["Value"]
        if not (value.isascii() and value.isprintable() and len(value) <= LONGEST_HEADER):
            raise refusal("BadRequestException", f"Invalid header {header['Name']}")


def _mail(request: dict[str, Any]) -> OutgoingMail:
    message = request["Content"]["Simple"]
    (to,) = request["Destination"]["ToAddresses"]
    headers = {each["Name"]: each["Value"] for each in message.get("Headers", [])}
    tags = {each["Name"]: each["Value"] for each in request.get("EmailTags", [])}
    return OutgoingMail(
        to=to,
        kind=tags["kind"],
        subject=message["Subject"]["Data"],
        text=message["Body"]["Text"]["Data"],
        html=message["Body"]["Html"]["Data"],
        preferences=headers.get("List-Unsubscribe", "").strip("<>"),
    )

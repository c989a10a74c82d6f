"""Mails, for an operator: those of the local stack, and addresses that are not written to."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

from koppeling.cli.exits import StackUnreachable, UsageError

if TYPE_CHECKING:
    from koppeling.cli.stack import Stack

_SENT = "/_ministack/ses/messages"
_SECONDS = 5


def sent_mails(stack: "Stack") -> list[Mapping[str, Any]]:
    """Return the mails that the local stack sent, oldest first.

    Raises:
        UsageError: the stack is in AWS, where a mail goes to its reader alone.
        StackUnreachable: the emulator does not answer.
    """
    endpoint = stack.location.endpoint
    if not endpoint:
        raise UsageError("mails can be read on the local stack alone; leave out --stack")
    return mails_at(endpoint)


def mails_at(endpoint: str) -> list[Mapping[str, Any]]:
    """Return the mails that an emulator was given, oldest first.

    Raises:
        StackUnreachable: it does not answer.
    """
    try:
        with urlopen(f"{endpoint}{_SENT}", timeout=_SECONDS) as answer:  # noqa: S310 - our emulator
            by_account = json.load(answer)["messages"]
    except (OSError, ValueError, KeyError) as error:
        raise StackUnreachable("the emulator shows no mails: is the local stack up?") from error
    found = (mail for mails in by_account.values() for mail in mails)
    return [_shown(mail) for mail in sorted(found, key=lambda mail: mail["Timestamp"])]


def _shown(mail: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "at": datetime.fromtimestamp(mail["Timestamp"], UTC),
        "to": ", ".join(mail["To"]),
        "subject": mail["Subject"],
        "text": mail["BodyText"],
        "html": mail["BodyHtml"],
    }


def clear_address(stack: "Stack", address: str) -> bool:
    """Have an address written to again, by us and by SES; False when nothing kept it from that."""
    was_marked = stack.wiring.mails.addresses.clear(address)
    if stack.location.endpoint:
        return was_marked
    return _clear_at_ses(stack, address) or was_marked


def _clear_at_ses(stack: "Stack", address: str) -> bool:
    """Take an address from the list of those to which SES itself does not write."""
    client = stack.wiring.aws.sesv2
    try:
        client.delete_suppressed_destination(EmailAddress=address)
    except client.exceptions.NotFoundException:
        return False
    return True

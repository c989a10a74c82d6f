"""What the webhook is sent: whose signature it has, and which change it tells of."""

import hashlib
import hmac

import pytest

from koppeling.pull.webhook.message import change_in, signed_content

SECRET = b"canary-of-the-webhook"
# Spaces, an escaped slash and an order of its own: only the literal text is signed
CONTENT = rb'{ "Topic":"Accounts", "Division":987654,"Action":"Update","Key":"7c1\/2" }'


def message(content: bytes = CONTENT, secret: bytes = SECRET) -> bytes:
    signature = hmac.new(secret, content, hashlib.sha256).hexdigest().upper()
    return b'{"Content":%b,"HashCode":"%b"}' % (content, signature.encode())


def test_the_signature_holds_for_the_literal_text() -> None:
    assert signed_content(message(), SECRET) == CONTENT


def test_white_space_around_the_content_is_no_part_of_it() -> None:
    spaced = (
        message().replace(b'{"Content":', b' {\n "Content" : ').replace(b',"Hash', b' ,\n "Hash')
    )

    assert signed_content(spaced, SECRET) == CONTENT


@pytest.mark.parametrize(
    "body",
    [
        message(secret=b"another"),
        message().replace(b"Update", b"Delete"),
        message().replace(b'"Division":987654', b'"Division": 987654'),
        message()[:-4] + b'0"}',
        message() + b"{}",
        b'{"Content":{},"HashCode":""}',
        b'{"Content":{}}',
        b"[]",
        b"\xff\xfe",
        b'{"Content":' + b"{" * 60_000,
    ],
)
def test_anything_else_has_no_signature_of_ours(body: bytes) -> None:
    assert signed_content(body, SECRET) is None


def test_without_a_secret_no_signature_is_right() -> None:
    assert signed_content(message(secret=b""), b"") is None


def test_a_content_that_looks_like_the_end_of_a_message_stays_content() -> None:
    sly = b'{"Key":"","HashCode":"%b"}' % (b"A" * 64)

    assert signed_content(message(sly), SECRET) == sly


@pytest.mark.parametrize(("topic", "entity"), [("Accounts", "accounts"), ("Items", "items")])
def test_a_change_names_its_administration_and_what_is_pulled(topic: str, entity: str) -> None:
    change = change_in(b'{"Topic":"%b","Division":987654}' % topic.encode())

    assert change is not None
    assert (change.division, change.entity) == (987654, entity)


def test_two_changes_have_two_digests_and_one_message_always_the_same() -> None:
    first, second = change_in(CONTENT), change_in(CONTENT.replace(b"7c1", b"7c2"))

    assert first == change_in(CONTENT)
    assert first is not None
    assert second is not None
    assert first.digest != second.digest


@pytest.mark.parametrize(
    "content",
    [
        b'{"Topic":"SalesEntries","Division":987654}',
        b'{"Topic":"Accounts"}',
        b'{"Topic":"Accounts","Division":"987654"}',
        b'{"Topic":"Accounts","Division":true}',
        b'{"Topic":["Accounts"],"Division":987654}',
        b'{"Topic":' + b"[" * 60_000 + b"}",
        b"{}",
        b"{",
    ],
)
def test_a_content_that_no_pull_is_about_is_no_change(content: bytes) -> None:
    assert change_in(content) is None

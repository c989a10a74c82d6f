"""S3: no token, data key or login link shows in a log, with every logger at DEBUG."""

import base64
import logging
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import pytest
from botocore.exceptions import ClientError

from koppeling.auth.oauth import EXACT
from koppeling.auth.token_chain import TokenChain
from koppeling.aws.kms import UnreadableError
from koppeling.core.errors import Consequence
from tests.environment import Environment, environment
from tests.integration.test_clients_secrets import everything_at_debug, secrets
from tests.integration.test_tokens_watched import DAY, watch
from tests.mailbox import refusal
from tests.sandbox.common.faults import Fault


class TappedKms:
    """KMS that notes every plaintext data key; it fails when a test wants it."""

    def __init__(self, real: Any) -> None:  # noqa: ANN401 - a boto3 client
        self._real = real
        self.plain: list[bytes] = []
        self.fails = False

    def generate_data_key(self, **given: Any) -> Mapping[str, Any]:  # noqa: ANN401 - as boto3 has it
        """Make a data key."""
        return self._kept(self._real.generate_data_key, given)

    def decrypt(self, **given: Any) -> Mapping[str, Any]:  # noqa: ANN401 - as boto3 has it
        """Open a data key."""
        return self._kept(self._real.decrypt, given)

    def _kept(self, call: Any, given: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: ANN401 - as boto3 has it
        if self.fails:
            raise ClientError({"Error": {"Code": "KMSInternalException"}}, "Decrypt")
        answer: Mapping[str, Any] = call(**given)
        self.plain.append(answer["Plaintext"])
        return answer


@contextmanager
def tapped(built: Environment) -> Iterator[TappedKms]:
    """Note every data key that KMS makes or decrypts."""
    tap = TappedKms(built.wiring.aws.kms)
    built.wiring.aws.__dict__["kms"] = tap
    yield tap


def troubled_weeks(built: Environment, tap: TappedKms) -> Iterator[object]:
    """Do every kind of work on chains, each under another fault; yield the exceptions."""
    yield built.pull()
    yield built.next_tick()
    tap.fails = True
    yield built.next_tick()
    tap.fails = False
    built.clock.advance(7 * DAY)
    yield watch(built)
    built.exact.faults.arm(Fault("token-gateway"))
    built.clock.advance(10 * DAY)
    yield watch(built)
    built.exact.authority.revoke(built.connection.exact_user)
    yield built.next_tick()
    yield watch(built)
    # A person gets two mails a day
    built.clock.advance(DAY)
    built.mailbox.errors = [refusal("TooManyRequestsException")]
    built.log_in(EXACT)
    built.exact.authority.revoke(built.connection.exact_user)
    yield built.next_tick()
    built.watch_what_was_handed_over()
    built.wiring.mails.notifier.try_again()
    yield watch(built)


def parts(chain: TokenChain) -> list[object]:
    """Return everything that a chain holds."""
    return [getattr(chain, each.name) for each in fields(chain)]


def moved(built: Environment) -> list[str]:
    """Copy the ciphertext of a chain into the item of another; return the errors of decryption."""
    items = built.wiring.aws.token_items
    here, there = items.scan()
    there.update(actions=[items.sealed.set(here.sealed), items.data_key.set(here.data_key)])
    store, shown = built.another().stores.tokens, list[str]()
    for facts in list(store.all_facts()):
        try:
            store.get(facts.key)
        except UnreadableError as error:
            shown += traceback.format_exception(error)
    assert shown
    return shown


def test_no_token_data_key_or_login_link_is_in_any_log_exception_or_problem(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    shown: list[str] = []
    with environment(accounts=4, on_moto=True) as h, everything_at_debug(), tapped(h) as tap:
        logging.getLogger("cryptography").setLevel(logging.DEBUG)
        shown += [repr(each) for each in troubled_weeks(h, tap)]
        chain = h.wiring.clients.chain_of(h.wiring.clients.key_of("exact", h.connection))
        shown += complaints(h, chain)
        shown += moved(h)
        shown += [repr(problem) for problem in h.problems()]
        shown += [repr(h.wiring), repr(vars(h.wiring)), repr(vars(h.wiring.stores))]
        shown += [repr(vars(h.wiring.stores.tokens)), repr(parts(chain)), repr(h.mails())]
        tickets = [mail.text.partition("ticket=")[2].split()[0] for mail in h.mails()]
        planted = secrets(h) | set(tickets) | set(written(tap.plain))

    out, err = capfd.readouterr()
    text = "\n".join([*shown, caplog.text, out, err, *map(str, map(vars, caplog.records))])
    assert len(tickets) >= 3
    assert len(tap.plain) >= 4
    assert len(text) > 1000
    assert [secret[:12] for secret in planted if secret in text] == []


def complaints(built: Environment, chain: TokenChain) -> list[str]:
    """Return the exception of a token call that goes wrong."""
    built.log_in(EXACT)
    built.clock.advance(900)
    built.exact.faults.arm(Fault("token-answer-lost"))
    shown = []
    for _ in range(3):
        try:
            chain.token()
        except Consequence as consequence:
            shown += traceback.format_exception(consequence)
        built.clock.advance(61)
    return shown


def written(keys: list[bytes]) -> Iterator[str]:
    """Yield keys in each way in which a log could show them."""
    for key in keys:
        yield from (key.hex(), base64.b64encode(key).decode(), repr(key)[2:-1])


def test_the_table_holds_no_token_and_no_data_key_in_the_clear() -> None:
    with environment(accounts=4, on_moto=True) as h, tapped(h) as tap:
        h.next_tick()
        items = [item.serialize() for item in h.wiring.aws.token_items.scan()]
        text = repr(items)
        planted = secrets(h) | set(written(tap.plain))
        raw = [value for item in h.wiring.aws.token_items.scan() for value in (item.sealed,)]

    assert len(items) == 2
    assert [secret[:12] for secret in planted if secret in text] == []
    assert [b for b in raw for secret in planted if secret.encode() in b] == []

"""The canary of S3: everything at DEBUG, and no secret in any log, exception or problem (DF10)."""

import logging
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from koppeling.auth.oauth import EXACT, MILESTONES
from koppeling.auth.token_keys import NO_TENANT
from koppeling.auth.token_pair import TokenKey
from koppeling.bootstrap import observability
from koppeling.core.errors import Consequence
from koppeling.core.summary import Summary
from tests.environment import Environment, environment
from tests.integration.levers import change_some
from tests.sandbox.common.faults import Fault

OF_EXACT = ("no-answer", "500", "maintenance", "object-moved", "half-json", "foreign-next")
OF_TOKENS = ("token-answer-lost", "token-empty", "token-gateway")
OF_MILESTONES = ("no-answer", "answer-lost", "half-json", "401", "403", "503")


def secrets(built: Environment) -> set[str]:
    """Return everything that would open a door, as both providers have given it out."""
    exact, milestones = built.exact.authority, built.milestones._state.oauth  # noqa: SLF001 - only they know
    found = {*exact._access, *exact._chains, exact.app.client_secret}  # noqa: SLF001 - likewise
    found |= {*milestones._access_tokens, *milestones._refresh_tokens}  # noqa: SLF001 - likewise
    return found | {milestones.app.client_secret}


@contextmanager
def everything_at_debug() -> Iterator[None]:
    """Let every logger speak, as far as the link has not silenced it."""
    for handler in observability.logger().handlers:
        if isinstance(handler, logging.StreamHandler):
            # That of an earlier test is closed, and what logs there prints a traceback
            handler.stream = sys.stdout
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.setLevel(before)


def troubled_days(built: Environment) -> Iterator[Callable[[], object]]:
    """Yield work of every kind, each under another fault."""
    yield built.pull
    for kind in OF_EXACT:
        built.exact.faults.arm(Fault(kind, endpoint="sync"))
        yield built.next_tick
    for kind in OF_MILESTONES:
        built.milestones.faults.arm(Fault(kind, endpoint="CustomerCompany"))
        change_some(built)
        built.exact.world.delete("Accounts", built.exact.world.account("3001")["ID"])
        yield built.next_tick
    yield from token_calls(built, EXACT.name, built.connection.exact_host)
    yield from token_calls(built, MILESTONES.name, NO_TENANT)


def token_calls(built: Environment, provider: str, host: str) -> Iterator[Callable[[], object]]:
    """Yield token calls that go wrong in each way, straight at the endpoint."""
    key = TokenKey(provider, built.connection.exact_user, host)
    faults = (built.exact if provider == EXACT.name else built.milestones).faults
    pair = built.wiring.stores.tokens.get(key)
    assert pair is not None
    known = EXACT if provider == EXACT.name else MILESTONES
    chain = built.wiring.clients.chain(known, key)
    for kind in faults.kinds & {*OF_TOKENS}:
        faults.arm(Fault(kind))
        built.clock.advance(900)
        yield chain.token
        built.log_in(known)
    yield lambda: chain.renewed(chain.token())
    # A login whose tokens are spent already
    built.wiring.stores.tokens.connect(replace(pair, granted_at=built.clock.now()))
    built.clock.advance(900)
    yield chain.token


def test_no_secret_is_in_any_log_line_exception_or_problem(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []
    with environment(accounts=4, on_moto=True) as h, everything_at_debug():
        for work in troubled_days(h):
            try:
                done = work()
                if isinstance(done, Summary):
                    observability.report(done)
            except Consequence as consequence:
                told += traceback.format_exception(consequence)
        told += [repr(problem) for problem in h.problems()]
        told += [repr(h.wiring), repr(h.settings), str(vars(h.wiring))]
        planted = secrets(h)

    out, err = capfd.readouterr()
    text = "\n".join([*told, caplog.text, out, err, *map(str, map(vars, caplog.records))])
    assert len(planted) > 10
    assert len(text) > 1000
    assert [secret[:12] for secret in planted if secret in text] == []

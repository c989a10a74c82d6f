"""Writing a token pair that cannot be asked for again (R29).

write ──► done
  │ refused
  ▼
seal the pair, and write again and again, for as long as the invocation lasts
  │ its time is nearly up
  ▼
hand the sealed pair on by a message; whoever receives it does the same

Once a provider has answered, the old refresh token is spent and the new one is in this process
alone. So a table that refuses a write may cost time, and never the login. Only a process that is
killed in the middle loses it.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from koppeling.auth.ports import HandOver, Overtaken, SealedPair, StoredTokens, TokenRelay
from koppeling.auth.token_keys import present_key
from koppeling.auth.token_pair import REFRESH_TOKEN_LIFE, ChainFacts, TokenKey, TokenPair
from koppeling.core.clock import Deadline, Now
from koppeling.core.errors import Defer, Retry
from koppeling.core.summary import Summary

# The pauses between two writes grow up to this; R4 allows no longer one
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
# What a message to SQS may take at the most, and the end of the invocation after it
HAND_ON_SECONDS = 15.0
# Below this no further write is begun: three attempts of a write that gets no answer
LAST_SECONDS = 2.0
# Lambda's longest invocation has fewer tries; a clock that stands still must not keep us for ever
MOST_TRIES = 600
# No problem is opened for this code: nobody has to do anything
BUSY = "token-busy"


class HandedOn(Defer):
    """The pair is on its way to another process, which writes it."""


@dataclass(slots=True, kw_only=True)
class PatientTokens:
    """The stored tokens, with patience in the writes that must not fail.

    `may_pass` are the errors of a write that can succeed later. `deadline` tells how much time the
    invocation has left. `in_use` says whether a connection uses a chain: none uses an erased one.
    """

    tokens: StoredTokens
    relay: TokenRelay
    may_pass: tuple[type[Exception], ...]
    deadline: Callable[[], Deadline]
    now: Now
    pause: Callable[[float], None]
    report: Callable[[Summary], object]
    in_use: Callable[[TokenKey], bool]
    _leased: dict[TokenKey, TokenPair] = field(default_factory=dict, init=False)

    def get(self, key: TokenKey) -> TokenPair | None:
        """Return the newest pair."""
        return self.tokens.get(key)

    def facts(self, key: TokenKey) -> ChainFacts | None:
        """Return the facts of a chain."""
        return self.tokens.facts(key)

    def prepare(self, key: TokenKey) -> None:
        """Fetch what writing and sealing need."""
        self.tokens.prepare(key)

    def lease(self, key: TokenKey, now: datetime, length: timedelta) -> TokenPair | None:
        """Take the lease and return the newest pair; None while another process holds it."""
        leased = self.tokens.lease(key, now, length)
        if leased is not None:
            self._leased[key] = leased
        return leased

    def save(self, pair: TokenPair) -> None:
        """Write a pair and give the lease back; one that brings news is written with patience.

        Raises:
            Overtaken: another process has written a newer pair.
            HandedOn: the time was up; another process writes the pair.
        """
        if pair == self._leased.pop(pair.key, None):
            # Only the lease is given back; without that it ends by itself
            self.tokens.save(pair)
        else:
            self._write(pair, HandOver.REFRESH)

    def connect(self, pair: TokenPair) -> None:
        """Write the first pair of a chain after a login, or hand it on.

        Raises:
            Overtaken: a later login has written a newer pair.
        """
        try:
            self._write(pair, HandOver.LOGIN)
        except HandedOn:
            return

    def sealed(self, pair: TokenPair) -> SealedPair:
        """Return the pair of a login as it may be kept elsewhere."""
        return self.relay.sealed(pair, HandOver.LOGIN)

    def opened(self, sealed: SealedPair) -> TokenPair:
        """Return such a pair."""
        return self.relay.opened(json.dumps(sealed))[0]

    def receive(self, body: str) -> Summary:
        """Write a pair that another process handed on.

        Writing it twice does no harm. A pair that is older than the stored one is dropped, and so
        is one whose refresh token cannot live any more, or whose last connection was erased.
        """
        pair, hand_over = self.relay.opened(body)
        key = present_key(pair.key)
        if key != pair.key:  # R40: the release before sealed it, and its chain may not have moved
            self.tokens.get(key)
            pair = replace(pair, key=key)
        outcome = "written"
        try:
            if self.now() - pair.granted_at >= REFRESH_TOKEN_LIFE:
                outcome = "too-old"
            elif not self.in_use(pair.key):
                outcome = "unused"
            else:
                self._write(pair, hand_over)
        except Overtaken:
            outcome = "overtaken"
        except HandedOn:
            outcome = "handed-on"
        return Summary("tokens", outcome, detail=f"{pair.key.provider} {hand_over}")

    def _write(self, pair: TokenPair, hand_over: HandOver) -> None:
        write = self.tokens.save if hand_over is HandOver.REFRESH else self.tokens.connect
        refused = self._refused(partial(write, pair))
        if refused is None:
            return
        self._report_trouble("not-written", pair, refused)
        sealed: SealedPair | None = None
        ends_at = self.now() + self._time_left()
        for seconds in _pauses():
            left = min(self._time_left(), ends_at - self.now()).total_seconds()
            sealed = sealed or self._sealed(pair, hand_over)
            if sealed is not None and left < HAND_ON_SECONDS and self._is_sent(sealed):
                self._report_trouble("handed-on", pair, refused)
                raise HandedOn(BUSY, self.now() + timedelta(minutes=1), "the pair was handed on")
            if left < LAST_SECONDS:
                break
            self.pause(seconds)
            refused = self._refused(partial(write, pair))
            if refused is None:
                return
        self._report_trouble("lost", pair, refused)
        raise refused

    def _refused(self, write: Callable[[], None]) -> Exception | None:
        """Write, and return the error of a write that can succeed later.

        Raises:
            Overtaken: it can never succeed.
        """
        try:
            write()
        except Overtaken:
            raise
        except self.may_pass as refused:
            return refused
        return None

    def _sealed(self, pair: TokenPair, hand_over: HandOver) -> SealedPair | None:
        """Seal the pair at once, while the data key is at hand; None while KMS does not answer."""
        try:
            return self.relay.sealed(pair, hand_over)
        except Retry:
            return None

    def _is_sent(self, sealed: SealedPair) -> bool:
        try:
            self.relay.send(sealed)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next write may still succeed
            self.report(Summary("tokens", "not-sent", detail=type(error).__name__))
            return False
        return True

    def _time_left(self) -> timedelta:
        return timedelta(milliseconds=self.deadline().remaining_milliseconds())

    def _report_trouble(self, outcome: str, pair: TokenPair, refused: Exception) -> None:
        detail = f"{pair.key.provider} {type(refused).__name__}"
        self.report(Summary("tokens", outcome, detail=detail))


def _pauses() -> Iterator[float]:
    for number in range(MOST_TRIES):
        yield min(FIRST_PAUSE * 2.0 ** min(number, 10), LONGEST_PAUSE)

"""S2, R29: threads of a process share its data keys, and wait for an outage of KMS once."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event

from koppeling.aws.data_keys import DataKeys
from koppeling.core.clock import now
from koppeling.core.errors import Retry
from tests.unit.aws.fakes import FakeKms, refused

CONTEXT = {"purpose": "oauth-tokens"}
THREADS = 10
SOON = 10  # seconds in which what should happen at once has happened


@dataclass(slots=True)
class HangingKms(FakeKms):
    """KMS that takes its time for each new key, and then fails."""

    is_asked: Event = field(default_factory=Event)
    gives_up: Event = field(default_factory=Event)
    is_down: bool = False

    def generate_data_key(
        self,
        KeyId: str,  # noqa: N803 - boto3's names
        KeySpec: str,  # noqa: N803
        EncryptionContext: Mapping[str, str],  # noqa: N803
    ) -> dict[str, bytes]:
        """Return a new key, or fail after a while."""
        if self.is_down:
            self.is_asked.set()
            assert self.gives_up.wait(SOON)
            self.errors.append(refused("KMSInternalException", "GenerateDataKey"))
        return FakeKms.generate_data_key(self, KeyId, KeySpec, EncryptionContext)


def outcome_of(work: Callable[[], object]) -> str:
    """Return the code of what a piece of work raised, or that it was done."""
    try:
        work()
    except Retry as failure:
        return failure.code
    return "done"


def test_ten_threads_wait_for_an_outage_once_and_not_one_after_another() -> None:
    kms = HangingKms(is_down=True)
    keys = DataKeys(lambda: kms, "key", now)
    began = [Event() for _ in range(THREADS)]

    def use(number: int) -> str:
        began[number].set()
        return outcome_of(lambda: keys.own(CONTEXT))

    with ThreadPoolExecutor(THREADS) as threads:
        first = threads.submit(use, 0)
        assert kms.is_asked.wait(SOON)
        others = [threads.submit(use, number) for number in range(1, THREADS)]
        assert all(each.wait(SOON) for each in began)
        kms.gives_up.set()
        found = {each.result(SOON) for each in (first, *others)}

    assert found == {"token-key-unavailable"}
    assert len(kms.calls) < THREADS
    kms.is_down = False
    assert outcome_of(lambda: keys.own(CONTEXT)) == "done"


def test_a_key_that_is_known_opens_while_kms_does_not_answer_another_thread() -> None:
    kms = HangingKms()
    wrapped = DataKeys(lambda: kms, "key", now).own(CONTEXT).wrapped
    keys = DataKeys(lambda: kms, "key", now)
    keys.unwrapped(wrapped, CONTEXT)
    kms.is_down = True

    with ThreadPoolExecutor(1) as threads:
        hanging = threads.submit(lambda: outcome_of(lambda: keys.own(CONTEXT)))
        assert kms.is_asked.wait(SOON)
        known = keys.unwrapped(wrapped, CONTEXT)
        assert not hanging.done()
        kms.gives_up.set()

    assert known.wrapped == wrapped
    assert hanging.result(SOON) == "token-key-unavailable"

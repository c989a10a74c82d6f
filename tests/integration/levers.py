"""What several tests of faults do to an environment, and how they look at what came of it."""

from datetime import timedelta

from koppeling.pull.cursor import PullState
from tests.environment import Environment
from tests.integration import truth

MANY = 6  # ticks within which every fault of one call is mended


def catch_up(env: Environment) -> int:
    """Let ticks pass until one is done and finds nothing to read; returns how many it took."""
    told = []
    for ticks in range(1, MANY + 1):
        summary = env.next_tick()
        told.append(f"{summary.outcome} {summary.detail}")
        if summary.outcome == "done" and not summary.counts.get("read"):
            return ticks
    raise AssertionError(f"not done after {MANY} ticks: {told}")


def assert_all_is_well(env: Environment) -> None:
    """Hold both systems against each other, and the calls against what is never allowed."""
    assert truth.differences(env) == []  # noqa: S101 - the check of every fault
    assert truth.doubles(env) == []  # noqa: S101 - the check of every fault
    assert truth.troubles(env) == set()  # noqa: S101 - the check of every fault
    assert truth.forbidden(env) == []  # noqa: S101 - the check of every fault
    assert env.milestones.violations == []  # noqa: S101 - the check of every fault


def change_some(env: Environment) -> None:
    """Change an account, its contact, and add a new one: an increment for every feed."""
    env.exact.change_account("1068", City="Zwolle", Phone="038-1234567")
    tables = env.exact.world.tables
    env.exact.world.change("Addresses", next(iter(tables["Addresses"]))["ID"], {"City": "Epe"})
    env.exact.world.change("Contacts", next(iter(tables["Contacts"]))["ID"], {"FullName": "A. B."})
    env.exact.add_account(Code="3001", Name="Nieuwe klant", Email="nieuw@klant.example")


def state(env: Environment) -> PullState:
    """Return where the pull stands, by taking its lease and giving it back."""
    states = env.wiring.stores.pull_stores.states
    own = env.connection.id
    taken = states.acquire(own, "accounts", env.clock.now(), timedelta(seconds=1))
    assert taken is not None  # noqa: S101 - no run is at work
    states.release(own, "accounts", taken)
    return taken


def cursors(env: Environment) -> dict[str, int]:
    """Return the committed cursor of each feed."""
    return {name: int(feed.cursor) for name, feed in state(env).feeds.items()}


def worst_quota(env: Environment) -> int:
    """Return how many errors that Exact counts fell on one endpoint within any hour (X40)."""
    counted = [
        (call.endpoint, call.at[:13])
        for call in env.exact.journal.calls(lambda call: call.status in (400, 401, 403, 404))
    ]
    return max((counted.count(each) for each in counted), default=0)

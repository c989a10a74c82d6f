"""Many records and many callers: look-ups stay quick and no write is lost."""

from concurrent.futures import ThreadPoolExecutor
from statistics import median
from time import perf_counter

from tests.contract.qics_milestones.caller import CUSTOMER, Caller
from tests.sandbox.qics_milestones import MilestonesSandbox

CROWD = 100_000
BUDGET_MS = 5.0


def duration_ms(caller: Caller, number: int) -> tuple[float, float]:
    code = f"K{number * 4_000}"
    started = perf_counter()
    found = caller.rows("CustomerCompany", filter=f"CompanyId eq 1 and CustomerCode eq '{code}'")
    between = perf_counter()
    caller.create("CustomerCompany", {**CUSTOMER, "CustomerCode": f"Z{number}"})
    ended = perf_counter()
    assert [row["CustomerCode"] for row in found] == [code]
    return (between - started) * 1000, (ended - between) * 1000


def test_among_100_000_customers_a_look_up_and_a_post_take_less_than_5_ms(
    sandbox: MilestonesSandbox, caller: Caller
) -> None:
    for number in range(CROWD):
        sandbox.world.add("CustomerCompany", {**CUSTOMER, "CustomerCode": f"K{number}"})

    durations = [duration_ms(caller, number) for number in range(21)]

    assert median(look_up for look_up, _ in durations) < BUDGET_MS
    assert median(post for _, post in durations) < BUDGET_MS


def test_callers_at_the_same_time_each_get_a_record_of_their_own(
    sandbox: MilestonesSandbox,
) -> None:
    def create_ten(caller: Caller) -> list[str]:
        created = [caller.create("CustomerCompany", CUSTOMER) for _ in range(10)]
        return [record["CustomerCompanyId"] for record in created]

    with ThreadPoolExecutor(8) as pool:
        keys = [key for some in pool.map(create_ten, map(Caller, [sandbox] * 8)) for key in some]

    assert len(set(keys)) == 80
    assert len(sandbox.world.find("CustomerCompany", CustomerCode="2001")) == 80

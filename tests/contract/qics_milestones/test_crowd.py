"""Many records and many callers: a look-up reads what it finds alone, and no write is lost."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.contract.qics_milestones.caller import CUSTOMER, Caller
from tests.sandbox.qics_milestones import MilestonesSandbox
from tests.sandbox.qics_milestones.filters import Condition


@dataclasses.dataclass(frozen=True, slots=True)
class Counting(Condition):
    """A condition that keeps the records it was held against."""

    seen: list[dict[str, Any]] = dataclasses.field(default_factory=list)

    def holds(self, record: dict[str, Any]) -> bool:
        """Say whether a record meets it."""
        self.seen.append(record)
        return Condition.holds(self, record)


def test_among_many_customers_a_look_up_by_code_reads_no_other(sandbox: MilestonesSandbox) -> None:
    for number in range(200):
        sandbox.world.add("CustomerCompany", {**CUSTOMER, "CustomerCode": f"K{number}"})
    sandbox.world.add("CustomerCompany", {**CUSTOMER, "CompanyId": "2"})
    code = Counting("CustomerCode", "K77")
    company = Counting("CompanyId", CUSTOMER["CompanyId"])

    found = sandbox.world.select("CustomerCompany", [company, code])

    assert [row["CustomerCode"] for row in found] == ["K77"]
    assert [row["CustomerCode"] for row in code.seen] == ["K77"]


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

"""The seven pulls, as the template has to wire them: what its one loop is held against."""

from dataclasses import dataclass

QUARTER_HOURLY, FOUR_HOURLY = 15, 240


@dataclass(frozen=True, slots=True)
class Pull:
    """One entity: its name in logical ids, its name in messages, and when it is pulled (L13)."""

    entity: str
    name: str
    minutes: int
    minute: int

    @property
    def function(self) -> str:
        """Return the logical id of the function."""
        return f"Pull{self.entity}Function"

    @property
    def queue(self) -> str:
        """Return the logical id of the queue."""
        return f"Pull{self.entity}Queue"

    @property
    def dead_letters(self) -> str:
        """Return the logical id of the dead-letter queue."""
        return f"Pull{self.entity}DeadLetterQueue"

    @property
    def schedule(self) -> str:
        """Return the logical id of the schedule, as SAM makes it from the event `Tick`."""
        return f"{self.function}Tick"


PULLS = (
    Pull("Accounts", "accounts", QUARTER_HOURLY, minute=3),
    Pull("CostCenters", "cost_centers", QUARTER_HOURLY, minute=0),
    Pull("Employees", "employees", FOUR_HOURLY, minute=9),
    Pull("Items", "items", QUARTER_HOURLY, minute=6),
    Pull("PaymentConditions", "payment_conditions", QUARTER_HOURLY, minute=0),
    Pull("Projects", "projects", FOUR_HOURLY, minute=9),
    Pull("VatCodes", "vat_codes", QUARTER_HOURLY, minute=0),
)

"""DynamoDB in memory: as much of it as our stores use, ten times faster than moto's.

    values.py        items and values, and how they compare
    expressions.py   conditions, updates and projections, from their text
    table.py         one table with its indexes
    service.py       the calls, by the names and in the form that the wire has them
    capacity.py      the read and write units that calls consume
    calls.py         lets every client of this process call it, while it stands

It refuses whatever it does not know. Every test of the stores runs on moto's tables as well, and
`tests/contract/dynamodb/` asks both the same, so that this one cannot drift away.
"""

from tests.sandbox.dynamodb.calls import in_memory, standing
from tests.sandbox.dynamodb.service import Service

__all__ = ["Service", "in_memory", "standing"]

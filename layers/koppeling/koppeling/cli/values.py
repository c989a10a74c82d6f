"""Values as JSON holds them, and as people read them."""

from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any

from koppeling.core.clock import AMSTERDAM


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a task found
    """Return a value as JSON and YAML can hold it."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, bool | int | None) else str(value)


def shown(cell: object) -> str:
    """Return a cell as people read it: times in Dutch time, a dash for nothing."""
    if cell is None or cell == "":
        return "-"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return f"{cell.astimezone(AMSTERDAM):%Y-%m-%d %H:%M}"
    if isinstance(cell, list | tuple):
        return ", ".join(map(str, cell)) or "-"
    return str(cell)

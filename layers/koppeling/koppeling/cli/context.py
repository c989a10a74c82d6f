"""The desk: what every command stands at, the stack, the language and the screen."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from functools import cached_property, update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, Self

import click

from koppeling.cli.exits import NotFound
from koppeling.core.clock import AMSTERDAM
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId

if TYPE_CHECKING:
    from rich.console import Console

    from koppeling.cli.stack import Stack

STACK_FILE = Path(".local/stack.json")
# Where no terminal says how wide it is, lines are long enough for every table
_WIDTH = 200


class CliContext:
    """What one call of the command works with."""

    def __init__(
        self,
        *,
        stack_name: str = "",
        language: str = "nl",
        as_json: bool = False,
        stack: "Stack | None" = None,
    ) -> None:
        self.stack_name = stack_name
        self.language = language
        self.as_json = as_json
        self._given = stack

    def for_stack(self, stack_name: str, language: str) -> Self:
        """Return this context for a stack and a language."""
        return type(self)(
            stack_name=stack_name, language=language, as_json=self.as_json, stack=self._given
        )

    def with_output(self, *, as_json: bool) -> Self:
        """Return this context with output for people, or with JSON for programs."""
        return type(self)(
            stack_name=self.stack_name,
            language=self.language,
            as_json=as_json,
            stack=self._given,
        )

    @cached_property
    def stack(self) -> "Stack":
        """The stack's workbench, built when a command first needs it."""
        if self._given is not None:
            return self._given
        # Late: a help text needs no AWS, and has to be there at once
        from koppeling.cli.stack import (  # noqa: PLC0415
            Stack,
            local_stack,
            stack_in_aws,
        )

        return Stack(stack_in_aws(self.stack_name) if self.stack_name else local_stack(STACK_FILE))

    def connection(self, name: str) -> Connection:
        """Return a connection.

        Raises:
            NotFound: there is none of that id.
        """
        found = self.stack.wiring.stores.connections.get(ConnectionId(name))
        if found is None:
            raise NotFound(f"there is no connection {name}: `koppeling connections list` shows all")
        return found

    @cached_property
    def console(self) -> "Console":
        """The screen."""
        from rich.console import Console  # noqa: PLC0415 - takes a while, see bench

        return Console(
            file=sys.stdout, width=None if sys.stdout.isatty() else _WIDTH, highlight=False
        )

    def answer(self, told: object, show: Callable[[], None]) -> None:
        """Answer a program with JSON, or a person as `show` does."""
        if self.as_json:
            click.echo(json.dumps(plain(told), ensure_ascii=False, indent=2))
        else:
            show()

    def say(self, text: str = "") -> None:
        """Tell a person something; a program is told by the answer alone."""
        if not self.as_json:
            click.echo(text)

    def table(
        self, columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = ""
    ) -> None:
        """Show a table; what comes from elsewhere is text, never mark-up."""
        from rich.table import Table  # noqa: PLC0415 - as above
        from rich.text import Text  # noqa: PLC0415 - likewise

        table = Table(*columns, title=title or None, title_justify="left")
        for row in rows:
            table.add_row(*(Text(shown(cell)) for cell in row))
        self.console.print(table)

    def progress[Each](self, things: Iterable[Each], total: int, what: str) -> Iterator[Each]:
        """Yield things with a bar beside it, on a terminal only and never in the answer."""
        from rich.console import Console  # noqa: PLC0415 - as above
        from rich.progress import Progress  # noqa: PLC0415 - likewise

        screen = Console(stderr=True)
        with Progress(console=screen, disable=not screen.is_terminal, transient=True) as bar:
            yield from bar.track(things, total=total, description=what)


def with_context[**Arguments](
    command: Callable[Concatenate[CliContext, Arguments], None],
) -> Callable[..., None]:
    """Give a command its desk and the option that lets it answer programs."""

    def called(*args: Any, as_json: bool, **kwargs: Any) -> None:  # noqa: ANN401 - click's own
        desk: CliContext = click.get_current_context().obj
        command(desk.with_output(as_json=as_json), *args, **kwargs)

    option = click.option(
        "--json", "as_json", is_flag=True, help="Answer with JSON, for other programs."
    )
    return option(update_wrapper(called, command))


def plain(told: Any) -> Any:  # noqa: ANN401 - whatever a task found
    """Return what JSON can hold."""
    if is_dataclass(told) and not isinstance(told, type):
        return plain(asdict(told))
    if isinstance(told, dict):
        return {str(name): plain(value) for name, value in told.items()}
    if isinstance(told, list | tuple | set | frozenset):
        return [plain(each) for each in told]
    if isinstance(told, datetime | date):
        return told.isoformat()
    return told if isinstance(told, bool | int | None) else str(told)


def shown(cell: object) -> str:
    """Return a cell as people read it: moments on the Dutch clock, a dash for nothing."""
    if cell is None or cell == "":
        return "-"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return f"{cell.astimezone(AMSTERDAM):%Y-%m-%d %H:%M}"
    if isinstance(cell, list | tuple):
        return ", ".join(map(str, cell)) or "-"
    return str(cell)

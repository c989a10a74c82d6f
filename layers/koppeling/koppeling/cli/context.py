"""What every command works with: the stack, the language and the screen."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate

import click

from koppeling.cli.exits import NotFound
from koppeling.cli.values import plain, shown
from koppeling.core.connection import Connection
from koppeling.core.ids import ConnectionId

if TYPE_CHECKING:
    from rich.console import Console

    from koppeling.cli.stack import Stack

STACK_FILE = Path(".local/stack.json")
# Without a terminal there is no width: wide enough for every table
_WIDTH = 200


@dataclass(frozen=True)  # without slots: a cached property needs a place for its value
class CliContext:
    """What one call of the command works with; `given_stack` is that of a test."""

    stack_name: str = ""
    language: str = "nl"
    as_json: bool = False
    given_stack: "Stack | None" = None

    @cached_property
    def stack(self) -> "Stack":
        """The stack, built when a command first needs it."""
        if self.given_stack is not None:
            return self.given_stack
        # Late: a help text needs no AWS, and has to be there at once
        from koppeling.cli.stack import Stack, local_stack, stack_in_aws  # noqa: PLC0415

        return Stack(stack_in_aws(self.stack_name) if self.stack_name else local_stack(STACK_FILE))

    def connection(self, name: str) -> Connection:
        """Return a connection.

        Raises:
            NotFound: none has that id.
        """
        found = self.stack.stores.connections.get(ConnectionId(name))
        if found is None:
            raise NotFound(f"there is no connection {name}: `koppeling connections list` shows all")
        return found

    @cached_property
    def console(self) -> "Console":
        """The screen."""
        from rich.console import Console  # noqa: PLC0415 - slow, and a help text needs none

        return Console(
            file=sys.stdout, width=None if sys.stdout.isatty() else _WIDTH, highlight=False
        )

    def answer(self, result: object, show: Callable[[], None]) -> None:
        """Print a result as JSON for a program, or as `show` does for a person."""
        if self.as_json:
            click.echo(json.dumps(plain(result), ensure_ascii=False, indent=2))
        else:
            show()

    def say(self, text: str = "") -> None:
        """Print a line for a person; a program reads the answer alone."""
        if not self.as_json:
            click.echo(text)

    def table(
        self, columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = ""
    ) -> None:
        """Show a table; a cell is plain text, since its value may hold mark-up of `rich`."""
        from rich.table import Table  # noqa: PLC0415 - as above
        from rich.text import Text  # noqa: PLC0415 - likewise

        table = Table(*columns, title=title or None, title_justify="left")
        for row in rows:
            table.add_row(*(Text(shown(cell)) for cell in row))
        self.console.print(table)

    def progress[Each](self, things: Iterable[Each], total: int, what: str) -> Iterator[Each]:
        """Yield things and show a progress bar, on a terminal only and never in the answer."""
        from rich.console import Console  # noqa: PLC0415 - as above
        from rich.progress import Progress  # noqa: PLC0415 - likewise

        screen = Console(stderr=True)
        with Progress(console=screen, disable=not screen.is_terminal, transient=True) as bar:
            yield from bar.track(things, total=total, description=what)


def with_context[**Arguments](
    command: Callable[Concatenate[CliContext, Arguments], None],
) -> Callable[..., None]:
    """Give a command its context and the option `--json`."""

    def called(*args: Any, as_json: bool, **kwargs: Any) -> None:  # noqa: ANN401 - click's own
        cli: CliContext = click.get_current_context().obj
        command(replace(cli, as_json=as_json), *args, **kwargs)

    option = click.option(
        "--json", "as_json", is_flag=True, help="Answer with JSON, for other programs."
    )
    return option(update_wrapper(called, command))

"""The command `koppeling`: its groups, its options, and how an error ends."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, override

import click

from koppeling.cli.commands import (
    books,
    connections,
    dead_letters,
    decisions,
    doubles,
    inbox,
    keys,
    mails,
    numbers,
    portal,
    privacy,
    starting,
    status,
    undoing,
    work,
)
from koppeling.cli.context import CliContext
from koppeling.cli.exits import CommandError, Exit
from koppeling.core.rendering import LANGUAGES

EPILOG = """\
\b
Exit codes:
  0  all is well
  1  something needs attention: a blocking finding, an open problem, a pull that stopped
  2  used in a way that cannot be
  3  not found: a connection, an invoice, a subject
  4  the stack or AWS could not be reached, or refused
"""


class Failure(click.ClickException):
    """An error as a person reads it: one message, and an exit code of its own."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        setattr(self, "exit_code", code)  # noqa: B010 - click declares it for the class


class Koppeling(click.Group):
    """The command, which ends every error with a message instead of a trace."""

    @override
    def invoke(self, ctx: click.Context) -> Any:
        """Run what was asked."""
        return _with_messages(lambda: super(Koppeling, self).invoke(ctx), debug=ctx.params["debug"])


def _with_messages(run: Callable[[], Any], *, debug: bool) -> Any:  # noqa: ANN401 - what click returns
    try:
        return run()
    except (click.ClickException, click.Abort, click.exceptions.Exit):
        raise
    except CommandError as error:
        if debug:
            raise
        raise Failure(str(error), error.code) from None
    except Exception as error:
        if debug:
            raise
        raise _failure(error) from None


def _failure(error: Exception) -> Failure:
    """Return what AWS answered; of our own errors the name alone, since a text may hold secrets."""
    from koppeling.cli.stack import describe_aws_error  # noqa: PLC0415 - slow, as in CliContext

    answer = describe_aws_error(error)
    if answer is not None:
        advice = "check the credentials, the region and the name of the stack (--stack)"
        return Failure(f"{answer}\n{advice}", Exit.UNREACHABLE)
    name = type(error).__name__
    return Failure(f"a mistake of ours ({name}): --debug shows where", Exit.ATTENTION)


@click.group(
    cls=Koppeling,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--stack",
    metavar="NAME",
    default="",
    help="Stack in AWS, with the present credentials and region; without it the local stack of "
    "`make up` (.local/stack.json).",
)
@click.option(
    "--lang",
    "language",
    type=click.Choice(LANGUAGES),
    default="nl",
    show_default=True,
    help="Language of the texts of problems and findings.",
)
@click.option("--debug", is_flag=True, help="Show where an error comes from.")
@click.pass_context
def koppeling(ctx: click.Context, stack: str, language: str, debug: bool) -> None:  # noqa: FBT001 - click hands it over by name
    """Set up and look after connections between Exact Online and QicsMilestones."""
    del debug  # `Koppeling.invoke` reads it
    cli: CliContext = ctx.obj or CliContext()
    ctx.obj = replace(cli, stack_name=stack, language=language)


koppeling.add_command(connections.group)
koppeling.add_command(dead_letters.group)
koppeling.add_command(keys.group)
koppeling.add_command(mails.group)
for _command in (
    *(work.check, work.pull, work.tick),
    *(status.status, status.problems, status.invoices),
    *(inbox.retry, inbox.push, inbox.history),
    *(decisions.adopt, decisions.confirm, decisions.skip),
    *(books.reconcile, numbers.numbers),
    portal.portal,
    *(starting.preview, starting.start, undoing.undo, doubles.doubles),
    *(connections.pause, connections.resume),
    *(privacy.export, privacy.erase),
):
    koppeling.add_command(_command)


def main() -> None:
    """Run the command."""
    koppeling(prog_name="koppeling")

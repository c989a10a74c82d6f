"""The page docs/command-line.md, made from the help texts of the commands."""

from collections.abc import Iterator

import click

from koppeling.cli.main import koppeling

_INTRODUCTION = """\
# The command line

`make setup` installs the command `koppeling` as `.venv/bin/koppeling`. Without `--stack` it works
on the local stack of `make up`; with `--stack NAME` on a stack in AWS, with the credentials and the
region of the shell, as every AWS tool does.

A customer comes in with three commands, and a look:

```sh
koppeling connections apply acme.yaml   # docs/connection.md explains the file
koppeling connections link acme         # send this link to the customer, who logs in
koppeling check acme --csv for-acme     # what is not ready yet, with tables for the customer
koppeling pull acme --wait              # the first load; after that the schedules do the work
koppeling status acme
```

* Answers go to the standard output, notes and progress to the standard error output. With `--json`
  the answer is JSON with stable keys, and nothing else stands on the standard output.
* What changes something shows first what it will do, and asks; `--yes` answers that question.
* No command opens a token. What an operator needs in AWS: to read the outputs of the stack and the
  configuration of its functions, to invoke these, to read and write SyncTable, to read (and, to
  erase, remove) items of TokensTable, and to use the inbox, the queue of invoices, the topic of
  warnings and the secret of the login links.
"""


def command_line() -> str:
    """Return the page."""
    return "\n".join([_INTRODUCTION, *_helps(koppeling, "koppeling", None)])


def _helps(command: click.Command, path: str, above: click.Context | None) -> Iterator[str]:
    context = click.Context(
        command,
        info_name=path.rpartition(" ")[2],
        parent=above,
        terminal_width=100,
        **koppeling.context_settings,
    )
    yield f"## {path}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from _helps(below, f"{path} {name}", context)

"""How a command ends: its exit code, and the errors that a person can do something about."""

from enum import IntEnum


class Exit(IntEnum):
    """What the exit code says."""

    OK = 0
    ATTENTION = 1
    USAGE = 2
    NOT_FOUND = 3
    UNREACHABLE = 4


class CommandError(Exception):
    """A command that cannot go on; the message says why and what to do."""

    code = Exit.ATTENTION


class UsageError(CommandError):
    """What was asked cannot be done like this."""

    code = Exit.USAGE


class NotFound(CommandError):  # noqa: N818 - it names what happened to the command
    """What was asked for is not there."""

    code = Exit.NOT_FOUND


class StackUnreachable(CommandError):  # noqa: N818 - likewise
    """The stack, or AWS, could not be reached."""

    code = Exit.UNREACHABLE

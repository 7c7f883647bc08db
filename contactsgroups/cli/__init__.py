"""The command ``contactsgroups``: everything an administrator does on the server itself."""

import errno
import os
import sys
from typing import Any, TextIO

import click

from contactsgroups.cli import (
    access,
    accounts,
    aliases,
    audit,
    backup,
    checking,
    explaining,
    groups,
    holds,
    index,
    maintenance,
    services,
    transfer,
)
from contactsgroups.cli.confirming import OPTION
from contactsgroups.cli.context import Context
from contactsgroups.cli.exits import exit_code_of
from contactsgroups.domain.errors import ContactsGroupsError, NeedsConfirmation, with_detail

__all__ = ["commands", "main"]


class _Commands(click.Group):
    """A group of commands whose expected errors end with a sentence and never with a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except NeedsConfirmation as error:
            click.echo(f"contactsgroups: {error}. Run it again with {OPTION} to agree.", err=True)
            raise click.exceptions.Exit(exit_code_of(error)) from error
        except ContactsGroupsError as error:
            click.echo(f"contactsgroups: {with_detail(error)}", err=True)
            raise click.exceptions.Exit(exit_code_of(error)) from error
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # The reader of the output has closed the pipe; click ends without a message.
            click.echo(f"contactsgroups: {_explain(error)}", err=True)
            raise click.exceptions.Exit(os.EX_IOERR) from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="contactsgroups", prog_name="contactsgroups")
@click.option(
    "--state",
    metavar="DIRECTORY",
    help="Directory of the database and everything else.  [env: CONTACTSGROUPS_STATE]",
)
@click.pass_context
def commands(context: click.Context, state: str | None) -> None:
    """Mail groups: managed once, and then in compose, address books and Postfix.

    Every setting can be given in the environment, as CONTACTSGROUPS_STATE, or in a file that
    CONTACTSGROUPS_CONFIG names; "contactsgroups settings" lists them.
    """
    context.obj = Context({} if state is None else {"state": state})


for _module in (
    services,
    transfer,
    groups,
    holds,
    accounts,
    aliases,
    access,
    index,
    checking,
    explaining,
    audit,
    backup,
    maintenance,
):
    for _command in _module.COMMANDS:
        commands.add_command(_command)


def _explain(error: OSError) -> str:
    """Say which file cannot be read or written, and why."""
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}" if error.filename else reason


def main() -> None:
    """Run the command line of this process."""
    for stream in (sys.stdout, sys.stderr):
        _make_lenient(stream)
    os.umask(0o077)  # What others may see gets its mode by name, and only that.
    commands.main(prog_name="contactsgroups")


def _make_lenient(stream: TextIO) -> None:
    """Print what the terminal's character set does not have as an escape instead of failing."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")

"""The page ``docs/commands.md``, made from the commands themselves."""

import os
from collections.abc import Iterator

import click

from contactsgroups.cli import commands
from contactsgroups.cli.exits import EXIT_CODES

_NAME = "contactsgroups"
_WIDTH = 100
_INTRODUCTION = """\
# Commands

<!-- Made by `python -m contactsgroups.cli.commands_page`; a test compares. -->

Every command reports what it did on the standard output and errors on the standard error, in one
sentence, and ends with an exit code:

| code | because of |
|---|---|
| 0 | everything was done |
| 1 | something was left out, or a confirmation was declined; each command says what |
| 2 | the command line is wrong; or `check` or `audit verify` found errors |
"""


def render_commands() -> str:
    """Return the page as Markdown."""
    return "\n".join([_INTRODUCTION + _exit_codes(), *_sections(commands, _NAME, None)])


def _exit_codes() -> str:
    names: dict[int, list[str]] = {}
    for each, code in EXIT_CODES.items():
        names.setdefault(code, []).append(f"`{each.__name__}`")
    names[os.EX_IOERR] = ["a file that cannot be read or written"]
    return "".join(f"| {code} | {', '.join(names[code])} |\n" for code in sorted(names))


def _sections(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    settings = {**command.context_settings, "terminal_width": _WIDTH}
    context = click.Context(command, info_name=name, parent=parent, **settings)
    yield f"## {context.command_path}\n\n```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None:
                yield from _sections(found, child, context)


if __name__ == "__main__":
    click.echo(render_commands(), nl=False)

"""Commands that put the whole state into an archive, and an archive in the place of the state."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from contactsgroups.bootstrap import Core
from contactsgroups.cli.context import Context, pass_context, with_core
from contactsgroups.domain.errors import InvalidInput
from contactsgroups.durable import sync
from contactsgroups.services.backup import back_up
from contactsgroups.services.backup.manifest import Manifest
from contactsgroups.services.backup.restoring import restore as restore_state
from contactsgroups.state_owner import as_caller
from radicale_plugin.rescan import rescan

_file = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.command()
@_file
@with_core
def backup(core: Core, file: Path) -> None:
    """Write the whole state to FILE: database, keys, and the accounts' own address books.

    The product may run meanwhile.  FILE is replaced when everything was written, and only its owner
    can read it.  Left out is what is made anew by itself: index, published maps.  docs/backup.md
    says what else a server needs.
    """
    if file.absolute().is_relative_to(core.settings.state.absolute()):
        raise InvalidInput(f"{file} is in the state directory, and would be lost with it")
    with _writing(file) as output:
        manifest = back_up(core.database, core.settings, output)
    click.echo(f"backed up in {file}: {_describe(manifest)}")


@click.command()
@_file
@click.option("--replace", is_flag=True, help="Also where there is a state, which is lost.")
@pass_context
def restore(context: Context, file: Path, *, replace: bool) -> None:
    """Bring database and state directory to what "backup" has written to FILE.

    Everything is verified before anything is changed.  Nothing may run on the state meanwhile.  A
    restore that was broken off is completed by the next one, and nothing starts before.  Clients
    synchronise from the beginning afterwards, and everybody signs in again.
    """
    chosen = context.settings()
    with as_caller():
        opened = file.open("rb")
    with opened as archive:
        manifest = restore_state(chosen, archive, replace=replace)
    # Address books and database are of slightly different moments.
    rescan(context.open_core())
    click.echo(f"restored {_describe(manifest)}, backed up at {manifest.made_at}")


@contextmanager
def _writing(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that only its owner can read, and that has its name when it is whole."""
    draft = path.with_name(f".{path.name}.unfinished")
    with as_caller():
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with as_caller():
            draft.unlink(missing_ok=True)
        raise
    with as_caller():
        draft.replace(path)
        sync(path.parent)


def _describe(manifest: Manifest) -> str:
    return f"{len(manifest.files)} files, {manifest.size / 1e6:.1f} MB"


COMMANDS = (backup, restore)

"""Commands that put the whole state into an archive, and an archive in the place of the state."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
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

_DRAFT = ".unfinished"

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
    with _writing(_place_of(file, core.settings.state)) as output:
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
    place = _place_of(file, chosen.state)
    with as_caller():
        opened = place.open("rb")
    with opened as archive:
        manifest = restore_state(chosen, archive, replace=replace)
    # Address books and database are of slightly different moments.
    rescan(context.open_core())
    click.echo(f"restored {_describe(manifest)}, backed up at {manifest.made_at}")


def _place_of(file: Path, state: Path) -> Path:
    """Return the file itself, which a link may lead to.

    Raises:
        InvalidInput: it is in the state directory, or a device or something else with that name.
    """
    with as_caller():
        place = file.resolve()
        if file.exists() and not file.is_file():
            raise InvalidInput(f"{file} is no ordinary file")
    if place.is_relative_to(state.resolve()):
        raise InvalidInput(f"{file} is in the state directory, and would be lost with it")
    return place


@contextmanager
def _writing(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that only its owner can read, and that has its name when it is whole.

    Several may write at once: each has a draft of its own, and locks it while it lives.
    """
    with as_caller():
        _remove_deserted_drafts(path)
        descriptor, name = tempfile.mkstemp(_DRAFT, f".{path.name}.", path.parent)
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
            file.flush()
            os.fsync(file.fileno())
            with as_caller():
                draft.replace(path)
    except BaseException:
        with as_caller():
            draft.unlink(missing_ok=True)
        raise
    with as_caller():
        sync(path.parent)


def _remove_deserted_drafts(path: Path) -> None:
    """Remove what killed processes have left of this file."""
    for draft in path.parent.glob(f".{escape(path.name)}.*{_DRAFT}"):
        with suppress(OSError):  # Another process has it, or has finished it meanwhile.
            descriptor = os.open(draft, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                draft.unlink()
            finally:
                os.close(descriptor)


def _describe(manifest: Manifest) -> str:
    return f"{len(manifest.files)} files, {manifest.size / 1e6:.1f} MB"


COMMANDS = (backup, restore)

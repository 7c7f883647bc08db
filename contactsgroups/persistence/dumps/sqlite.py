"""SQLite: a copy by the backup API, which writers need not wait for."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from contactsgroups.domain.errors import InvalidInput, Unavailable
from contactsgroups.durable import sync
from contactsgroups.persistence.database import mode_of_new_file
from contactsgroups.persistence.dumps.program import Server

KIND = "sqlite"
IS_ATOMIC = True
"""Whether a load that fails has changed nothing."""

COMPANIONS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database; of another state, it would damage this one."""


def dump(server: Server, path: Path) -> None:
    """Copy one state of the database to a new file.

    Raises:
        Unavailable: it cannot be read, or the copy not be written.
    """
    path.touch(0o600)
    try:
        with (
            closing(sqlite3.connect(str(server.url.database))) as source,
            closing(sqlite3.connect(path)) as copy,
        ):
            source.backup(copy)
            # A copy that is read from elsewhere needs no companions then.
            copy.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise Unavailable("the database cannot be copied", detail=str(error)) from error


def verify(path: Path) -> None:
    """See that a copy is a whole database.

    Raises:
        InvalidInput: it is not.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as copy:
            (verdict,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        verdict = str(error)
    if verdict != "ok":
        raise InvalidInput(f"the archive's database is damaged: {verdict}")


def load(server: Server, path: Path) -> None:
    """Put a copy in the place of the database."""
    place = Path(str(server.url.database))
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f"{place.name}.new")
    draft.unlink(missing_ok=True)
    # Made where it belongs, so that it gets the group of its directory.
    draft.touch(0o600)
    shutil.copyfile(path, draft)
    draft.chmod(mode_of_new_file(place.parent))
    if place.exists():
        shutil.copymode(place, draft)
        os.chown(draft, -1, place.stat().st_gid)
    sync(draft)
    with _without_companions(place):
        draft.replace(place)
    sync(place.parent)


@contextmanager
def _without_companions(place: Path) -> Iterator[None]:
    """Put away what belongs to the database that is replaced; back, if that fails."""
    beside = [place.with_name(place.name + each) for each in COMPANIONS]
    away = {each: each.with_name(each.name + ".former") for each in beside if each.exists()}
    for path, former in away.items():
        path.replace(former)
    try:
        yield
    except BaseException:
        for path, former in away.items():
            former.replace(path)
        raise
    for former in away.values():
        former.unlink()

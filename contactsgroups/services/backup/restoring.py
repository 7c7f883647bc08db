"""Put the state of an archive in the place of the present one."""

import shutil
from collections.abc import Collection
from pathlib import Path, PurePosixPath
from typing import IO

from sqlalchemy import make_url
from sqlalchemy.engine import URL

from contactsgroups.domain.errors import Conflict, InvalidInput
from contactsgroups.durable import sync
from contactsgroups.persistence import Database, dumps, journal, schema, state_use
from contactsgroups.persistence.high_water import HighWater
from contactsgroups.services.backup import extracting, state_files
from contactsgroups.services.backup.manifest import DATABASE, STATE, Manifest
from contactsgroups.settings import Settings
from contactsgroups.state_owner import STATE_MODE, make_directory, require_owner


def restore(settings: Settings, file: IO[bytes], *, replace: bool = False) -> Manifest:
    """Bring state directory and database to what an archive holds, and begin a new epoch.

    Everything is verified before anything is changed.  A restore that was broken off later has
    left a mark, on which nothing starts; the next one begins anew and completes it.

    Args:
        replace: also where there is a state already, which is lost.

    Raises:
        Conflict: there is a state already, and nothing was changed.
        NotPermitted: the state belongs to another user.
        InvalidInput: the archive is none, damaged, or of another kind of database.
        Unavailable: the state is in use, or the database does not answer.
    """
    state, url = settings.state, make_url(settings.effective_database_url)
    make_directory(state, STATE_MODE)
    require_owner(state)
    with state_use.alone(state), state_files.staging(state, "restore") as staging:
        manifest = extracting.extract(file, staging)
        _require_fitting(manifest, url)
        dumps.verify(url, staging / DATABASE)
        is_begun = (state / state_use.UNFINISHED).exists()
        _require_empty(settings, url, anyway=replace or is_begun)
        _replace_all(settings, url, staging)
    return manifest


def _require_fitting(manifest: Manifest, url: URL) -> None:
    kind = dumps.kind_of(url)
    if manifest.database != kind:
        raise InvalidInput(
            f"the archive has the dump of another kind of database: {manifest.database}, not {kind}"
        )
    if manifest.schema not in schema.known_revisions():
        raise InvalidInput("the archive is of a newer version of this program")


def _require_empty(settings: Settings, url: URL, *, anyway: bool) -> None:
    """Refuse to overwrite a state; see in any case that the database answers."""
    is_empty = dumps.is_empty(url, silence=settings.database_silence)
    if anyway:
        return
    if not is_empty:
        raise Conflict("there is a database already; see --replace")
    for path in state_files.list_files(settings.state):
        if path.parts[0] not in state_files.names_apart(settings):
            raise Conflict(f"there is a state already: {settings.state / path}; see --replace")


def _replace_all(settings: Settings, url: URL, staging: Path) -> None:
    state = settings.state
    mark = state / state_use.UNFINISHED
    is_whole = not mark.exists()  # No earlier restore was broken off.
    mark.touch(0o600)
    sync(state)
    silence = settings.database_silence
    try:
        dumps.load(url, staging / DATABASE, silence=silence)
    except Exception:
        if is_whole and dumps.is_atomic(url):  # All is as it was, and may be used.
            mark.unlink()
        raise
    _begin_epoch(state, Database(url, silence=silence))
    _replace_files(state, staging, state_files.names_apart(settings))
    sync(state)
    mark.unlink()
    sync(state)


def _begin_epoch(state: Path, database: Database) -> None:
    """Make invalid what clients and indexes know, which may be later than this database."""
    mark = HighWater(state / "high_water")
    try:
        schema.upgrade(database)
        mark.raise_to(*database.read_end())
        with database.write() as session:
            journal.begin_epoch(session)
        mark.raise_to(*database.read_end())
    finally:
        database.dispose()


def _replace_files(state: Path, staging: Path, apart: Collection[str]) -> None:
    """Move the files of the archive to their places, and remove those that it does not have."""
    former, restored = staging / "former", staging / STATE
    former.mkdir()
    restored.mkdir(exist_ok=True)
    for path in sorted(state.iterdir()):
        if state_files.is_kept(PurePosixPath(path.name)) and path.name not in apart:
            path.rename(former / path.name)
    for path in sorted(restored.iterdir()):
        if path.name not in apart:
            path.rename(state / path.name)
    shutil.rmtree(state / "index", ignore_errors=True)

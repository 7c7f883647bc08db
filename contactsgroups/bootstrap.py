"""Wires the parts together: the only place that builds them from settings."""

import shlex
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url

from contactsgroups.domain.brake import Brake
from contactsgroups.domain.errors import Unavailable, with_detail
from contactsgroups.domain.proxies import read_trusted
from contactsgroups.persistence import Database, schema
from contactsgroups.persistence.attempts import Attempts
from contactsgroups.persistence.commit_signal import CommitSignal
from contactsgroups.persistence.high_water import HighWater
from contactsgroups.persistence.state_use import StateUse
from contactsgroups.services.accounts.sign_in import SignIn
from contactsgroups.services.completion import CompletionIndex, popularity
from contactsgroups.services.completion.recorder import Recorder
from contactsgroups.settings import Settings
from contactsgroups.state_owner import (
    STATE_MODE,
    make_directory,
    require_kind,
    require_owner,
    require_use,
)

_POPULARITY_SECONDS = 10.0
_FILES = ("commit_signal", "high_water", "in_use.lock", "sign_in_attempts.sqlite")
_SQLITE = b"SQLite format 3\0"  # https://www.sqlite.org/fileformat.html section 1.3


@dataclass(frozen=True, slots=True)
class Core:
    """What every face works with."""

    settings: Settings
    database: Database
    completions: CompletionIndex
    recorder: Recorder
    sign_in: SignIn
    use: StateUse | None = None

    def close(self) -> None:
        """End the recorder, and close the index and all database connections."""
        self.recorder.close()
        self.sign_in.close()
        self.completions.close()
        self.database.dispose()
        if self.use is not None:
            self.use.close()


def open_core(
    settings: Settings, *, upgrade: bool = False, write_wait: float | None = None
) -> Core:
    """Build the core.

    Args:
        settings: of this installation.
        upgrade: also bring the database to the newest schema.
        write_wait: seconds to wait for other writers, where not as long as the settings say.

    Raises:
        NotPermitted: the state, or something in it, belongs to another user.
        Unavailable: the state is being restored, or something else is in its place, or the schema
            cannot be upgraded.
    """
    require_owner(settings.state)
    make_directory(settings.state, STATE_MODE)
    require_owner(settings.state)
    _require_parts(settings)
    make_directory(settings.state / "index", 0o700)
    with ExitStack() as undo:
        use = StateUse(settings.state)
        undo.callback(use.close)
        core = _build(settings, use, settings.write_wait if write_wait is None else write_wait)
        undo.callback(core.close)
        if upgrade:
            schema.upgrade(core.database)
        undo.pop_all()  # All is well: it stays open.
    return core


def _build(settings: Settings, use: StateUse, write_wait: float) -> Core:
    database = Database(
        settings.effective_database_url,
        CommitSignal(settings.state / "commit_signal"),
        HighWater(settings.state / "high_water"),
        write_wait=write_wait,
        silence=settings.database_silence,
        brake=Brake(share=settings.brake_share, floor=settings.brake_floor),
        audit_keys=settings.read_audit_keys(),
    )
    completions = CompletionIndex(
        database, settings.state / "index", interval=settings.poll_interval
    )
    recorder, sign_in = _build_recorder(database), _build_sign_in(settings, database)
    return Core(settings, database, completions, recorder, sign_in, use)


def _build_recorder(database: Database) -> Recorder:
    """Build the recorder, which faces start: a command has nothing to record."""
    recorder = Recorder()
    recorder.add(
        "popularity",
        lambda stopping: popularity.sum_up_if_due(database, datetime.now(UTC), stopping),
        every=_POPULARITY_SECONDS,
    )
    return recorder


def _build_sign_in(settings: Settings, database: Database) -> SignIn:
    attempts = Attempts(settings.state / "sign_in_attempts.sqlite")
    return SignIn(database, attempts, read_trusted(settings.trusted_proxies))


def open_existing_core(settings: Settings) -> Core:
    """Build the core on a database that is there and has the newest schema; make nothing.

    For programs that an administrator starts with settings of their own: where the state directory
    is misspelt, an empty one would answer as if everything were gone.  A server that does not
    answer yet may still be starting, and is no reason to refuse.

    Raises:
        Unavailable: there is no such database, it is older or newer, or cannot be read; where a
            command helps, it is named.
    """
    require_state(settings)
    core = open_core(settings)
    try:
        _require_newest(core)
    except Unavailable as error:
        core.close()
        raise Unavailable(with_detail(error)) from error  # Only who starts it reads this.
    return core


def require_state(settings: Settings) -> None:
    """See that there is a state directory, and in it the database if that is a file.

    Raises:
        NotPermitted: the state belongs to another user.
        Unavailable: there is none, and the command that makes it is named; or something else is
            there.
    """
    if missing := find_missing(settings):
        how = _how_to_upgrade(settings)
        raise Unavailable(f"no state here: there is no {missing}; to make the database, {how}")


def _require_parts(settings: Settings) -> None:
    """See that everything that is needed and there already can be used.

    Otherwise it would be found out later, by some request, or told without its name.
    """
    require_use(settings.state / "index", is_directory=True)
    for name in _FILES:
        require_use(settings.state / name)
    require_use(settings.state / "secret_key", is_written=False)
    if (path := _sqlite_file(settings)) is not None:
        require_use(path.parent, is_directory=True)
        for suffix in ("", "-wal", "-shm"):
            require_use(Path(f"{path}{suffix}"))
        _require_database(path)


def _require_database(path: Path) -> None:
    """See that a file is SQLite's, or empty.

    Raises:
        Unavailable: it is not.
    """
    if not path.exists():
        return
    with path.open("rb") as file:
        head = file.read(len(_SQLITE))
    if head not in {b"", _SQLITE}:
        raise Unavailable(
            f"{path} is no database of SQLite: move it away and bring a backup back with "
            "contactsgroups restore, or name the right place"
        )


def find_missing(settings: Settings) -> Path | None:
    """Return the state directory, or else the database's file, if it is missing.

    Raises:
        NotPermitted: the state belongs to another user.
        Unavailable: something else is in the place of one of them.
    """
    require_owner(settings.state)
    if not settings.state.is_dir():
        return settings.state.absolute()
    path = _sqlite_file(settings)
    if path is None:
        return None
    require_kind(path, is_directory=False)
    return None if path.exists() else path.absolute()


def _require_newest(core: Core) -> None:
    try:
        schema.current_revision(core.database)
    except Unavailable:
        if _sqlite_file(core.settings) is None:
            return
        raise
    if schema.pending_migrations(core.database):
        how = _how_to_upgrade(core.settings)
        raise Unavailable(f"the database is empty or older than this program; {how}")


def _sqlite_file(settings: Settings) -> Path | None:
    """Return where the database is if it is a file, and None if a server has it."""
    url = make_url(settings.effective_database_url)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def _how_to_upgrade(settings: Settings) -> str:
    state = shlex.quote(str(settings.state.absolute()))
    # The URL may hold a password, and this is logged.
    where = " with CONTACTSGROUPS_DATABASE_URL set" if settings.database_url else ""
    return f"run{where}: contactsgroups --state {state} db upgrade"

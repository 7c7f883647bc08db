"""Wires the parts together: the only place that builds them from settings."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from contactsgroups.domain.errors import Unavailable
from contactsgroups.domain.proxies import read_trusted
from contactsgroups.persistence import Database, schema
from contactsgroups.persistence.attempts import Attempts
from contactsgroups.persistence.commit_signal import CommitSignal
from contactsgroups.services.accounts.sign_in import SignIn
from contactsgroups.services.completion import CompletionIndex
from contactsgroups.settings import Settings


@dataclass(frozen=True, slots=True)
class Core:
    """What every face works with."""

    settings: Settings
    database: Database
    completions: CompletionIndex
    sign_in: SignIn

    def close(self) -> None:
        """Close the index and all database connections."""
        self.sign_in.close()
        self.completions.close()
        self.database.dispose()


def bootstrap(settings: Settings, *, upgrade: bool = False) -> Core:
    """Build the core.

    Args:
        upgrade: also bring the database to the newest schema.
    """
    settings.state.mkdir(parents=True, exist_ok=True)
    database = Database(
        settings.effective_database_url, CommitSignal(settings.state / "commit_signal")
    )
    if upgrade:
        schema.upgrade(database)
    completions = CompletionIndex(
        database, settings.state / "index", interval=settings.poll_interval
    )
    return Core(settings, database, completions, _build_sign_in(settings, database))


def _build_sign_in(settings: Settings, database: Database) -> SignIn:
    attempts = Attempts(settings.state / "sign_in_attempts.sqlite")
    return SignIn(database, attempts, read_trusted(settings.trusted_proxies))


def bootstrap_existing(settings: Settings) -> Core:
    """Build the core on a database that is there and has the newest schema; make nothing.

    For programs that an administrator starts with settings of their own: where the state directory
    is misspelt, an empty one would answer as if everything were gone.  A server that does not
    answer yet may still be starting, and is no reason to refuse.

    Raises:
        Unavailable: there is no such database, it is older or newer, or cannot be read; where a
            command helps, it is named.
    """
    if missing := _find_missing(settings):
        how = _how_to_upgrade(settings)
        raise Unavailable(f"there is no {missing}; to make the database, {how}")
    core = bootstrap(settings)
    try:
        _require_newest(core)
    except Unavailable:
        core.close()
        raise
    return core


def _find_missing(settings: Settings) -> Path | None:
    if not settings.state.is_dir():
        return settings.state.absolute()
    path = _sqlite_file(settings)
    return None if path is None or path.is_file() else path.absolute()


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

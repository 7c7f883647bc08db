"""Wires the parts together: the only place that builds them from settings."""

from dataclasses import dataclass

from contactsgroups.persistence import Database, schema
from contactsgroups.persistence.commit_signal import CommitSignal
from contactsgroups.services.completion import CompletionIndex
from contactsgroups.settings import Settings


@dataclass(frozen=True, slots=True)
class Core:
    """What every face works with."""

    settings: Settings
    database: Database
    completions: CompletionIndex

    def close(self) -> None:
        """Close the index and all database connections."""
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
    return Core(settings, database, completions)

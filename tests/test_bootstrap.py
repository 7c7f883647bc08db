"""The core on a database that must be there already."""

from pathlib import Path

import pytest

from contactsgroups.bootstrap import open_core, open_existing_core
from contactsgroups.domain.errors import Unavailable
from contactsgroups.persistence import schema
from contactsgroups.settings import Settings


def test_a_database_of_the_newest_schema_is_opened(tmp_path: Path) -> None:
    open_core(Settings(state=tmp_path), upgrade=True).close()

    core = open_existing_core(Settings(state=tmp_path))

    assert schema.pending_migrations(core.database) == []
    core.close()


def test_what_is_missing_is_not_made_and_the_command_is_named(tmp_path: Path) -> None:
    state = tmp_path / "it's missing"

    with pytest.raises(Unavailable, match=r"run: contactsgroups --state .* db upgrade"):
        open_existing_core(Settings(state=state))
    assert not state.exists()


def test_another_file_that_is_missing_is_not_made_either(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'elsewhere.sqlite'}"

    with pytest.raises(Unavailable, match=r"elsewhere.*CONTACTSGROUPS_DATABASE_URL"):
        open_existing_core(Settings(state=tmp_path, database_url=url))
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_another_version_is_refused(tmp_path: Path) -> None:
    open_core(Settings(state=tmp_path)).close()
    (tmp_path / "contactsgroups.sqlite").touch()

    with pytest.raises(Unavailable, match="older"):
        open_existing_core(Settings(state=tmp_path))


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "contactsgroups.sqlite").write_text("no database" * 100)

    with pytest.raises(Unavailable, match="no database of SQLite"):
        open_existing_core(Settings(state=tmp_path))

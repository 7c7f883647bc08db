"""A new database gets its schema; one that is older or newer says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from contactsgroups.domain.errors import Unavailable
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database, schema
from contactsgroups.services.accounts import ensure_domain, list_domains
from contactsgroups.services.migrations import list_pending, require_newest, upgrade
from tests.later_schema import LATER, add_later_revision


@pytest.fixture
def empty(sqlite_url: str) -> Iterator[Database]:
    """A database without a schema."""
    database = Database(sqlite_url)
    yield database
    database.dispose()


def set_revision(database: Database, revision: str) -> None:
    with database.write_private() as session:
        session.execute(
            text(f"UPDATE {schema.VERSION_TABLE} SET version_num = :revision"),
            {"revision": revision},
        )


def test_an_upgrade_tells_what_it_ran_and_a_second_one_runs_nothing(empty: Database) -> None:
    pending = list_pending(empty)
    assert pending[0] == "0001"
    assert pending == sorted(pending)
    assert upgrade(empty) == pending
    assert (upgrade(empty), list_pending(empty)) == ([], [])
    assert list_domains(empty, OPERATOR) == []


def test_a_new_database_is_given_its_schema(empty: Database) -> None:
    require_newest(empty)
    require_newest(empty)
    assert list_pending(empty) == []


def test_an_older_database_is_refused_until_it_is_upgraded(
    empty: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    upgrade(empty)
    ensure_domain(empty, OPERATOR, "example.org")
    add_later_revision(monkeypatch, tmp_path)
    with pytest.raises(Unavailable, match="run contactsgroups db upgrade"):
        require_newest(empty)
    assert upgrade(empty) == [LATER]
    require_newest(empty)
    assert list_domains(empty, OPERATOR) == ["example.org"]


def test_a_first_start_that_was_broken_off_is_finished_by_the_next(
    empty: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """MariaDB keeps what was made until then, a revision of the schema for example."""
    upgrade(empty)
    add_later_revision(monkeypatch, tmp_path)
    require_newest(empty)
    assert list_pending(empty) == []


@pytest.mark.parametrize("use", [list_pending, require_newest, upgrade, schema.upgrade])
def test_a_database_of_a_newer_version_is_refused(empty: Database, use) -> None:
    upgrade(empty)
    set_revision(empty, "9999")
    with pytest.raises(Unavailable, match="newer version"):
        use(empty)

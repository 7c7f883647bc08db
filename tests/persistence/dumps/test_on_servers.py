"""Dumps of the servers' own programs: our tables and views, and nothing of a host's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from contactsgroups.domain.errors import InvalidInput, Unavailable
from contactsgroups.persistence import Database, dumps, schema
from tests.directories import add_accounts, add_group
from tests.servers.mariadb import MariaDBServer
from tests.servers.postgresql import PostgreSQLServer
from tests.servers.silent import SilentWay


@pytest.fixture(params=["mariadb_server", "postgresql_server"])
def server(request: pytest.FixtureRequest) -> MariaDBServer | PostgreSQLServer:
    """Each server in turn."""
    found: MariaDBServer | PostgreSQLServer = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def server_url(server: MariaDBServer | PostgreSQLServer) -> Iterator[str]:
    """SQLAlchemy URL of a fresh, empty database there."""
    with server.database() as url:
        yield url


def test_a_dump_brings_back_tables_and_views_and_leaves_a_host_s_alone(
    server_url: str, tmp_path: Path
) -> None:
    database = Database(server_url)
    assert dumps.is_empty(database.url)
    schema.upgrade(database)
    add_accounts(database, ["ada", "bob", "zoë"])
    add_group(database, "team@example.org", "ada@example.org")
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE of_a_host (value INTEGER)"))
        connection.execute(text("INSERT INTO of_a_host VALUES (1)"))
    dumps.dump(database.url, tmp_path / "dump")
    assert (tmp_path / "dump").stat().st_mode & 0o777 == 0o600
    views = sorted(inspect(database.engine).get_view_names())
    add_accounts(database, ["eve"])
    with database.engine.begin() as connection:
        connection.execute(text("INSERT INTO of_a_host VALUES (2)"))
    dumps.verify(database.url, tmp_path / "dump")
    dumps.load(database.url, tmp_path / "dump")
    with database.read() as session:
        count = "SELECT count(*) FROM "
        assert session.scalar(text(count + "contactsgroups_accounts")) == 3
        assert session.scalar(text(count + "contactsgroups_postfix_virtual_alias")) > 0
        assert session.scalar(text(count + "of_a_host")) == 2
    assert sorted(inspect(database.engine).get_view_names()) == views
    assert schema.pending_migrations(database) == []
    add_accounts(database, ["kim"])  # New rows get new numbers.
    assert not dumps.is_empty(database.url)
    database.dispose()


def test_a_dump_is_loaded_into_an_empty_database(
    server: MariaDBServer | PostgreSQLServer, tmp_path: Path
) -> None:
    with server.database() as url:
        database = Database(url)
        schema.upgrade(database)
        add_accounts(database, ["ada"])
        dumps.dump(database.url, tmp_path / "dump")
        database.dispose()
    with server.database() as url:
        database = Database(url)
        dumps.load(database.url, tmp_path / "dump")
        with database.read() as session:
            assert session.scalar(text("SELECT count(*) FROM contactsgroups_accounts")) == 1
        database.dispose()


def test_what_is_no_dump_is_refused(server_url: str, tmp_path: Path) -> None:
    (tmp_path / "dump").touch()
    with pytest.raises(InvalidInput, match="the archive's database"):
        dumps.verify(Database(server_url).url, tmp_path / "dump")


def test_a_server_that_does_not_answer_is_unavailable(server_url: str, tmp_path: Path) -> None:
    url = Database(server_url).url.set(database="nowhere")
    with pytest.raises(Unavailable):
        dumps.dump(url, tmp_path / "dump")


def test_a_server_that_is_silent_is_unavailable(silent_way: SilentWay, tmp_path: Path) -> None:
    database = Database(silent_way.url)
    schema.upgrade(database)
    database.dispose()
    url = database.url
    dumps.dump(url, tmp_path / "dump")
    with silent_way.silence():
        with pytest.raises(Unavailable, match="does not answer"):
            dumps.dump(url, tmp_path / "new", silence=0.5)
        with pytest.raises(Unavailable, match="does not answer"):
            dumps.load(url, tmp_path / "dump", silence=0.5)
        with pytest.raises(Unavailable, match="does not answer"):
            dumps.is_empty(url, silence=0.5)

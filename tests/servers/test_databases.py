"""The private databases are real, empty and apart from each other."""

from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import Engine, create_engine, inspect, text

from tests.servers.mariadb import MariaDBServer
from tests.servers.postgresql import PostgreSQLServer

# In every script, and outside the plane that three bytes of UTF-8 reach.
NAME = "Zoë 曾 Ξένη 🦊"


@pytest.fixture
def engine(database_url: str):
    engine: Engine = create_engine(database_url)
    yield engine
    engine.dispose()


def test_a_fresh_database_is_empty_and_keeps_every_letter(engine: Engine) -> None:
    assert inspect(engine).get_table_names() == []
    metadata = sqlalchemy.MetaData()
    table = sqlalchemy.Table("person", metadata, sqlalchemy.Column("name", sqlalchemy.String(50)))
    metadata.create_all(engine)

    with engine.begin() as connection:
        connection.execute(table.insert().values(name=NAME))
    with engine.connect() as connection:
        assert connection.scalar(sqlalchemy.select(table.c.name)) == NAME


def test_what_one_test_wrote_the_next_does_not_see(
    mariadb_server: MariaDBServer, postgresql_server: PostgreSQLServer
) -> None:
    for server in (mariadb_server, postgresql_server):
        for _ in range(2):
            with server.database() as url:
                engine = create_engine(url)
                with engine.begin() as connection:
                    connection.execute(text("CREATE TABLE person (name TEXT)"))
                engine.dispose()


def test_other_system_users_reach_the_sockets(
    mariadb_server: MariaDBServer, postgresql_server: PostgreSQLServer
) -> None:
    """Postfix asks the databases as a user of its own."""
    sockets = [mariadb_server.socket, *postgresql_server.socket_directory.glob(".s.PGSQL.*[0-9]")]

    assert len(sockets) == 2
    for path in sockets:
        assert path.stat().st_mode & 0o002, path
        assert all(parent.stat().st_mode & 0o001 for parent in Path(path).parents), path

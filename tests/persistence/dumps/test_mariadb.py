"""Dumps of mariadb's own programs: our tables and views, and nothing of a host's."""

from pathlib import Path

import pytest
from sqlalchemy import inspect, make_url, text

from contactsgroups.domain.errors import InvalidInput, Unavailable
from contactsgroups.persistence import Database, dumps, schema
from contactsgroups.persistence.dumps import mariadb
from tests.directories import add_accounts, add_group
from tests.persistence.dumps.programs import look_at_programs
from tests.servers.mariadb import MariaDBServer


def test_a_dump_brings_back_tables_and_views_and_leaves_a_host_s_alone(
    mariadb_url: str, tmp_path: Path
) -> None:
    database = Database(mariadb_url)
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


def test_a_dump_is_loaded_into_an_empty_database(mariadb_server: object, tmp_path: Path) -> None:
    with mariadb_server.database() as url:  # type: ignore[attr-defined]
        database = Database(url)
        schema.upgrade(database)
        add_accounts(database, ["ada"])
        dumps.dump(database.url, tmp_path / "dump")
        database.dispose()
    with mariadb_server.database() as url:  # type: ignore[attr-defined]
        database = Database(url)
        dumps.load(database.url, tmp_path / "dump")
        with database.read() as session:
            assert session.scalar(text("SELECT count(*) FROM contactsgroups_accounts")) == 1
        database.dispose()


def test_what_is_no_dump_is_refused(mariadb_url: str, tmp_path: Path) -> None:
    (tmp_path / "dump").touch()
    with pytest.raises(InvalidInput, match="the archive's database"):
        dumps.verify(Database(mariadb_url).url, tmp_path / "dump")


def test_a_server_that_does_not_answer_is_unavailable(mariadb_url: str, tmp_path: Path) -> None:
    url = Database(mariadb_url).url.set(database="nowhere")
    with pytest.raises(Unavailable):
        dumps.dump(url, tmp_path / "dump")


def test_a_password_reaches_the_program_by_a_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = look_at_programs(tmp_path, monkeypatch, "mariadb")
    monkeypatch.setattr(mariadb, "_drop", lambda _url: None)
    url = make_url("mysql+pymysql://ada:ge%22he%5Cim@127.0.0.1:1/x?ssl_ca=/ca.pem")
    (tmp_path / "dump").write_bytes(b"/*!50013 DEFINER=`x`@`%` SQL SECURITY DEFINER */\n")
    dumps.load(url, tmp_path / "dump")
    arguments, secret = seen()
    assert not any("ge" in each for each in arguments[1:])
    assert 'password="ge\\"he\\\\im"\n' in secret
    assert 'ssl-ca="/ca.pem"\n' in secret
    assert (tmp_path / "stdin").read_text() == "/*!50013 SQL SECURITY DEFINER */\n"


def test_the_programs_understand_the_password_in_the_file(
    mariadb_server: MariaDBServer, mariadb_url: str, tmp_path: Path
) -> None:
    """Also one with all that an option file treats in its own way."""
    password = "#ge\"he'i\\m; ="
    quoted = password.replace("\\", "\\\\").replace("'", "\\'")
    name = make_url(mariadb_url).database
    mariadb_server.execute(f"CREATE OR REPLACE USER dumper@localhost IDENTIFIED BY '{quoted}'")
    mariadb_server.execute(f"GRANT ALL ON {name}.* TO dumper@localhost")
    database = Database(make_url(mariadb_url).set(username="dumper", password=password))
    schema.upgrade(database)
    dumps.dump(database.url, tmp_path / "dump")
    dumps.load(database.url, tmp_path / "dump")
    assert schema.pending_migrations(database) == []
    database.dispose()

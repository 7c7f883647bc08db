"""What MariaDB's own programs are told, and how: no password where others could read it."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from contactsgroups.persistence import Database, dumps, schema
from contactsgroups.persistence.dumps import mariadb
from tests.persistence.dumps.programs import look_at_programs
from tests.servers.mariadb import MariaDBServer


def test_a_password_reaches_the_program_by_a_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = look_at_programs(tmp_path, monkeypatch, "mariadb")
    monkeypatch.setattr(mariadb, "_drop", lambda _server: None)
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

"""What PostgreSQL's own programs are told, and how: no password where others could read it."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from contactsgroups.persistence import dumps
from tests.persistence.dumps.programs import look_at_programs


def test_a_password_reaches_the_program_by_a_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = look_at_programs(tmp_path, monkeypatch, "pg_dump")
    url = make_url("postgresql+psycopg://ada:ge%3Ahe%5Cim@127.0.0.1:1/x?sslmode=require")
    dumps.dump(url, tmp_path / "dump")
    arguments, secret = seen()
    assert "im" not in "".join(each for each in arguments if "he" in each)
    assert "sslmode='require'" in arguments[-1]
    assert secret == "*:*:*:*:ge\\:he\\\\im\n"

"""The commands for the audit log: codes and texts as those of ``check``."""

import contextlib
import json
import sqlite3
from pathlib import Path

from tests.cli.conftest import Run


def change(state: Path, statement: str) -> None:
    """Do to the database what no use case does."""
    connection = sqlite3.connect(state / "contactsgroups.sqlite")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_an_unbroken_log_is_zero(company: Run) -> None:
    result = company("audit", "verify")
    assert result.exit_code == 0
    assert result.stdout.startswith("Unbroken: every entry up to ")
    found = json.loads(company("audit", "verify", "--json").stdout)
    assert (found["status"], found["findings"]) == ("ok", [])


def test_changed_and_missing_entries_are_named_also_by_check(company: Run, state: Path) -> None:
    change(state, "UPDATE contactsgroups_audit_log SET actor = 'mallory@example.org' WHERE id = 2")
    change(state, "DELETE FROM contactsgroups_audit_log WHERE id = 4")
    result = company("audit", "verify")
    assert result.exit_code == 2
    assert result.stdout.splitlines()[:2] == [
        "error: audit log: entry 2 was changed",
        "error: audit log: entry 4 is missing",
    ]
    found = json.loads(company("audit", "verify", "--json").stdout)
    assert (found["status"], found["fault_count"]) == ("error", 2)
    assert found["findings"][1] == {
        "damage": "missing",
        "first": 4,
        "last": 4,
        "text": "entry 4 is missing",
    }
    assert "error: audit log: entry 2 was changed" in company("check").stdout


def test_another_secret_key_is_told_until_the_log_is_sealed(company: Run, state: Path) -> None:
    (state / "secret_key").write_text("another key that is long enough for it")
    result = company("audit", "verify")
    assert result.exit_code == 2
    assert "have no seal of this installation" in result.stdout
    assert company("audit", "seal").exit_code == 0
    assert company("audit", "verify").exit_code == 0


def test_an_end_that_is_known_from_elsewhere_cannot_be_taken_back(
    company: Run, state: Path
) -> None:
    before = state.parent / "before.sqlite"
    company("alias", "add", "a@example.org", "ada@example.org")
    with contextlib.closing(sqlite3.connect(state / "contactsgroups.sqlite")) as connection:
        connection.execute("VACUUM INTO ?", [str(before)])
    company("alias", "add", "b@example.org", "ada@example.org")
    end = json.loads(company("audit", "verify", "--json").stdout)
    known = ("--known", end["last"], end["hash"])
    assert company("audit", "verify", *known).exit_code == 0
    for suffix in ("", "-wal", "-shm"):
        (state / f"contactsgroups.sqlite{suffix}").unlink(missing_ok=True)
    before.rename(state / "contactsgroups.sqlite")
    assert company("audit", "verify").exit_code == 0
    result = company("audit", "verify", *known)
    assert result.exit_code == 2
    assert f"entry {end['last']} is missing" in result.stdout
    assert company("audit", "verify", "--known", 1, end["hash"]).exit_code == 2


def test_a_restored_backup_has_an_unbroken_log(company: Run, state: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive.tar.gz"
    assert company("backup", archive).exit_code == 0
    company("alias", "add", "a@example.org", "ada@example.org")
    assert company("restore", "--replace", archive).exit_code == 0
    company("alias", "add", "b@example.org", "ada@example.org")
    assert company("audit", "verify").exit_code == 0

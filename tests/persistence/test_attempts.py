"""Tallies are shared by all processes of a machine, and a broken file stops nobody."""

import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from contactsgroups.domain.attempts import FAMILIAR_SECONDS, FROM_STRANGER
from contactsgroups.domain.errors import Unavailable
from contactsgroups.persistence import attempts as module
from contactsgroups.persistence.attempts import Attempts, Claim

NOW = 1_000_000.0
CLAIM = Claim("ada@example.org", "192.0.2.1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "attempts.sqlite"


@pytest.fixture
def attempts(path: Path) -> Iterator[Attempts]:
    opened = Attempts(path)
    yield opened
    opened.close()


def fail(attempts: Attempts, claim: Claim = CLAIM, now: float = NOW, times: int = 1) -> None:
    for _ in range(times):
        attempts.update(claim, now, lambda each: each.counting(1, now))


def test_failures_are_counted_for_the_account_the_client_and_both(attempts: Attempts) -> None:
    fail(attempts)
    fail(attempts, Claim("ada@example.org", "192.0.2.2"))
    fail(attempts, Claim("eve@example.org", "192.0.2.1"))
    found = attempts.read(CLAIM, NOW)
    assert (found.pair.failures, found.client.failures, found.account.failures) == (1, 2, 2)


def test_what_is_no_account_counts_against_the_client_only(attempts: Attempts) -> None:
    nobody = Claim("", "192.0.2.1")
    fail(attempts, nobody)
    found = attempts.read(nobody, NOW)
    assert (found.pair.failures, found.client.failures, found.account.failures) == (0, 1, 0)


def test_a_familiar_client_is_one_for_its_account_and_for_a_time(attempts: Attempts) -> None:
    attempts.make_familiar(CLAIM, NOW)
    assert attempts.read(CLAIM, NOW).familiar
    assert not attempts.read(Claim("eve@example.org", "192.0.2.1"), NOW).familiar
    assert not attempts.read(CLAIM, NOW + FAMILIAR_SECONDS).familiar


def test_several_processes_count_together_and_none_gets_in_between(
    attempts: Attempts, path: Path
) -> None:
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from contactsgroups.persistence.attempts import Attempts, Claim\n"
        "attempts = Attempts(Path(sys.argv[1]))\n"
        f"claim, now = Claim('ada@example.org', sys.argv[2]), {NOW}\n"
        "for _ in range(25):\n"
        "    attempts.update(claim, now, lambda each: each.counting(1, now))\n"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", program, str(path), f"192.0.2.{number}"])
        for number in range(3)
    ]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert attempts.read(CLAIM, NOW).account.failures == 75


def test_nobody_else_can_read_the_file_and_it_names_nobody(attempts: Attempts, path: Path) -> None:
    fail(attempts)
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert b"ada" not in file.read_bytes()
        assert b"192.0.2" not in file.read_bytes()


def test_a_flood_of_invented_accounts_does_not_fill_the_disk(
    attempts: Attempts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_ROWS", 100)
    monkeypatch.setattr(module, "_UPDATES_BETWEEN_CLEANING", 50)
    for number in range(400):
        now = NOW + number
        fail(attempts, Claim(f"a{number}@example.org", f"client {number}"), now)
    connection = attempts._connection
    assert connection is not None
    assert connection.execute("SELECT count(*) FROM tallies").fetchone()[0] <= 100 + 3 * 50
    fail(attempts, now=NOW + 100_000, times=50)
    assert connection.execute("SELECT count(*) FROM tallies").fetchone()[0] == 3


@pytest.mark.parametrize(
    "content", [b"no database at all" * 100, b"SQLite format 3\0" + b"x" * 900]
)
def test_a_broken_file_is_made_anew(
    path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_bytes(content)
    attempts = Attempts(path)
    fail(attempts)
    assert attempts.read(CLAIM, NOW).client.failures == 1
    attempts.close()
    assert "is made anew" in caplog.text
    reopened = Attempts(path)
    assert reopened.read(CLAIM, NOW).client.failures == 1
    reopened.close()


def test_where_no_file_can_be_a_process_counts_in_its_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    attempts = Attempts(tmp_path / "no such directory" / "attempts.sqlite")
    fail(attempts, times=FROM_STRANGER.most)
    assert attempts.read(CLAIM, NOW).wait(NOW) > 0
    attempts.close()
    assert "each process counts wrong passwords for itself" in caplog.text


def test_a_file_that_stays_locked_lets_nobody_in(
    attempts: Attempts, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BUSY_SECONDS", 0.05)
    fail(attempts)
    other = Attempts(path)
    other.read(CLAIM, NOW)
    connection = attempts._connection
    assert connection is not None
    connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable):
        fail(other)
    connection.execute("ROLLBACK")
    fail(other)
    other.close()

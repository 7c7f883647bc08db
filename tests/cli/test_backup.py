"""``backup`` and ``restore`` as commands: whole files, clear refusals, and the page's recipes."""

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.documents import ROOT, blocks
from tests.servers.program import wait_for

PAGE = ROOT / "docs" / "backup.md"
SECONDS = 120


def _domains(run: Run) -> str:
    return run("domain", "list").stdout


def test_what_was_there_comes_back(company: Run, state: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive.tar.gz"
    made = company("backup", archive)
    assert made.exit_code == 0, made.output
    assert made.stdout.startswith(f"backed up in {archive}: ")
    assert archive.stat().st_mode & 0o777 == 0o600
    company("domain", "add", "later.example")
    refused = company("restore", archive)
    assert refused.exit_code == os.EX_CANTCREAT
    assert "see --replace" in refused.stderr
    restored = company("restore", "--replace", archive)
    assert restored.exit_code == 0, restored.output
    assert _domains(company) == "example.org\n"
    assert "ada@example.org" in company("group", "show", "team@example.org").stdout


def test_an_archive_in_the_state_is_refused(company: Run, state: Path) -> None:
    refused = company("backup", state / "archive.tar.gz")
    assert refused.exit_code == os.EX_DATAERR
    assert "would be lost with it" in refused.stderr


@pytest.mark.parametrize("way", ["directly", "by dots", "by a link"])
def test_no_way_leads_into_the_state(company: Run, state: Path, tmp_path: Path, way: str) -> None:
    (tmp_path / "link").symlink_to(state)
    (tmp_path / "beside").mkdir()
    places = {
        "directly": state,
        "by dots": tmp_path / "beside/../state",
        "by a link": tmp_path / "link",
    }
    archive = places[way] / "archive.tar.gz"
    assert company("backup", archive).exit_code == os.EX_DATAERR
    assert company("backup", tmp_path / "whole.tar.gz").exit_code == 0
    (tmp_path / "whole.tar.gz").rename(archive)
    refused = company("restore", "--replace", archive)
    assert refused.exit_code == os.EX_DATAERR
    assert "would be lost with it" in refused.stderr
    assert archive.exists()


def test_what_is_no_ordinary_file_is_not_replaced(company: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for name in (tmp_path / "fifo", "/dev/null"):
        refused = company("backup", name)
        assert refused.exit_code == os.EX_DATAERR
        assert "is no ordinary file" in refused.stderr
    assert (tmp_path / "fifo").is_fifo()
    assert Path("/dev/null").is_char_device()


def test_a_link_to_an_archive_stays_one(company: Run, tmp_path: Path) -> None:
    (tmp_path / "latest").symlink_to(tmp_path / "archive.tar.gz")
    assert company("backup", tmp_path / "latest").exit_code == 0
    assert (tmp_path / "latest").is_symlink()
    assert (tmp_path / "archive.tar.gz").stat().st_size
    assert company("restore", "--replace", tmp_path / "latest").exit_code == 0


def test_backups_to_one_file_at_the_same_time_are_both_whole(
    company: Run, state: Path, tmp_path: Path
) -> None:
    """Whichever is killed, what has the name is a whole archive."""
    archive = tmp_path / "archive.tar.gz"
    _enlarge(state)
    first, second = (subprocess.Popen(_command(state, "backup", archive)) for _ in range(2))
    assert first.wait(SECONDS) == 0
    second.kill()
    second.wait(SECONDS)
    assert company("restore", "--replace", archive).exit_code == 0
    assert company("backup", archive).exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive.tar.gz", "state"]


def test_what_is_no_archive_changes_nothing(company: Run, tmp_path: Path) -> None:
    (tmp_path / "archive").write_bytes(b"no archive")
    refused = company("restore", "--replace", tmp_path / "archive")
    assert refused.exit_code == os.EX_DATAERR
    assert "damaged, cut off or none" in refused.stderr
    assert _domains(company) == "example.org\n"


def test_a_missing_archive_is_one_sentence(run: Run, state: Path, tmp_path: Path) -> None:
    refused = run("restore", tmp_path / "nothing")
    assert (refused.exit_code, refused.stderr.count("\n")) == (os.EX_IOERR, 1)
    assert not state.exists()


def _command(state: Path, *arguments: object) -> list[str]:
    return [sys.executable, "-m", "contactsgroups", "--state", str(state), *map(str, arguments)]


def _drafts(place: Path) -> list[Path]:
    return list(place.glob(".archive.tar.gz.*.unfinished"))


def _enlarge(state: Path) -> None:
    """Give the state something that takes a while to compress."""
    book = state / "collections" / "collection-root" / "ada@example.org" / "contacts"
    book.mkdir(parents=True)
    for number in range(8):
        (book / f"{number}.vcf").write_bytes(os.urandom(8_000_000))


def test_a_full_disk_leaves_the_former_archive(company: Run, state: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive.tar.gz"
    archive.write_text("the former one")
    _enlarge(state)

    def fill_the_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000_000, 20_000_000))

    ended = subprocess.run(
        _command(state, "backup", archive),
        preexec_fn=fill_the_disk,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert ended.returncode == os.EX_IOERR
    assert ended.stderr == "contactsgroups: File too large\n"
    assert archive.read_text() == "the former one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive.tar.gz", "state"]


def test_a_killed_backup_leaves_nothing_that_looks_whole(
    company: Run, state: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "archive.tar.gz"
    _enlarge(state)
    started = subprocess.Popen(_command(state, "backup", archive))
    wait_for(lambda: any(each.stat().st_size > 1_000_000 for each in _drafts(tmp_path)), SECONDS)
    started.send_signal(signal.SIGKILL)
    started.wait(SECONDS)
    assert not archive.exists()
    assert list(state.glob("backup-*"))
    (draft,) = _drafts(tmp_path)
    refused = company("restore", "--replace", draft)
    assert refused.exit_code == os.EX_DATAERR
    assert company("backup", archive).exit_code == 0
    assert _drafts(tmp_path) == []
    assert not list(state.glob("backup-*"))


def test_a_restore_that_is_killed_is_completed_by_the_next(
    company: Run, state: Path, tmp_path: Path
) -> None:
    """Whenever it is killed: what is there is the former state, or nothing starts on it."""
    archive = tmp_path / "archive.tar.gz"
    assert company("backup", archive).exit_code == 0
    for seconds in (0.2, 1.5, 1.8, 2.1):
        company("domain", "add", "later.example")
        started = subprocess.Popen(_command(state, "restore", "--replace", archive))
        try:
            started.wait(seconds)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait(SECONDS)
        seen = company("domain", "list")
        assert seen.stdout in {"example.org\n", "example.org\nlater.example\n"} or (
            "a restore was broken off" in seen.stderr
        )
        assert company("restore", "--replace", archive).exit_code == 0
        assert _domains(company) == "example.org\n"


def test_own_contacts_are_suggested_as_the_cards_are(
    company: Run, state: Path, tmp_path: Path
) -> None:
    book = state / "collections" / "collection-root" / "ada@example.org" / "contacts"
    book.mkdir(parents=True)
    (book / ".Radicale.props").write_text('{"tag": "VADDRESSBOOK"}')
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:1\r\nFN:X\r\nN:X;;;;\r\nEMAIL:{}\r\nEND:VCARD\r\n"
    (book / "1.vcf").write_text(card.format("x@example.net"))
    company("backup", tmp_path / "archive.tar.gz")  # The database does not know the card yet.
    company("restore", "--replace", tmp_path / "archive.tar.gz")
    with sqlite3.connect(state / "contactsgroups.sqlite") as database:
        rows = database.execute("SELECT address FROM contactsgroups_own_contacts").fetchall()
    database.close()
    assert rows == [("x@example.net",)]


def test_an_archive_is_a_tar_file_with_the_manifest_at_its_end(
    company: Run, tmp_path: Path
) -> None:
    company("backup", tmp_path / "archive.tar.gz")
    with tarfile.open(tmp_path / "archive.tar.gz") as archive:
        assert archive.getnames()[-1] == "manifest.json"
        assert {(each.uid, each.gid, each.mode & 0o077) for each in archive} == {(0, 0, 0)}


def test_the_page_s_recipes_work_as_they_stand_there(
    company: Run, state: Path, tmp_path: Path
) -> None:
    backups = tmp_path / "backups"
    texts = {
        "/var/backups/contactsgroups.tar.gz": f"{tmp_path}/one.tar.gz",
        "/var/backups/contactsgroups": str(backups),
        "/var/lib/contactsgroups": str(state),
        "-o contactsgroups -g contactsgroups ": "",
    }

    def carry_out(commands: str) -> subprocess.CompletedProcess[str]:
        for documented, actual in texts.items():
            commands = commands.replace(documented, actual)
        return subprocess.run(
            ["bash", "-euc", commands],
            env=os.environ
            | {
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                "CONTACTSGROUPS_STATE": str(state),
            },
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    making, restoring, nightly, anew, replacing = blocks(PAGE, "sh")
    assert carry_out(making).returncode == 0
    assert "see --replace" in carry_out(restoring).stderr
    assert carry_out(nightly).returncode == 0
    (made,) = backups.glob("*.tar.gz")
    made.rename(backups / "latest.tar.gz")
    assert carry_out(replacing).returncode == 0
    state.rename(tmp_path / "gone")
    ended = carry_out(anew)
    assert ended.returncode == 0, ended.stderr
    assert _domains(company) == "example.org\n"
    assert (backups / "before.tar.gz").exists()

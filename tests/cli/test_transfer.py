"""Import and export at the command line."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.servers.program import wait_for

PEOPLE = """\
type,address,belongs_to,name
account,eve@example.org,,Eve
member,eve@example.org,team@example.org
"""


def test_an_import_shows_what_it_changes_line_by_line(company: Run, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE + "account,ada@example.org,,Ada Archer\n")
    result = company("import", file)
    assert result.exit_code == 0
    assert result.stdout == (
        '~ account ada@example.org: display_name "Ada" → "Ada Archer"\n'
        '+ account eve@example.org: display_name "Eve"\n'
        "~ group team@example.org\n"
        "    + member eve@example.org\n"
        "3 records read: 1 new, 2 changed. Saved.\n"
    )
    again = company("import", file)
    assert again.stdout == "3 records read: 0 new, 0 changed. Nothing to save.\n"


def test_a_dry_run_says_the_same_and_changes_nothing(company: Run, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    before = company("export").stdout
    dry = company("import", "--dry-run", file)
    assert dry.stdout.endswith("This was a dry run: nothing was saved.\n")
    assert company("export").stdout == before
    assert company("import", file).stdout.splitlines()[:-1] == dry.stdout.splitlines()[:-1]


def test_faulty_lines_are_named_and_left_out(company: Run, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE + "account,bad@@example.org\nmember,no@example.org,team@example.org\n")
    result = company("import", file)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"{file}:4: bad@@example.org: '@' is not allowed before @",
        f"{file}:5: no@example.org: there is no such account, alias or group in example.org",
    ]
    assert result.stdout.endswith("4 records read: 1 new, 1 changed, 2 faulty. Saved.\n")


def test_strict_saves_nothing(company: Run, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE + "person,x@example.org\n")
    before = company("export").stdout
    result = company("import", "--strict", file)
    assert result.exit_code == os.EX_DATAERR
    assert result.stdout.endswith("Nothing was saved, because of the faulty lines.\n")
    assert company("export").stdout == before


def test_several_files_of_both_formats_are_one_import(company: Run, tmp_path: Path) -> None:
    """The LDIF names a member that only the CSV file has an account for."""
    ldif, csv = tmp_path / "groups.ldif", tmp_path / "people.csv"
    ldif.write_text(
        "dn: cn=all\nobjectClass: PostfixBookMailAccount\nmail: all@example.org\n"
        "mailGroupMember: eve@example.org\n"
    )
    csv.write_text(PEOPLE)
    assert company("import", ldif, csv).exit_code == 0
    assert "eve@example.org" in company("group", "show", "all@example.org").stdout


def test_members_are_shown_ten_at_most(company: Run, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    rows = [f"member,m{number:02}@partner.example,team@example.org" for number in range(12)]
    file.write_text("type,address,belongs_to\n" + "\n".join(rows))
    shown = company("import", file).stdout.splitlines()[1]
    assert shown.endswith("m09@partner.example and 2 more")


@pytest.mark.parametrize("name", ["all.csv", "all.ldif"])
def test_an_export_imported_elsewhere_is_the_same_to_the_byte(
    company: Run, tmp_path: Path, name: str
) -> None:
    first, second = tmp_path / name, tmp_path / f"second-{name}"
    company("import", "-", "--format=csv", standard_input=PEOPLE)
    assert company("export", "-o", first).exit_code == 0
    other = ["--state", tmp_path / "other"]
    assert company(*other, "import", first).exit_code == 0
    assert company(*other, "export", "-o", second).exit_code == 0
    assert first.read_bytes() == second.read_bytes()
    assert first.stat().st_size > 300


def test_a_file_that_is_not_there_is_one_sentence(company: Run) -> None:
    result = company("import", "nowhere.csv")
    assert result.exit_code == os.EX_IOERR
    assert result.stderr == "contactsgroups: nowhere.csv: No such file or directory\n"


def test_an_import_that_is_killed_goes_on_when_it_is_run_again(
    company: Run, tmp_path: Path, state: Path
) -> None:
    """SIGKILL in the middle; what is there then has no contradictions."""
    file = tmp_path / "many.csv"
    rows = [f"account,user{number}@example.org,User {number}" for number in range(10_000)]
    file.write_text("type,address,name\n" + "\n".join(rows))
    command = [sys.executable, "-m", "contactsgroups", "--state", str(state), "import", str(file)]
    started = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    log = state / "contactsgroups.sqlite-wal"

    def has_written() -> bool:
        return started.poll() is not None or (log.exists() and log.stat().st_size > 100_000)

    wait_for(has_written, 100)
    assert started.poll() is None, "the import was over before it could be killed"
    started.send_signal(signal.SIGKILL)
    started.wait(10)
    assert company("check").stdout.count("error") <= 1
    assert company("export").stdout.count("account,user") < 10_000
    again = company("import", file)
    assert again.exit_code == 0
    assert company("export").stdout.count("account,user") == 10_000
    assert "0 new, 0 changed. Nothing to save." in company("import", file).stdout

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


PEOPLE_LDIF = """\
dn: uid=eve
objectClass: PostfixBookMailAccount
mail: eve@example.org
cn: Eve

"""
STRANGERS = "".join(
    f"dn: uid=x{number}\nobjectClass: top\nobjectClass: inetOrgPerson\ncn: X\n\n"
    for number in range(5)
)


def test_what_is_passed_over_is_counted_and_named(company: Run, tmp_path: Path) -> None:
    file = tmp_path / "people.ldif"
    file.write_text(PEOPLE_LDIF + STRANGERS + "dn: cn=x\nobjectClass: device\n")
    result = company("import", file)
    assert result.exit_code == 0
    first = f"{file}:6, {file}:11, {file}:16"
    assert result.stderr.splitlines() == [
        f"passed over 5 times: an entry of the class inetOrgPerson ({first}, ...)",
        f"passed over once: an entry of the class device ({file}:31)",
    ]
    assert result.stdout.endswith("1 records read: 1 new, 0 changed. Saved.\n")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("x.ldif", STRANGERS, "1: no entry of the file is imported"),
        ("x.ldif", "", "1: the file is empty"),
        ("x.csv", "", "1: the file is empty"),
        ("x.csv", "type,address\n", "2: there is no row"),
        (
            "x.csv",
            "Name,E-Mail\nAda,ada@example.org\n",
            "1: there is no column name; ".replace("name", "e-mail"),
        ),
        ("x.csv", "address\nada@example.org\n", "1: the first line must name the columns; type"),
        ("x.csv", "ada@example.org\nbob@example.org\n", "1: there is no column ada@example.org"),
    ],
)
def test_a_file_in_which_nothing_is_known_is_no_success(
    company: Run, tmp_path: Path, name: str, content: str, reason: str
) -> None:
    file, before = tmp_path / name, company("export").stdout
    file.write_text(content)
    alone = company("import", file)
    assert alone.exit_code == os.EX_DATAERR
    assert f"{file}:{reason}" in alone.stderr
    assert company("export").stdout == before
    people = tmp_path / "people.csv"
    people.write_text(PEOPLE)
    beside_others = company("import", file, people)
    assert beside_others.exit_code == 1
    assert f"{file}:{reason}" in beside_others.stderr


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("account,no address\n", os.EX_DATAERR),
        ("account,eve@elsewhere.example\n", os.EX_DATAERR),
        ("group,empty@example.org\n", os.EX_DATAERR),
        ("account,eve@elsewhere.example\naccount,ada@example.org\n", 1),
        ("account,ada@example.org\n", 0),
    ],
)
def test_the_exit_code_says_whether_any_line_was_taken(company: Run, rows: str, code: int) -> None:
    """A line that says what is stored already was taken, too."""
    assert (
        company("import", "--format", "csv", "-", standard_input=f"type,address\n{rows}").exit_code
        == code
    )


def test_a_file_in_the_encoding_of_a_country_is_read_when_it_is_named(
    company: Run, tmp_path: Path
) -> None:
    """It cannot be told from others, so that a guess would make wrong names."""
    file = tmp_path / "people.csv"
    rows = "sep=;\r\ntype;address;name\r\naccount;eve@example.org;Ève Müller\r\n"
    file.write_bytes(rows.encode("cp1252"))
    refused = company("import", file)
    assert refused.exit_code == os.EX_DATAERR
    assert refused.stderr == (
        f"{file}:3: the row is not UTF-8 text: "
        "save the file as UTF-8, or say which encoding it has\n"
    )
    assert company("import", "--encoding", "cp1252", file).exit_code == 0
    assert "account,eve@example.org,,Ève Müller," in company("export").stdout
    unknown = company("import", "--encoding", "base64", file)
    assert unknown.exit_code == os.EX_DATAERR
    assert unknown.stderr.endswith("there is no encoding base64\n")


def test_unicode_text_of_a_spreadsheet_is_read(company: Run, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(PEOPLE.replace(",", "\t").replace("Eve", "Ève 丁").encode("utf-16"))
    assert company("import", file).exit_code == 0
    assert "account,eve@example.org,,Ève 丁," in company("export").stdout


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


def test_a_column_is_imported_as_an_attribute(company: Run, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("type,address,Cost center,Etage\naccount,ada@example.org,4711,3\n")
    options = ["--attribute", "Cost center=cost_center", "--attribute", "ETAGE=floor"]
    result = company("import", *options, file)
    assert result.stdout == (
        '~ account ada@example.org: attribute.cost_center "" → "4711", attribute.floor "" → "3"\n'
        "1 records read: 0 new, 1 changed. Saved.\n"
    )
    assert company("import", *options, file).stdout.endswith("Nothing to save.\n")
    exported = tmp_path / "all.ldif"
    assert company("export", "-o", exported).exit_code == 0
    assert "contactsGroupsAttribute: floor=3" in exported.read_text()
    assert company("import", exported).stdout.endswith("Nothing to save.\n")

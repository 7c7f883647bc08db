"""The index is built, inspected and compared with the database by hand."""

import sqlite3
from pathlib import Path

import pytest

from contactsgroups.autocomplete.state import ShardDirectory
from tests.cli.conftest import Run

DOMAIN = "example.org"


@pytest.fixture
def shard(company: Run, state: Path) -> Path:
    """The directory of a freshly built index."""
    assert company("index", "build").exit_code == 0
    (directory,) = (state / "index").iterdir()
    return directory


def test_building_says_how_much_there_is(company: Run) -> None:
    assert company("index", "build").stdout == "example.org: 3 entries\n"
    assert company("index", "build", "EXAMPLE.org").exit_code == 0
    assert company("index", "build", "example.net").exit_code == 68


@pytest.mark.parametrize("command", ["build", "status", "verify"])
def test_where_a_domain_is_not_served_nothing_is_done_for_the_others(
    company: Run, state: Path, command: str
) -> None:
    result = company("index", command, DOMAIN, "example.net", DOMAIN)
    assert (result.exit_code, result.stdout) == (68, "")
    assert "example.net" in result.stderr
    assert not list((state / "index").iterdir())


def test_a_build_beside_another_one_is_refused(company: Run, shard: Path) -> None:
    with ShardDirectory(shard).locked_for_base(wait=False):
        result = company("index", "build")
    assert result.exit_code == 75
    assert "another process is building" in result.stderr


def test_status_says_whether_there_is_an_index(company: Run) -> None:
    before = company("index", "status")
    assert before.exit_code == 1
    assert before.stdout.startswith("example.org: missing: ")
    company("index", "build")
    after = company("index", "status")
    assert after.exit_code == 0
    assert after.stdout.startswith("example.org: ready, 3 entries, ")
    assert after.stdout.endswith(" 0 behind\n")


def test_an_index_follows_the_journal_and_says_how_far_it_is_behind(
    company: Run, shard: Path
) -> None:
    company("group", "add-member", "team@example.org", "bob@example.org")
    assert company("index", "status").stdout.endswith(" MB, 1 behind\n")
    assert company("index", "verify").stdout == "example.org: as the database\n"


@pytest.mark.usefixtures("shard")
def test_verifying_names_what_differs(company: Run, state: Path) -> None:
    connection = sqlite3.connect(state / "contactsgroups.sqlite")
    connection.execute(
        "UPDATE contactsgroups_accounts SET display_name = 'Adele' WHERE address LIKE 'ada@%'"
    )
    connection.execute("UPDATE contactsgroups_accounts SET active = 0 WHERE address LIKE 'bob@%'")
    connection.execute("UPDATE contactsgroups_groups SET disabled = 1")
    connection.commit()
    result = company("index", "verify")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0].startswith(
        "example.org: ada@example.org: in the index, name is 'Ada', should be 'Adele', payload is"
    )
    assert result.stdout.splitlines()[1:] == [
        "example.org: bob@example.org: the index has it, the database does not list it",
        "example.org: team@example.org: the index has it, the database does not list it",
    ]
    connection.execute("UPDATE contactsgroups_groups SET disabled = 0")
    connection.commit()
    connection.close()
    company("index", "build")
    assert company("index", "verify").exit_code == 0


def test_a_damaged_index_is_told_by_its_file(company: Run, shard: Path) -> None:
    (file,) = shard.glob("*/records")
    content = bytearray(file.read_bytes())
    content[0] ^= 1
    file.write_bytes(content)
    result = company("index", "verify")
    assert result.exit_code == 1
    assert result.stdout == "example.org: cannot be used: records fails its checksum\n"
    file.write_bytes(content[:-1])
    result = company("index", "status")
    assert result.stdout.startswith("example.org: damaged: ")


def test_own_address_books_are_read_again(company: Run, state: Path) -> None:
    book = state / "collections/collection-root/ada@example.org/friends"
    book.mkdir(parents=True)
    (book / ".Radicale.props").write_text('{"tag": "VADDRESSBOOK"}')
    lines = ["BEGIN:VCARD", "VERSION:3.0", "UID:1", "FN:Grace", "EMAIL:grace@a.example"]
    (book / "1.vcf").write_text("\r\n".join([*lines, "END:VCARD", ""]))
    assert company("index", "contacts").stdout == "ada@example.org: 1 addresses\n"
    result = company("index", "contacts", "bob@example.org")
    assert result.stdout == "bob@example.org: 0 addresses\n"

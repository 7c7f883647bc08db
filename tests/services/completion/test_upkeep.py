"""The index is built, looked at and compared with the database by hand."""

from pathlib import Path

import pytest
from sqlalchemy import update

from contactsgroups.autocomplete import IndexMissing
from contactsgroups.domain.errors import DomainNotFound
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, JournalCounter
from contactsgroups.services.completion import CompletionIndex
from contactsgroups.services.completion.upkeep import IndexState, IndexUpkeep
from tests.directories import add_account, add_group
from tests.services.conftest import ADA


@pytest.fixture
def upkeep(small: Database, tmp_path: Path) -> IndexUpkeep:
    return IndexUpkeep(small, CompletionIndex(small, tmp_path / "index"))


def differences(upkeep: IndexUpkeep) -> list[str]:
    return [str(each) for each in upkeep.verify("example.org")]


def test_an_index_is_missing_then_ready_then_behind(small: Database, upkeep: IndexUpkeep) -> None:
    assert upkeep.status("example.org").state is IndexState.MISSING
    assert upkeep.build("example.org") == 4
    ready = upkeep.status("example.org")
    assert (ready.state, ready.entries, ready.behind) == (IndexState.READY, 4, 0)
    assert ready.size > 0
    add_account(small, "kim@example.org")
    assert upkeep.status("example.org").behind == 1
    assert differences(upkeep) == []


def test_a_build_tells_how_far_it_is(small: Database, upkeep: IndexUpkeep) -> None:
    seen: list[tuple[str, int, int]] = []
    upkeep.build("example.org", lambda *report: seen.append(report))
    stages = list(dict.fromkeys(stage for stage, _, _ in seen))
    assert stages[0] == "reading"
    assert len(stages) > 2
    for stage in stages[:-1]:
        assert (stage, 1, 1) in seen
    assert all(done <= total for _, done, total in seen)


def test_what_the_journal_does_not_know_is_found(small: Database, upkeep: IndexUpkeep) -> None:
    add_group(small, "team@example.org", "ada@example.org")
    upkeep.build("example.org")
    with small.write() as session:
        for address, values in (
            ("ada@example.org", {"display_name": "Adele"}),
            ("bob@example.org", {"active": False}),
        ):
            session.execute(update(Account).where(Account.address == address).values(**values))
    changed, missing = differences(upkeep)
    assert changed.startswith("ada@example.org: in the index, name is 'Ada', should be 'Adele'")
    assert missing == "bob@example.org: the index has it, the database does not list it"


def test_an_index_of_another_database_is_outdated(small: Database, upkeep: IndexUpkeep) -> None:
    upkeep.build("example.org")
    with small.write() as session:
        session.execute(update(JournalCounter).values(epoch="another"))
    assert upkeep.status("example.org").state is IndexState.OUTDATED


def test_a_damaged_index_says_which_file(
    small: Database, upkeep: IndexUpkeep, tmp_path: Path
) -> None:
    upkeep.build("example.org")
    (file,) = (tmp_path / "index").glob("*/*/records")
    content = bytearray(file.read_bytes())
    content[0] ^= 1
    file.write_bytes(content)
    status = upkeep.status("example.org")
    assert (status.state, status.reason) == (
        IndexState.DAMAGED,
        "records fails its checksum",
    )


def test_domains_that_are_not_served_and_indexes_that_are_not_built_are_errors(
    upkeep: IndexUpkeep,
) -> None:
    for ask in (upkeep.build, upkeep.status, lambda name: list(upkeep.verify(name))):
        with pytest.raises(DomainNotFound):
            ask("unknown.example")
    with pytest.raises(IndexMissing):
        differences(upkeep)
    assert upkeep.domains() == ["example.net", "example.org"]


def test_the_product_answers_from_what_was_built_by_hand(
    small: Database, upkeep: IndexUpkeep, tmp_path: Path
) -> None:
    upkeep.build("example.org")
    built = {path: path.stat().st_mtime_ns for path in (tmp_path / "index").glob("*/base-*")}
    index = CompletionIndex(small, tmp_path / "index", interval=0)
    assert [each.address for each in index.complete(ADA, "zo")] == ["zoe@example.org"]
    index.close()
    assert built == {
        path: path.stat().st_mtime_ns for path in (tmp_path / "index").glob("*/base-*")
    }

"""Migrations, checks, and the pages of the documentation that are made from the code."""

import json
import os
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from contactsgroups.cli.commands_page import render_commands
from contactsgroups.cli.group_settings_page import render_group_settings
from contactsgroups.cli.settings_page import render_settings
from contactsgroups.delivery import listening
from contactsgroups.settings import Settings
from tests.cli.conftest import Run
from tests.later_schema import LATER, add_later_revision
from tests.repeating import repeated
from tests.servers.program import state_directory

ADD_MEMBER = (
    "INSERT INTO contactsgroups_members (group_id, address, original, added_at)"
    " SELECT id, {0}, {0}, created_at FROM contactsgroups_groups"
)
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def state() -> Iterator[Path]:
    """A state directory that Postfix may look into, as pytest's own would not be."""
    with state_directory("check") as root:
        yield root / "state"


def _change(state: Path, *statements: str) -> None:
    """Do to the database what no use case does."""
    connection = sqlite3.connect(state / "contactsgroups.sqlite")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def _findings(run: Run) -> tuple[int, list[str]]:
    result = run("check", "--json")
    found = json.loads(result.stdout)["findings"]
    return result.exit_code, [f"{each['severity']}: {each['text']}" for each in found]


@pytest.fixture
def checked(company: Run) -> Run:
    """A company of which everything is published and right."""
    assert company("publish").exit_code == 0
    return company


def test_upgrading_twice_is_harmless(run: Run) -> None:
    assert run("db", "status").exit_code == 1
    assert run("db", "upgrade").stdout == "ran migrations: 0001\n"
    assert run("db", "upgrade").stdout == "the database is up to date\n"
    assert run("db", "status").stdout == "the database is up to date\n"


def test_an_older_database_is_left_alone_until_it_is_upgraded(
    company: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    add_later_revision(monkeypatch, tmp_path)
    refused = company("domain", "list")
    assert refused.exit_code == os.EX_TEMPFAIL
    assert "run contactsgroups db upgrade" in refused.stderr
    assert company("check").exit_code == 2
    assert company("db", "upgrade").stdout == f"ran migrations: {LATER}\n"
    assert company("domain", "list").exit_code == 0


def test_a_database_of_a_newer_version_is_left_alone(company: Run, state: Path) -> None:
    _change(state, "UPDATE contactsgroups_schema_version SET version_num = '9999'")
    refused = company("domain", "list")
    assert "of a newer version: revision 9999 is unknown" in refused.stderr


def test_nothing_wrong_is_zero(checked: Run) -> None:
    result = checked("check")
    assert result.exit_code == 0, result.output
    assert result.stdout == "No inconsistencies found.\n"
    assert json.loads(checked("check", "--json").stdout) == {"status": "ok", "findings": []}


@pytest.mark.parametrize(("chroot", "inside", "code"), [("y", 0, 1), ("y", 1, 0), ("n", 0, 0)])
def test_a_policy_socket_outside_of_postfixs_chroot_is_a_warning(
    checked: Run,
    state: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    chroot: str,
    inside: int,
    code: int,
) -> None:
    queue = state if inside else state.parent / "queue"
    (tmp_path / "main.cf").write_text(f"compatibility_level = 3.6\nqueue_directory = {queue}\n")
    (tmp_path / "master.cf").write_text(f"smtp inet n - {chroot} - - smtpd\n")
    monkeypatch.setenv("MAIL_CONFIG", str(tmp_path))
    listener = listening.listen(str(state / "policy.sock"), "")
    result = checked("check")
    listener.close()
    assert result.exit_code == code, result.output
    assert ("its daemons are in a chroot" in result.stdout) is bool(code)


def test_an_open_policy_socket_is_an_error(
    checked: Run, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(state / "policy.sock"))
        (state / "policy.sock").chmod(0o666)
        result = checked("check")
        monkeypatch.setenv("CONTACTSGROUPS_POLICY_GROUP", "no-such-group")
        nowhere = checked("check")
    assert result.exit_code == nowhere.exit_code == 2
    assert f"error: policy: every user can connect to {state}/policy.sock" in result.stdout
    assert "error: policy: there is no group no-such-group" in nowhere.stdout


def test_what_is_not_published_yet_is_a_warning(company: Run) -> None:
    code, (finding,) = _findings(company)
    assert code == 1
    assert "nothing is published" in finding


def test_maps_that_differ_from_the_database_are_errors(checked: Run) -> None:
    checked("account", "add", "kim@example.org")
    code, findings = _findings(checked)
    assert code == 2
    assert any("virtual_mailbox: kim@example.org gives None" in each for each in findings)


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        (
            ADD_MEMBER.format("contactsgroups_groups.address"),
            "error: groups contain each other: team@example.org → team@example.org",
        ),
        (
            ADD_MEMBER.format("'no@example.org'"),
            "warning: no@example.org is in team@example.org, but there is no such mailbox",
        ),
        (
            "UPDATE contactsgroups_addresses SET holder = 'alias' WHERE address LIKE 'ada@%'",
            "error: ada@example.org is claimed by alias and held by account",
        ),
        ("DELETE FROM contactsgroups_recipients", "error: team@example.org lacks ada@example.org"),
        (
            "UPDATE contactsgroups_groups SET recipient_count = 0",
            "warning: team@example.org has no recipients",
        ),
        (
            "UPDATE contactsgroups_groups SET external_count = 7",
            "error: team@example.org: external_count is 7, should be 0",
        ),
        (
            "DELETE FROM contactsgroups_cards",
            "error: team@example.org has no card in the address books",
        ),
        (
            "UPDATE contactsgroups_groups SET display_name = 'Other'",
            "error: the card of team@example.org is out of date",
        ),
        (
            "UPDATE contactsgroups_groups SET show_in_contacts = 0",
            "error: team@example.org has a card, although it is not shown",
        ),
    ],
)
def test_contradictions_in_the_database_are_found(
    checked: Run, state: Path, statement: str, finding: str
) -> None:
    _change(state, statement)
    code, findings = _findings(checked)
    assert finding in findings
    assert code >= 1


def test_members_that_do_not_follow_the_directory_are_found(checked: Run, state: Path) -> None:
    rows = (
        "type,address,name,department,kind\naccount,ada@example.org,Ada,IT\n"
        "group,it@example.org,IT,IT,department\n"
    )
    checked("import", "--format=csv", "-", standard_input=rows)
    _change(state, "UPDATE contactsgroups_accounts SET department_id = NULL")
    _, findings = _findings(checked)
    assert "error: it@example.org has ada@example.org, which should not be in it" in findings


def test_files_that_are_too_open_or_too_closed_are_found(checked: Run, state: Path) -> None:
    checked("token", "ada@example.org")
    (state / "secret_key").chmod(0o644)
    maps = sorted((state / "maps").glob("*.lmdb"))
    maps[0].chmod(0o600)
    maps[1].chmod(0o666)
    _, findings = _findings(checked)
    assert f"warning: {state}/secret_key is open to every user" in findings
    assert f"warning: Postfix cannot read {maps[0]}: it is closed to other users" in findings
    assert f"error: every user can change {maps[1]}" in findings


def come_and_go(folder: Path) -> None:
    """Make directories with files, and remove them, as a running service does all the time."""
    for number in range(20):
        (folder / f"{number}").mkdir(parents=True)
        (folder / f"{number}" / "file").touch()
    shutil.rmtree(folder)


def test_files_that_vanish_during_the_check_are_no_fault(checked: Run, state: Path) -> None:
    (state / "index").mkdir(exist_ok=True)
    with repeated(lambda: come_and_go(state / "index" / "passing"), pause=0.001):
        for _ in range(5):
            assert _findings(checked)[0] < 2


def test_settings_are_shown_without_the_secret_key(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTACTSGROUPS_SECRET_KEY", "s" * 40)
    shown = run("settings").stdout
    assert "secret_key = (set)\n" in shown
    assert "sss" not in shown
    assert all(f"{name} = " in shown for name in Settings.__dataclass_fields__)


def test_the_page_of_settings_is_up_to_date() -> None:
    """Run ``make docs`` if it is not."""
    assert (DOCS / "settings.md").read_text() == render_settings()


def test_the_page_of_commands_is_up_to_date() -> None:
    """Run ``make docs`` if it is not."""
    assert (DOCS / "commands.md").read_text() == render_commands()


def test_the_page_of_group_settings_is_made_from_the_settings() -> None:
    """Run ``make docs`` if it is not."""
    assert (DOCS / "group-settings.md").read_text() == render_group_settings()

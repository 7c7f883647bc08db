"""Memberships end and deleted groups are forgotten when their time has come."""

import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from contactsgroups.bootstrap import Core, open_core
from contactsgroups.cli import upkeep
from contactsgroups.domain.errors import Unavailable
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence.models import DeletedGroup, Member
from contactsgroups.services import groups
from contactsgroups.services.groups.deleted_groups import list_deleted
from contactsgroups.services.groups.member_ends import set_last_day
from contactsgroups.services.groups.members import list_members
from contactsgroups.settings import from_mapping
from tests.cli.conftest import Run
from tests.directories import add_accounts, add_group
from tests.outbox import waiting
from tests.servers.program import END_SECONDS, wait_for

BOB = "bob@example.org"


def test_what_is_due_is_forgotten_and_a_fault_does_not_end_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    core = open_core(from_mapping({"state": tmp_path}), upgrade=True)
    add_accounts(core.database, ["ada"])
    uuid = add_group(core.database, "team@example.org", "ada@example.org").uuid
    groups.remove_group(core.database, OPERATOR, uuid)
    assert upkeep.step(core, datetime.now(UTC)) == 0
    with core.database.write() as session:
        session.execute(update(DeletedGroup).values(expires_at=datetime.now(UTC)))

    def fail(_database: object) -> int:
        raise Unavailable("the database does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(upkeep, "purge_expired", fail)
        assert upkeep.step(core, datetime.now(UTC)) == 0
    assert "deleted groups cannot be purged" in caplog.text
    stop = threading.Event()
    stop.set()
    upkeep.follow(core, stop)
    assert list_deleted(core.database, OPERATOR).groups == ()
    core.close()


def test_notices_that_nothing_sends_are_given_up_after_five_days(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    core = open_core(from_mapping({"state": tmp_path}), upgrade=True)
    add_accounts(core.database, ["ada"])
    add_group(core.database, "team@example.org", "zed@elsewhere.example", notify_members=True)
    upkeep.step(core, datetime.now(UTC) + timedelta(days=4))
    assert len(waiting(core.database)) == 1
    upkeep.step(core, datetime.now(UTC) + timedelta(days=5))
    assert waiting(core.database) == []
    assert "gave up 1 notices" in caplog.text
    core.close()


def test_memberships_end_and_a_fault_does_not_keep_groups_from_being_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    core = open_core(from_mapping({"state": tmp_path}), upgrade=True)
    add_accounts(core.database, ["ada", "bob"])
    uuid = add_group(core.database, "team@example.org", "ada@example.org", "bob@example.org").uuid
    now = datetime.now(UTC)
    set_last_day(core.database, OPERATOR, uuid, ["bob@example.org"], now.date())
    tomorrow = now + timedelta(days=1)

    def fail(_database: object, _now: object) -> int:
        raise Unavailable("the database does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(upkeep, "end_memberships", fail)
        assert upkeep.step(core, tomorrow) == 0
    assert "memberships cannot be ended" in caplog.text
    upkeep.step(core, now)
    assert len(list_members(core.database, OPERATOR, uuid)) == 2
    upkeep.step(core, tomorrow)  # Nothing was done meanwhile: what was due is due still.
    assert [each.address for each in list_members(core.database, OPERATOR, uuid)] == [
        "ada@example.org"
    ]
    core.close()


def test_it_waits_ten_minutes_and_not_past_the_end_of_a_day() -> None:
    noon = datetime(2027, 1, 31, 12, tzinfo=UTC)
    assert upkeep.pause_after(noon) == 600
    late = datetime(2027, 1, 31, 23, 58, tzinfo=UTC)
    assert 120 < upkeep.pause_after(late) < 121


def overdue(state: Path) -> tuple[Core, str]:
    """Return a core on a state where two memberships should have ended, and a group be forgotten.

    With them comes the UUID of the group that those members are still in.
    """
    core = open_core(from_mapping({"state": state}), upgrade=True)
    add_accounts(core.database, ["ada", "bob", "eve"])
    uuid = add_group(core.database, "team@example.org", "ada@example.org", BOB, "x@y.example").uuid
    gone = add_group(core.database, "gone@example.org", "ada@example.org").uuid
    groups.remove_group(core.database, OPERATOR, gone)
    now = datetime.now(UTC)
    with core.database.write() as session:
        late = update(Member).where(Member.address != "ada@example.org")
        session.execute(late.values(until=now.date() - timedelta(days=2)))
        session.execute(update(DeletedGroup).values(expires_at=now))
    return core, uuid


def members_of(core: Core, uuid: str) -> list[str]:
    return [each.address for each in list_members(core.database, OPERATOR, uuid)]


def test_the_command_does_what_is_due_and_says_so(run: Run, state: Path) -> None:
    core, uuid = overdue(state)
    check = run("check")
    assert (
        f"{BOB} and 1 more are in team@example.org after the last day; "
        "let `contactsgroups upkeep` run from cron" in check.output
    )
    result = run("upkeep")
    assert result.exit_code == 0
    assert result.stdout == "memberships ended: 2, deleted groups forgotten: 1\n"
    assert members_of(core, uuid) == ["ada@example.org"]
    assert "last day" not in run("check").output
    assert run("upkeep").stdout == "memberships ended: 0, deleted groups forgotten: 0\n"
    core.close()


def test_the_command_goes_on_until_it_is_told_to_end(state: Path) -> None:
    core, uuid = overdue(state)
    command = [sys.executable, "-m", "contactsgroups", "--state", str(state), "upkeep", "--follow"]
    service = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        wait_for(lambda: len(members_of(core, uuid)) == 1 or service.poll() is not None, 90)
        assert service.poll() is None
        service.send_signal(signal.SIGTERM)
        service.communicate(timeout=END_SECONDS)
    finally:
        service.kill()
        service.wait()
    assert service.returncode == 0
    assert members_of(core, uuid) == ["ada@example.org"]
    core.close()

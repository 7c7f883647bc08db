"""Deleted groups are forgotten when their time has come."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from contactsgroups.bootstrap import open_core
from contactsgroups.cli import upkeep
from contactsgroups.domain.errors import Unavailable
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence.models import DeletedGroup
from contactsgroups.services import groups
from contactsgroups.services.groups.deleted_groups import list_deleted
from contactsgroups.settings import from_mapping
from tests.directories import add_accounts, add_group


def test_what_is_due_is_forgotten_and_a_fault_does_not_end_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    core = open_core(from_mapping({"state": tmp_path}), upgrade=True)
    add_accounts(core.database, ["ada"])
    uuid = add_group(core.database, "team@example.org", "ada@example.org").uuid
    groups.remove_group(core.database, OPERATOR, uuid)
    assert upkeep.step(core) == 0
    with core.database.write() as session:
        session.execute(update(DeletedGroup).values(expires_at=datetime.now(UTC)))

    def fail(_database: object) -> int:
        raise Unavailable("the database does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(upkeep, "purge_expired", fail)
        assert upkeep.step(core) == 0
    assert "deleted groups cannot be purged" in caplog.text
    stop = threading.Event()
    stop.set()
    upkeep.follow(core, stop)
    assert list_deleted(core.database, OPERATOR).groups == ()
    core.close()

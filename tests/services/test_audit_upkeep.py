"""The whole audit log is verified once a day, slowly, and not when the program ends."""

import logging
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import delete

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import AuditRow
from contactsgroups.persistence.models.base import utc_now
from contactsgroups.services import audit_upkeep
from contactsgroups.services.audit_upkeep import EVERY, follow, verify_if_due
from contactsgroups.services.audit_verification import Scope, last_verifications, verify_newest


def test_it_is_due_at_first_and_a_day_after_all_was_verified(small: Database) -> None:
    now = utc_now()
    assert verify_if_due(small, now, Event())
    assert not verify_if_due(small, now, Event())
    verify_newest(small, OPERATOR)
    assert verify_if_due(small, now + EVERY + timedelta(minutes=1), Event())
    assert [each.scope for each in last_verifications(small, OPERATOR)] == [Scope.ALL]


def test_what_is_wrong_is_logged(small: Database, caplog: pytest.LogCaptureFixture) -> None:
    with small.engine.begin() as connection:
        connection.execute(delete(AuditRow).where(AuditRow.id == 2))
    with caplog.at_level(logging.ERROR):
        verify_if_due(small, utc_now(), Event())
    assert caplog.messages == ["audit log: entry 2 is missing"]


def test_a_program_that_ends_is_not_kept_waiting(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = Event()
    stopped.set()
    assert not verify_if_due(small, utc_now(), stopped)
    assert last_verifications(small, OPERATOR) == []
    monkeypatch.setattr(audit_upkeep, "_LOOK_SECONDS", 3600)
    follow(small, stopped)

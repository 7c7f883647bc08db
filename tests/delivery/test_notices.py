"""A new member is told once, whatever happens to the sender in between."""

import smtplib
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from contactsgroups.delivery import notices
from contactsgroups.delivery.notice_message import TEXTS, make_message
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence.models import OutboxRow
from contactsgroups.services.delivery import outbox
from contactsgroups.services.delivery.outbox import Notice
from contactsgroups.services.groups import members
from tests.directories import add_accounts, add_group
from tests.services.conftest import empty_database  # noqa: F401

NOW = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture
def database(empty_database):  # noqa: F811
    add_accounts(empty_database, ["ada", "bob"])
    return empty_database


@pytest.fixture
def uuid(database):
    return add_group(database, "team@example.org", "ada@example.org", notify_members=True).uuid


def claimed(database, sender="a", now=NOW):
    return [each.recipient for each in outbox.claim_due(database, sender, now)]


def test_each_addition_is_one_notice_and_is_claimed_by_one_sender(database, uuid):
    members.add_members(database, OPERATOR, uuid, ["bob@example.org", "eve@example.net"])
    assert claimed(database) == ["ada@example.org", "bob@example.org", "eve@example.net"]
    assert claimed(database, "b") == []
    assert len(claimed(database, "b", NOW + outbox.LEASE + timedelta(seconds=1))) == 3


def test_who_is_removed_before_is_not_told(database, uuid):
    members.add_members(database, OPERATOR, uuid, ["bob@example.org"])
    members.remove_member(database, OPERATOR, uuid, "bob@example.org")
    assert claimed(database) == ["ada@example.org"]


def test_a_group_that_tells_nobody_writes_nothing(database):
    add_group(database, "quiet@example.org", "ada@example.org")
    assert claimed(database) == []


@pytest.mark.parametrize(("code", "left"), [(451, 1), (550, 0)])
def test_only_what_is_refused_for_good_is_not_tried_again(database, uuid, monkeypatch, code, left):
    def refuse(*_):
        raise smtplib.SMTPDataError(code, b"no")

    monkeypatch.setattr(notices, "_hand_over", refuse)
    assert notices.send_due(SimpleNamespace(database=database)) == 0
    with database.read() as session:
        rows = session.scalars(select(OutboxRow)).all()
        assert [row.attempts for row in rows] == [1] * left


@given(st.text(), st.text(), st.sampled_from(sorted(TEXTS)))
def test_no_name_adds_a_header(name, by, language):
    notice = Notice(
        id=1, event="e", recipient="a@example.org", group="g@example.org", group_name=name,
        by=by, created_at=NOW, attempts=0,
    )  # fmt: skip
    message = make_message(notice, language)
    assert len(message.keys()) == 8
    assert len(message.as_bytes().split(b"\n\n")[0].split(b"\nSubject:")) == 2

"""A new member is told once, whatever happens to the sender in between."""

import smtplib
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from contactsgroups.delivery import notices
from contactsgroups.delivery.notice_message import TEXTS, make_message
from contactsgroups.persistence.models import OutboxRow
from contactsgroups.services.delivery.outbox import Notice
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

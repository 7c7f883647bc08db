"""One sender gets a notice, and only while it is true."""

from datetime import UTC, datetime, timedelta

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.delivery import outbox
from contactsgroups.services.groups import members
from tests.directories import add_group

NOW = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture
def uuid(database):
    return add_group(database, "team@example.org", "ada@example.org", notify_members=True).uuid


def claimed(database, sender="a", now=NOW):
    return [each.recipient for each in outbox.claim_due(database, sender, now)]


def test_each_addition_is_one_notice_and_is_claimed_by_one_sender(database, uuid):
    members.add_members(database, OPERATOR, uuid, ["bob@example.org", "eve@elsewhere.example"])
    assert claimed(database) == ["ada@example.org", "bob@example.org", "eve@elsewhere.example"]
    assert claimed(database, "b") == []
    assert len(claimed(database, "b", NOW + outbox.LEASE + timedelta(seconds=1))) == 3


def test_who_is_removed_before_is_not_told(database, uuid):
    members.add_members(database, OPERATOR, uuid, ["bob@example.org"])
    members.remove_member(database, OPERATOR, uuid, "bob@example.org")
    assert claimed(database) == ["ada@example.org"]

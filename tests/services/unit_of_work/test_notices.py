"""A group that tells nobody writes no notice."""

from datetime import UTC, datetime

from contactsgroups.services.delivery import outbox
from tests.directories import add_group

NOW = datetime(2099, 1, 1, tzinfo=UTC)


def claimed(database, sender="a", now=NOW):
    return [each.recipient for each in outbox.claim_due(database, sender, now)]


def test_a_group_that_tells_nobody_writes_nothing(database):
    add_group(database, "quiet@example.org", "ada@example.org")
    assert claimed(database) == []

"""An approved message is claimed by one worker, and goes on where another one was killed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from contactsgroups.domain.errors import Unavailable
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Hold, HoldPart
from contactsgroups.services import groups
from contactsgroups.services.groups.editing import draft_like
from contactsgroups.services.groups.members import remove_member
from contactsgroups.services.moderation.decisions import approve_message
from contactsgroups.services.moderation.delivering import (
    claim_next,
    finish,
    note_copies,
    postpone,
    read_content,
    release,
)
from tests.directories import changed_draft
from tests.services.moderation.holds import CONTENT, add_moderated, hold, parts, stored


def change(database: Database, uuid: str, **values: object) -> None:
    with database.write_private() as session:
        session.execute(update(Hold).where(Hold.uuid == uuid).values(values))


def test_only_what_is_approved_is_claimed_and_by_one_worker_only(database: Database) -> None:
    uuid = hold(database, add_moderated(database))
    assert claim_next(database, "a") is None
    approve_message(database, OPERATOR, uuid)

    with ThreadPoolExecutor(4) as executor:
        claims = list(executor.map(lambda name: claim_next(database, name), "abcd"))

    (claimed,) = filter(None, claims)
    assert claimed.uuid == uuid
    assert claimed.mailboxes == {"ada@example.org", "eve@example.org"}
    assert read_content(database, claimed) == CONTENT


def test_another_worker_goes_on_behind_what_was_noted(database: Database) -> None:
    uuid = hold(database, add_moderated(database))
    approve_message(database, OPERATOR, uuid)
    killed = claim_next(database, "a")
    assert killed
    note_copies(database, killed, ["ada@example.org"])
    assert claim_next(database, "b") is None
    change(database, uuid, claimed_until=datetime.now(UTC) - timedelta(seconds=1))

    other = claim_next(database, "b")

    assert other
    assert other.mailboxes == {"eve@example.org"}
    with pytest.raises(Unavailable, match="another worker"):
        note_copies(database, killed, ["eve@example.org"])
    note_copies(database, other, ["ada@example.org", "eve@example.org"])
    finish(database, other)
    assert stored(database, uuid).state == "delivered"
    assert parts(database) == []
    assert claim_next(database, "c") is None


def test_what_could_not_be_sent_is_tried_again_later_and_later(database: Database) -> None:
    uuid = hold(database, add_moderated(database))
    approve_message(database, OPERATOR, uuid)
    pauses = []
    for _ in range(8):
        change(database, uuid, due_at=datetime.now(UTC))
        claimed = claim_next(database, "a")
        assert claimed
        postpone(database, claimed, "Postfix is away")
        pauses.append((stored(database, uuid).due_at - datetime.now(UTC)).total_seconds())
    assert claim_next(database, "a") is None
    assert pauses[0] <= 5
    assert 250 < pauses[-1] <= 300
    assert stored(database, uuid).last_error == "Postfix is away"


def test_members_are_those_of_the_moment_and_a_closed_group_waits(small: Database) -> None:
    group = add_moderated(small)
    uuid = hold(small, group)
    approve_message(small, OPERATOR, uuid)
    remove_member(small, OPERATOR, group.uuid, "eve@example.org")
    claimed = claim_next(small, "a")
    assert claimed
    assert (claimed.mailboxes, claimed.is_open) == ({"ada@example.org"}, True)
    postpone(small, claimed, "x")
    change(small, uuid, due_at=datetime.now(UTC))
    shown = groups.show_group(small, OPERATOR, group.uuid)
    disabled = changed_draft(draft_like(shown), disabled=True)
    groups.update_group(small, OPERATOR, group.uuid, shown.version, disabled)
    claimed = claim_next(small, "a")
    assert claimed
    assert not claimed.is_open


def test_a_message_that_is_not_whole_is_never_sent(small: Database) -> None:
    uuid = hold(small, add_moderated(small))
    approve_message(small, OPERATOR, uuid)
    claimed = claim_next(small, "a")
    assert claimed
    with small.write_private() as session:
        session.execute(update(HoldPart).values(content=b"x"))
    with pytest.raises(Unavailable, match="missing"):
        read_content(small, claimed)


def test_of_one_message_to_two_groups_one_is_sent_after_the_other(database: Database) -> None:
    """Whoever is in both gets one copy, also where two hosts send."""
    first = hold(database, add_moderated(database))
    second = hold(database, add_moderated(database, "other@example.org"))
    alone = hold(database, add_moderated(database, "third@example.org"), digest="2")
    for each in (first, second, alone):
        approve_message(database, OPERATOR, each)

    one, other = claim_next(database, "a"), claim_next(database, "b")

    assert one
    assert other
    assert (one.uuid, other.uuid) == (first, alone)
    assert claim_next(database, "b") is None
    note_copies(database, one, one.mailboxes)
    finish(database, one)
    then = claim_next(database, "b")
    assert then
    assert (then.uuid, then.mailboxes) == (second, frozenset())


def test_what_is_given_back_is_due_at_once(database: Database) -> None:
    uuid = hold(database, add_moderated(database))
    approve_message(database, OPERATOR, uuid)
    claimed = claim_next(database, "a")
    assert claimed
    release(database, claimed)
    assert claim_next(database, "b")
    assert stored(database, uuid).attempts == 0

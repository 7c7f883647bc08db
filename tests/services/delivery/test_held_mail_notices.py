"""What moderators and senders read of held messages, as long as it is so."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from contactsgroups.domain.address import Address
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Hold
from contactsgroups.services.groups import GroupDetails
from contactsgroups.services.moderation.decisions import approve_message, reject_message
from contactsgroups.services.moderation.upkeep import tidy_holds
from tests.directories import add_account
from tests.outbox import clear_outbox, due, told, waiting
from tests.services.moderation.holds import STRANGER, add_moderated, hold

BOB = Principal(address=Address.parse("bob@example.org"))


@pytest.fixture
def team(small: Database) -> GroupDetails:
    return add_moderated(small)


def test_a_stranger_is_called_one(small: Database, team: GroupDetails) -> None:
    hold(small, team, evidence=STRANGER)
    (notice,) = due(small)
    assert "Nothing proves the sender" in notice.text.paragraphs[1]


def test_what_is_decided_meanwhile_is_not_told(small: Database, team: GroupDetails) -> None:
    uuid = hold(small, team)
    approve_message(small, BOB, uuid)
    assert waiting(small) == [("held", "bob@example.org")]
    assert told(small) == []


def test_who_is_no_moderator_any_more_reads_nothing(small: Database, team: GroupDetails) -> None:
    hold(small, team)
    add_account(small, "bob@example.org", active=False)
    assert told(small) == []


def test_a_sender_reads_that_it_was_rejected_and_the_note(
    small: Database, team: GroupDetails
) -> None:
    uuid = hold(small, team)
    reject_message(small, BOB, uuid, "Not here,\nplease.")
    (notice,) = due(small)
    assert notice.recipient == "zoe@example.org"
    assert notice.text.subject == "Your message to team@example.org was not sent"
    assert "A moderator has rejected your message" in notice.text.paragraphs[0]
    assert "Hello" in notice.text.paragraphs
    assert notice.text.paragraphs[-2:] == ("The moderator\u2019s note:", "Not here,\nplease.")
    assert "bob" not in str(notice.text)


def test_without_a_note_nothing_is_said_of_one(small: Database, team: GroupDetails) -> None:
    reject_message(small, BOB, hold(small, team))
    (notice,) = due(small)
    assert [each for each in notice.text.paragraphs if each][-1] == "Hello"


def test_a_message_that_waited_too_long_tells_its_sender(
    small: Database, team: GroupDetails
) -> None:
    hold(small, team, days=-0.01)
    tidy_holds(small)
    (notice,) = due(small)
    assert notice.recipient == "zoe@example.org"
    assert "Nobody has decided in time" in notice.text.paragraphs[0]


def test_what_was_approved_and_could_not_be_sent_says_so(
    small: Database, team: GroupDetails
) -> None:
    uuid = hold(small, team)
    approve_message(small, BOB, uuid)
    clear_outbox(small)
    _let_pass_its_time(small, uuid)
    tidy_holds(small)
    (notice,) = due(small)
    assert "was approved, but could not be sent" in notice.text.paragraphs[0]


def _let_pass_its_time(small: Database, uuid: str) -> None:
    past = datetime(2020, 1, 1, tzinfo=UTC)
    with small.write_private() as session:
        session.execute(update(Hold).where(Hold.uuid == uuid).values(expires_at=past))

"""Who is told of held messages: moderators of what waits, known senders of what was not sent."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.posting import Evidence
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.services.accounts import appoint_administrator
from contactsgroups.services.groups import GroupDetails
from contactsgroups.services.moderation import telling
from contactsgroups.services.moderation.decisions import (
    approve_message,
    discard_message,
    reject_message,
)
from tests.directories import CONFIRMED, add_account
from tests.outbox import clear_outbox, due, told, waiting
from tests.services.moderation.holds import STRANGER, add_moderated, hold

BOB = Principal(address=Address.parse("bob@example.org"))
TRUSTED = Evidence(envelope_sender=Address.parse("zoe@example.org"), trusted=True)


@pytest.fixture
def team(database: Database) -> GroupDetails:
    return add_moderated(database)


def test_moderators_are_told_in_the_transaction_that_holds(
    database: Database, team: GroupDetails
) -> None:
    uuid = hold(database, team)
    assert waiting(database) == [("held", "bob@example.org")]
    (notice,) = due(database)
    assert notice.text.subject == "A message to Team waits for you"
    assert notice.text.paragraphs[0].startswith(
        "Zoe (zoe@example.org) has written to the group Team (team@example.org)."
    )
    assert notice.text.paragraphs[1] == "zoe@example.org was signed in."
    assert "Hello" in notice.text.paragraphs
    assert notice.text.page == f"/held/{uuid}"


def test_without_moderators_owners_are_told_and_then_administrators(database: Database) -> None:
    owned = {"moderators": [], "owners": ["eve@example.org"]}
    team = add_moderated(database, **owned)
    hold(database, team)
    assert told(database) == ["eve@example.org"]
    clear_outbox(database)
    add_account(database, "ada@example.org")
    appoint_administrator(database, CONFIRMED, "ada@example.org", domain="example.org")
    add_account(database, "eve@example.org", active=False)
    hold(database, team, digest="2")
    assert told(database) == ["ada@example.org"]


def test_of_a_flood_some_are_told(database: Database, team: GroupDetails) -> None:
    for number in range(telling.ANNOUNCED + 5):
        hold(database, team, digest=f"n{number}", evidence=STRANGER)
    assert len(waiting(database)) == telling.ANNOUNCED


def test_the_moderators_of_a_group_inside_are_told_when_it_is_their_turn(
    database: Database,
) -> None:
    inner = add_moderated(database, "inner@example.org", moderators=["eve@example.org"])
    outer = add_moderated(database, "outer@example.org")
    uuid = hold(database, outer, inner)
    assert told(database) == ["bob@example.org"]
    clear_outbox(database)
    assert approve_message(database, BOB, uuid).asks_further
    assert told(database) == ["eve@example.org"]


@pytest.mark.parametrize("evidence", [STRANGER, TRUSTED], ids=["forged", "trusted"])
def test_who_was_not_signed_in_is_told_nothing(
    database: Database, team: GroupDetails, evidence: Evidence
) -> None:
    reject_message(database, BOB, hold(database, team, evidence=evidence), "No.")
    assert told(database) == []


def test_a_discarded_message_tells_nobody(database: Database, team: GroupDetails) -> None:
    discard_message(database, BOB, hold(database, team))
    assert told(database) == []


def test_who_rejects_its_own_message_knows(database: Database, team: GroupDetails) -> None:
    own = Evidence(login=BOB.address)
    reject_message(database, BOB, hold(database, team, evidence=own))
    assert told(database) == []

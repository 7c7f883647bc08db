"""Cards change when what they show changes, and leave a tombstone."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Card
from contactsgroups.services import groups
from contactsgroups.services.address_books import open_book
from contactsgroups.services.groups import members
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.unit_of_work import write
from contactsgroups.services.unit_of_work.cards import text_of
from tests.directories import add_group, delete_for_good, group_draft
from tests.services.conftest import position


def card_of(database: Database, uuid: str) -> Card | None:
    with database.read() as session:
        card = session.get(Card, uuid)
        if card is not None:
            assert card.text is not None  # It is loaded only when it is asked for.
            session.expunge(card)
        return card


def change(database: Database, uuid: str, **values: object) -> None:
    """Change columns of a group within a unit of work."""
    with write(database, OPERATOR) as work:
        row = require_group(work.session, uuid)
        for name, value in values.items():
            setattr(row, name, value)
        work.changed_group(row)


def test_a_listed_group_has_a_card_of_what_people_see(small: Database) -> None:
    group = add_group(small, "Sales@Example.org", "ada@example.org", display_name="Größe & Co")
    card = card_of(small, group.uuid)
    assert card is not None
    assert (card.deleted, card.changed_at_sequence) == (False, position(small))
    assert (card.name_folded, card.address) == ("grösse & co", "sales@example.org")
    with small.read() as session:
        assert card.text == text_of(require_group(session, group.uuid))
    assert "FN:Größe & Co\r\n" in card.text
    assert f"UID:{group.uuid}\r\n" in card.text


def test_what_the_card_does_not_show_leaves_it_as_it_is(small: Database) -> None:
    """Or every address book would fetch it again whenever somebody joins."""
    group = add_group(small, "sales@example.org", "ada@example.org")
    before = card_of(small, group.uuid)
    members.add_member(small, OPERATOR, group.uuid, "bob@example.org")
    after = card_of(small, group.uuid)
    assert before is not None
    assert after is not None
    assert (after.etag, after.changed_at_sequence) == (before.etag, before.changed_at_sequence)


def test_another_name_is_another_card_at_the_end_of_the_journal(small: Database) -> None:
    group = add_group(small, "sales@example.org", "ada@example.org")
    before = card_of(small, group.uuid)
    change(small, group.uuid, display_name="Selling")
    after = card_of(small, group.uuid)
    assert before is not None
    assert after is not None
    assert after.etag != before.etag
    assert after.changed_at_sequence == position(small) > before.changed_at_sequence
    assert after.name_folded == "selling"


def test_a_hidden_group_leaves_a_tombstone_and_comes_back_as_it_was(small: Database) -> None:
    group = add_group(small, "sales@example.org", "ada@example.org")
    shown = card_of(small, group.uuid)
    change(small, group.uuid, show_in_contacts=False)
    hidden = card_of(small, group.uuid)
    assert shown is not None
    assert hidden is not None
    assert (hidden.deleted, hidden.text, hidden.etag) == (True, "", "")
    assert hidden.changed_at_sequence == position(small)
    change(small, group.uuid, description="Nobody sees this.")
    still = card_of(small, group.uuid)
    assert still is not None
    assert still.changed_at_sequence == hidden.changed_at_sequence
    change(small, group.uuid, show_in_contacts=True, description="")
    again = card_of(small, group.uuid)
    assert again is not None
    assert (again.deleted, again.etag) == (False, shown.etag)


def test_a_removed_group_leaves_a_tombstone_and_one_that_was_never_shown_nothing(
    small: Database,
) -> None:
    shown = add_group(small, "sales@example.org", "ada@example.org")
    never = add_group(small, "secret@example.org", "ada@example.org", show_in_contacts=False)
    for group in (shown, never):
        groups.remove_group(small, OPERATOR, group.uuid)
    tombstone = card_of(small, shown.uuid)
    assert tombstone is not None
    assert tombstone.deleted
    assert card_of(small, never.uuid) is None


SHOWN = {
    "display_name": st.sampled_from(["Sales", "Größe"]),
    "description": st.sampled_from(["", "All of sales"]),
    "address": st.sampled_from(["sales@example.org", "Sales@Example.org"]),
    "show_in_contacts": st.booleans(),
}
NOT_SHOWN = {
    "members": st.sampled_from([("ada@example.org",), ("bob@example.org", "eve@example.org")]),
    "posting_policy": st.sampled_from(["anyone", "members"]),
    "moderated": st.booleans(),
    "show_members": st.booleans(),
    "ignore_auto_replies": st.booleans(),
}


def save(database: Database, uuid: str, values: dict[str, Any], minutes: int) -> None:
    """Save all settings, as the form does; some minutes after the first time."""
    groups.update_group(
        database,
        OPERATOR,
        uuid,
        groups.show_group(database, OPERATOR, uuid).version,
        group_draft(**values, moderators=["ada@example.org"]),
    )
    later = datetime(2030, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    change(database, uuid, updated_at=later)


def token_of(database: Database) -> str:
    book = open_book(database, "ada@example.org")
    assert book is not None
    return book.token


@given(saves=st.lists(st.fixed_dictionaries(SHOWN | NOT_SHOWN), min_size=2, max_size=6))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_saving_sends_a_card_again_only_if_it_shows_something_else(
    small: Database, saves: list[dict[str, Any]]
) -> None:
    """The book's sync token stands still as well, and what shows the same has the same etag."""
    group = add_group(small, "sales@example.org", "ada@example.org")
    etags: dict[object, str] = {}
    before, token = None, ""
    for minutes, values in enumerate(saves):
        save(small, group.uuid, values, minutes)
        shown = [values[name] for name in SHOWN] if values["show_in_contacts"] else []
        if before is not None:
            assert (token_of(small) == token) == (shown == before)
        before, token = shown, token_of(small)
        card = card_of(small, group.uuid)
        assert card is not None
        assert etags.setdefault(str(shown), card.etag) == card.etag
    assert len(set(etags.values())) == len(etags)
    delete_for_good(small, group.uuid)

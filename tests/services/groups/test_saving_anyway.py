"""Whatever became of a group, its settings can be saved, and it can be disabled."""

from collections.abc import Callable

import pytest
from sqlalchemy import update

from contactsgroups.domain.errors import ContactsGroupsError
from contactsgroups.domain.group import SWITCHES
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, GroupRole
from contactsgroups.services import groups
from contactsgroups.services.accounts import remove_account
from contactsgroups.services.groups import GroupDetails, GroupDraft
from contactsgroups.services.unit_of_work import write
from tests.directories import add_account, add_group, changed_draft

G = "sales@example.org"
BOB = "bob@example.org"


def empty(database: Database) -> None:
    add_group(database, G, BOB)
    remove_account(database, OPERATOR, BOB)


def team_of_nobody(database: Database) -> None:
    add_group(database, G, BOB, kind="team", owners=(BOB,))
    add_account(database, BOB, active=False)


def moderated_by_nobody(database: Database) -> None:
    add_group(database, G, "eve@example.org", moderated=True, moderators=(BOB,))
    remove_account(database, OPERATOR, BOB)


def all_of_it(database: Database) -> None:
    add_group(database, G, BOB, kind="team", owners=(BOB,), moderated=True)
    for address in (BOB, "ada@example.org", "eve@example.org"):
        remove_account(database, OPERATOR, address)


def texts_of_another_version(database: Database) -> None:
    """Stored when other texts and addresses were accepted."""
    add_group(database, G, BOB, allowed_senders=("a@side.example",))
    with write(database, OPERATOR) as work:
        odd = {"display_name": "a\u202eb", "description": "x" * 5000}
        work.session.execute(update(Group).values(**odd))
        work.session.execute(update(GroupRole).values(original="no address", address="no address"))


STATES = (empty, team_of_nobody, moderated_by_nobody, all_of_it, texts_of_another_version)


def save(database: Database, **values: object) -> GroupDetails:
    stored = groups.find_group(database, OPERATOR, G)
    draft = GroupDraft(
        address=stored.original,
        settings=stored.settings,
        owners=stored.owners,
        moderators=stored.moderators,
        allowed_senders=stored.allowed_senders,
    )
    changed = changed_draft(draft, **values)
    return groups.update_group(database, OPERATOR, stored.uuid, stored.version, changed)


@pytest.mark.parametrize("come_about", STATES)
def test_each_switch_can_be_saved(small: Database, come_about: Callable[[Database], None]) -> None:
    come_about(small)
    for switch in SWITCHES:
        if switch.name != "moderated":
            value = not getattr(groups.find_group(small, OPERATOR, G).settings, switch.name)
            assert getattr(save(small, **{switch.name: value}).settings, switch.name) is value
    assert save(small, disabled=True).settings.disabled


@pytest.mark.parametrize("come_about", STATES)
def test_what_is_wrong_is_not_made_worse(
    small: Database, come_about: Callable[[Database], None]
) -> None:
    come_about(small)
    before = groups.find_group(small, OPERATOR, G)
    for values in ({"display_name": "\x07"}, {"owners": ("nobody@example.org",)}):
        with pytest.raises(ContactsGroupsError):
            save(small, **values)
    assert groups.find_group(small, OPERATOR, G) == before


def test_an_empty_selection_can_become_members_that_are_named(small: Database) -> None:
    add_group(small, G, kind="dynamic", rule='title = "Nobody"', members=None)
    assert save(small, kind="static", rule="").settings.kind == "static"

"""Owners and moderators are accounts that can do something about their group."""

import pytest

from contactsgroups.domain.errors import InvalidInput, SeveralFaults
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services.accounts import remove_account
from contactsgroups.services.accounts.sharing import share_domain
from contactsgroups.services.groups import (
    GroupDetails,
    GroupDraft,
    create_group,
    find_group,
    update_group,
)
from contactsgroups.services.groups.editing import draft_like
from tests.directories import add_account, add_alias, add_group, changed_draft, group_draft
from tests.services.conftest import LOCAL_ADMIN

G = "g@example.org"
NEEDED = "a moderated group needs at least one moderator who has an account"


def change(database: Database, **values: object) -> GroupDetails:
    stored = find_group(database, OPERATOR, G)
    draft = GroupDraft(
        address=G,
        settings=stored.settings,
        owners=stored.owners,
        moderators=stored.moderators,
    )
    changed = changed_draft(draft, **values)
    return update_group(database, OPERATOR, stored.uuid, stored.version, changed)


@pytest.mark.parametrize("role", ["owner", "moderator"])
@pytest.mark.parametrize("nobody", ["nobody@example.org", "x@example.net", "other@example.org"])
def test_whoever_is_named_has_an_account(database: Database, role: str, nobody: str) -> None:
    """Neither an address that nobody has, nor a group."""
    add_group(database, "other@example.org", "bob@example.org")
    named = {f"{role}s": (nobody,)}
    with pytest.raises(InvalidInput, match="no account here") as caught:
        add_group(database, G, "bob@example.org", **named)
    assert caught.value.field == f"{role}s"
    add_group(database, G, "bob@example.org", owners=("ada@example.org",))
    with pytest.raises(InvalidInput, match="no account here"):
        change(database, **named)
    assert find_group(database, OPERATOR, G).owners == ("ada@example.org",)


def test_aliases_and_addresses_elsewhere_may_be_named(small: Database) -> None:
    add_alias(small, "a@example.org", "ada@example.org")
    named = ("a@example.org", "agency@side.example")
    assert add_group(small, G, "bob@example.org", owners=named).owners == named


@pytest.mark.parametrize(
    "named", [{}, {"moderators": ("m@side.example",)}, {"owners": ("bob@example.org",)}]
)
def test_a_moderated_group_has_somebody_to_moderate(
    database: Database, named: dict[str, object]
) -> None:
    """Bob's account is closed."""
    add_account(database, "bob@example.org", display_name="Bob", active=False)
    with pytest.raises(InvalidInput, match=NEEDED) as caught:
        add_group(database, G, "eve@example.org", moderated=True, **named)
    assert caught.value.field == "moderators"
    add_group(database, G, "eve@example.org", **named)
    with pytest.raises(InvalidInput, match=NEEDED):
        change(database, moderated=True)


@pytest.mark.parametrize("role", ["owners", "moderators"])
def test_the_last_one_is_not_taken_away(small: Database, role: str) -> None:
    add_alias(small, "a@example.org", "ada@example.org")
    add_group(small, G, "eve@example.org", moderated=True, **{role: ("a@example.org",)})
    with pytest.raises(InvalidInput, match=NEEDED):
        change(small, **{role: ()})
    change(small, **{role: ()}, moderated=False)


def test_where_the_account_went_everything_else_can_still_be_saved(small: Database) -> None:
    """Disabling above all; the way back to health stays open."""
    add_group(small, G, "eve@example.org", moderated=True, moderators=("ada@example.org",))
    remove_account(small, OPERATOR, "ada@example.org")
    change(small, display_name="Other")
    assert change(small, disabled=True).settings.disabled
    change(small, disabled=False, moderators=("bob@example.org",))
    with pytest.raises(InvalidInput, match=NEEDED):
        change(small, moderators=())


@pytest.mark.parametrize("role", ["owners", "moderators"])
def test_in_a_domain_that_is_not_shown_everybody_is_refused_alike(
    small: Database, role: str
) -> None:
    """Also by what else is said: the group would have a moderator or have none."""
    add_account(small, "nia@example.net", display_name="Nia")
    said = []
    for name in ("nia", "nil"):
        named = {role: (f"{name}@example.net",), "members": ("ada@example.org",)}
        with pytest.raises(SeveralFaults) as caught:
            create_group(small, LOCAL_ADMIN, group_draft(G, moderated=True, **named))
        said.append(str(caught.value).replace(name, "?"))
    assert said[0] == said[1]
    assert "not shown to you" in said[0]
    share_domain(small, OPERATOR, "example.net", "example.org")
    named = {role: ("nia@example.net",), "members": ("ada@example.org",)}
    create_group(small, LOCAL_ADMIN, group_draft(G, moderated=True, **named))


def test_who_was_named_before_stays_though_the_domain_is_not_shown(small: Database) -> None:
    add_account(small, "nia@example.net", display_name="Nia")
    stored = add_group(small, G, "ada@example.org", moderated=True, owners=("nia@example.net",))
    draft = changed_draft(draft_like(stored), display_name="Other")
    update_group(small, LOCAL_ADMIN, stored.uuid, stored.version, draft)
    assert find_group(small, OPERATOR, G).owners == ("nia@example.net",)

"""What a principal is in a group, by its own address and by its aliases."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.authority import Right, Standing
from contactsgroups.domain.errors import GroupNotFound, NotPermitted
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group
from contactsgroups.services.accounts.group_standing import (
    groups_open_to,
    groups_where,
    known_groups,
    may_in_group,
    own_addresses,
    read_standings,
    require_in_group,
    rights_in_group,
)
from tests.directories import add_alias, add_group
from tests.services.conftest import ADA, LOCAL_ADMIN, NIA
from tests.statements import statements_of

BOB = Principal(address=Address.parse("bob@example.org"))


def all_groups(session: Session) -> list[Group]:
    return list(session.scalars(select(Group).order_by(Group.address)))


def test_an_alias_stands_for_its_account(small: Database) -> None:
    add_alias(small, "a@example.org", "ada@example.org")
    add_group(small, "g@example.org", "a@example.org", owners=("a@example.org",))
    with small.read() as session:
        (group,) = all_groups(session)
        assert own_addresses(session, ADA) == {"ada@example.org", "a@example.org"}
        assert own_addresses(session, BOB) == {"bob@example.org"}
        assert read_standings(session, ADA, [group]) == {
            group.id: {Standing.OWNER, Standing.MEMBER}
        }
        assert read_standings(session, BOB, [group]) == {group.id: frozenset()}


def test_the_owner_of_a_team_may_more_than_others(small: Database) -> None:
    roles = {"owners": ("ada@example.org",), "moderators": ("bob@example.org",)}
    add_group(small, "static@example.org", "zoe@example.org", **roles)
    add_group(small, "team@example.org", "zoe@example.org", kind="team", **roles)
    with small.read() as session:
        static, team = all_groups(session)
        assert groups_where(session, ADA, Right.DELETE_GROUP, [static, team]) == {team.id}
        assert groups_where(session, ADA, Right.EDIT_MEMBERS, [static, team]) == {
            static.id,
            team.id,
        }
        assert groups_where(session, BOB, Right.EDIT_MEMBERS, [static, team]) == set()
        assert may_in_group(session, BOB, Right.JUDGE_MESSAGES, static)
        assert Right.CHANGE_SOURCE not in rights_in_group(session, ADA, team)
        assert Right.CHANGE_SOURCE in rights_in_group(session, LOCAL_ADMIN, team)


def test_a_hidden_group_is_known_to_those_who_have_to_do_with_it(small: Database) -> None:
    hidden = {"show_in_contacts": False, "moderators": ("bob@example.org",)}
    add_group(small, "inner@example.org", "ada@example.org", show_in_contacts=False)
    add_group(small, "hidden@example.org", "inner@example.org", "zoe@example.org", **hidden)
    zoe, eve = (Principal(address=Address.parse(f"{name}@example.org")) for name in ("zoe", "eve"))
    with small.read() as session:
        group = all_groups(session)[0]
        for principal in (ADA, BOB, zoe, LOCAL_ADMIN, OPERATOR):
            assert known_groups(session, principal, [group]) == {group.id}, principal
        for principal in (eve, NIA):
            assert known_groups(session, principal, [group]) == set()
            with pytest.raises(GroupNotFound):
                require_in_group(session, principal, Right.SEE_SETTINGS, group)
        with pytest.raises(NotPermitted):
            require_in_group(session, BOB, Right.SEE_SETTINGS, group)
        require_in_group(session, LOCAL_ADMIN, Right.SEE_SETTINGS, group)


def test_members_that_are_not_shown_are_seen_by_owners_only(small: Database) -> None:
    closed = {"show_members": False, "owners": ("ada@example.org",)}
    add_group(small, "closed@example.org", "bob@example.org", **closed)
    add_group(small, "open@example.org", "eve@example.org")
    with small.read() as session:
        shut, free = all_groups(session)
        assert groups_open_to(session, ADA, [shut, free]) == {shut.id, free.id}
        assert groups_open_to(session, BOB, [shut, free]) == {free.id}
        assert groups_open_to(session, NIA, [shut, free]) == set()


def test_many_groups_take_as_many_statements_as_one(small: Database) -> None:
    for number in range(30):
        add_group(small, f"g{number}@example.org", "ada@example.org", show_in_contacts=False)
    counts = []
    for size in (1, 30):
        with small.read() as session:
            groups = all_groups(session)[:size]
            domains = {each.domain.name for each in groups}
            with statements_of(small) as statements:
                assert len(groups_open_to(session, BOB, groups)) == 0
                assert len(known_groups(session, ADA, groups)) == size
            counts.append(len(statements))
        assert domains == {"example.org"}
    assert counts[0] == counts[1] > 0

"""Who may do what follows from one table, which is written out here once more."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.authority import (
    RIGHTS,
    Right,
    Standing,
    comes_with_roles,
    domains_where,
    is_administrator,
    may,
    require,
    require_writing,
    rights_of,
    standings_of,
)
from contactsgroups.domain.errors import NotPermitted
from contactsgroups.domain.principal import OPERATOR, Principal

ADA = Principal(address=Address.parse("ada@example.org"))
LOCAL_ADMIN = Principal(
    address=Address.parse("eve@example.org"),
    managed_domains=frozenset({"example.org", "example.net"}),
)
SUPER_ADMIN = Principal(address=Address.parse("zoe@example.org"), managed_domains=None)

# Columns: super administrator, domain administrator, owner, owner of a team, moderator, member,
# account.
TABLE = """
appoint administrators of all domains   +  -  -  -  -  -  -
rotate the key of tokens                +  -  -  -  -  -  -
manage the domain                       +  +  -  -  -  -  -
manage accounts                         +  +  -  -  -  -  -
see names of accounts and groups        +  +  -  -  -  -  -
create groups                           +  +  -  -  -  -  -
change addresses of groups or where their members come from  +  +  -  -  -  -  -
delete groups                           +  +  -  +  -  -  -
see group settings                      +  +  +  +  -  -  -
edit group settings                     +  +  +  +  -  -  -
see members                             +  +  +  +  -  -  -
edit members                            +  +  +  +  -  -  -
answer requests to join and leave       +  +  +  +  -  -  -
judge messages that wait                +  +  +  +  +  -  -
leave groups                            -  -  -  -  -  +  -
create teams                            -  -  -  -  -  -  +
ask to join groups                      -  -  -  -  -  -  +
record whom it mails                    -  -  -  -  -  -  +
"""


def test_the_table_is_what_was_agreed() -> None:
    agreed: dict[Standing, set[Right]] = {standing: set() for standing in Standing}
    for line in TABLE.strip().splitlines():
        *words, a, b, c, d, e, f, g = line.split()
        for standing, mark in zip(Standing, (a, b, c, d, e, f, g), strict=True):
            if mark == "+":
                agreed[standing].add(Right(" ".join(words)))
    assert {standing: set(rights) for standing, rights in RIGHTS.items()} == agreed


def test_every_right_belongs_to_somebody() -> None:
    assert frozenset().union(*RIGHTS.values()) == set(Right)


def test_standings_follow_from_domains_and_roles() -> None:
    assert standings_of(ADA, "example.org") == {Standing.ACCOUNT}
    assert standings_of(ADA, "example.net") == set()
    assert standings_of(ADA, "example.net", [Standing.OWNER]) == {Standing.OWNER}
    assert standings_of(LOCAL_ADMIN, "example.org") == {
        Standing.DOMAIN_ADMINISTRATOR,
        Standing.ACCOUNT,
    }
    assert standings_of(LOCAL_ADMIN, "example.com") == set()
    assert standings_of(SUPER_ADMIN, "example.com") == {Standing.SUPER_ADMINISTRATOR}


def test_what_concerns_all_domains_takes_more_than_every_single_one() -> None:
    assert standings_of(LOCAL_ADMIN, None) == set()
    assert not may(LOCAL_ADMIN, Right.APPOINT_SUPER_ADMINISTRATORS, None)
    assert may(SUPER_ADMIN, Right.APPOINT_SUPER_ADMINISTRATORS, None)


def test_a_role_grants_rights_only_where_it_is_given() -> None:
    assert not may(ADA, Right.EDIT_MEMBERS, "example.org")
    assert may(ADA, Right.EDIT_MEMBERS, "example.org", [Standing.OWNER])
    assert not may(ADA, Right.EDIT_MEMBERS, "example.org", [Standing.MODERATOR, Standing.MEMBER])


def test_all_rights_of_a_principal_are_those_of_all_its_standings() -> None:
    owner = rights_of(ADA, "example.org", [Standing.OWNER])
    assert owner == RIGHTS[Standing.OWNER] | RIGHTS[Standing.ACCOUNT]
    assert rights_of(ADA, "example.net") == frozenset()


def test_only_some_rights_depend_on_roles() -> None:
    assert comes_with_roles(Right.EDIT_MEMBERS)
    assert not comes_with_roles(Right.CREATE_GROUP)


def test_a_refusal_says_who_may_not_do_what_where() -> None:
    with pytest.raises(NotPermitted, match=r"^ada@example\.org may not delete groups in example"):
        require(ADA, Right.DELETE_GROUP, "example.org")
    with pytest.raises(NotPermitted, match=r"may not appoint administrators of all domains$"):
        require(LOCAL_ADMIN, Right.APPOINT_SUPER_ADMINISTRATORS, None)
    require(LOCAL_ADMIN, Right.DELETE_GROUP, "example.net")


def test_domains_where_a_right_holds() -> None:
    assert domains_where(ADA, Right.SEE_SETTINGS) == set()
    assert domains_where(ADA, Right.CREATE_TEAM) == {"example.org"}
    assert domains_where(LOCAL_ADMIN, Right.SEE_SETTINGS) == {"example.org", "example.net"}
    assert domains_where(SUPER_ADMIN, Right.SEE_SETTINGS) is None
    assert domains_where(SUPER_ADMIN, Right.CREATE_TEAM) == {"example.org"}


def test_administrators_are_those_who_administer_any_domain() -> None:
    assert [is_administrator(each) for each in (ADA, LOCAL_ADMIN, SUPER_ADMIN, OPERATOR)] == [
        False,
        True,
        True,
        True,
    ]


def test_a_principal_that_may_only_look_writes_nothing_whatever_its_rights() -> None:
    looking = Principal(address=ADA.address, managed_domains=None, read_only=True)
    assert may(looking, Right.DELETE_GROUP, "example.org")
    with pytest.raises(NotPermitted):
        require_writing(looking)
    require_writing(ADA)

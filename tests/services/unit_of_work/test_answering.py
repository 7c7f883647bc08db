"""The first of several roles that anybody with an active account has answers for a group."""

import pytest

from contactsgroups.domain.group import Role
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services.accounts import appoint_administrator
from contactsgroups.services.groups.lookup import require_group_by_address
from contactsgroups.services.unit_of_work.answering import who_answers
from tests.directories import add_account, add_alias, add_group

BOTH = (Role.MODERATOR, Role.OWNER)


def answering(database: Database, roles: tuple[Role, ...] = BOTH) -> list[str]:
    with database.read() as session:
        found = who_answers(session, require_group_by_address(session, "team@example.org"), roles)
        return [each.removesuffix("@example.org") for each in found]


@pytest.fixture
def team(small: Database) -> Database:
    add_alias(small, "desk@example.org", "bob@example.org")
    roles = {"moderators": ["desk@example.org"], "owners": ["eve@example.org", "zoe@example.org"]}
    add_group(small, "team@example.org", "ada@example.org", **roles)
    return small


def test_an_alias_is_its_account(team: Database) -> None:
    assert answering(team) == ["bob"]
    assert answering(team, (Role.OWNER,)) == ["eve", "zoe"]


def test_closed_accounts_answer_for_nothing(team: Database) -> None:
    add_account(team, "bob@example.org", active=False)
    assert answering(team) == ["eve", "zoe"]


def test_where_nobody_is_left_administrators_of_the_domain_answer_and_then_all(
    team: Database,
) -> None:
    appoint_administrator(team, OPERATOR, "ada@example.org", domain=None)
    for name in ("bob", "eve", "zoe"):
        add_account(team, f"{name}@example.org", active=False)
    assert answering(team) == ["ada"]
    add_account(team, "kim@example.org")
    appoint_administrator(team, OPERATOR, "kim@example.org", domain="example.org")
    assert answering(team) == ["kim"]

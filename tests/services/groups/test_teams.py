"""Teams that accounts create themselves."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.domain_settings import DomainSettings, TeamCreators
from contactsgroups.domain.errors import (
    AddressInUse,
    Conflict,
    InvalidAddress,
    InvalidInput,
    NotPermitted,
)
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services.accounts.domain_settings import change_domain_settings
from contactsgroups.services.groups import GroupDraft, remove_group, team_quota, update_group
from contactsgroups.services.groups.deleted_groups import release_address
from contactsgroups.services.groups.members import list_members
from contactsgroups.services.groups.teams import (
    TeamDraft,
    create_team,
    may_create_team,
    suggest_free_addresses,
)
from tests.directories import add_group, changed_draft
from tests.services.conftest import ADA, LOCAL_ADMIN, NIA

BOB = Principal(address=Address.parse("bob@example.org"))
OPEN = DomainSettings(team_creators=TeamCreators.ACCOUNTS, new_groups={"show_members": False})


def draft(address: str = "Launch@example.org", **values: object) -> TeamDraft:
    return TeamDraft(address=address, display_name="Launch", **values)  # type: ignore[arg-type]


@pytest.fixture
def open_domain(database: Database) -> Database:
    change_domain_settings(database, OPERATOR, "example.org", OPEN)
    return database


def test_whoever_creates_a_team_owns_it_and_is_in_it(open_domain: Database) -> None:
    members = ("bob@example.org", "ada@example.org", "agency@side.example")
    team = create_team(open_domain, ADA, draft(members=members, posting_policy="members"))
    assert (team.owners, team.applicant) == (("ada@example.org",), "ada@example.org")
    assert (team.settings.kind, team.settings.posting_policy) == ("team", "members")
    assert not team.settings.show_members  # As the domain has it for new groups.
    found = [each.address for each in list_members(open_domain, ADA, team.uuid)]
    assert found == ["ada@example.org", "agency@side.example", "bob@example.org"]


def test_where_the_domain_does_not_allow_it_only_administrators_may(small: Database) -> None:
    assert not may_create_team(small, ADA)
    with pytest.raises(NotPermitted):
        create_team(small, ADA, draft())
    assert may_create_team(small, LOCAL_ADMIN)
    create_team(small, LOCAL_ADMIN, draft())


def test_only_in_ones_own_domain(open_domain: Database) -> None:
    assert may_create_team(open_domain, ADA)
    assert not may_create_team(open_domain, NIA)
    with pytest.raises(NotPermitted):
        create_team(open_domain, ADA, draft("launch@example.net"))


def test_names_that_others_rely_on_are_the_administrators(open_domain: Database) -> None:
    for name in ("postmaster", "Admin"):
        with pytest.raises(InvalidInput, match="reserved") as caught:
            create_team(open_domain, ADA, draft(f"{name}@example.org"))
        assert caught.value.field == "address"
    create_team(open_domain, LOCAL_ADMIN, draft("postmaster@example.org"))


def test_faults_of_address_and_members_change_nothing(open_domain: Database) -> None:
    with pytest.raises(AddressInUse):
        create_team(open_domain, ADA, draft("bob@example.org"))
    with pytest.raises(InvalidAddress):
        create_team(open_domain, ADA, draft(members=("ghost@example.org",)))
    create_team(open_domain, ADA, draft())


def test_free_addresses_are_free(small: Database) -> None:
    add_group(small, "launch@example.org", "ada@example.org")
    add_group(small, "launch-team@example.org", "ada@example.org")
    assert suggest_free_addresses(small, "launch@example.org") == [
        "launch-group@example.org",
        "launch-2@example.org",
        "launch-3@example.org",
    ]


def test_an_account_creates_a_limited_number(
    open_domain: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(team_quota, "TEAMS_LIMIT", 2)
    for number in range(2):
        create_team(open_domain, ADA, draft(f"launch{number}@example.org"))
    with pytest.raises(Conflict, match="you have created 2 teams"):
        create_team(open_domain, ADA, draft())
    create_team(open_domain, BOB, draft())
    create_team(open_domain, LOCAL_ADMIN, draft("more@example.org"))


def test_a_deleted_team_makes_room_and_one_handed_over_does_not(
    open_domain: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(team_quota, "TEAMS_LIMIT", 1)
    team = create_team(open_domain, ADA, draft())
    handed = changed_draft(
        GroupDraft(address=team.address, settings=team.settings), owners=["bob@example.org"]
    )
    update_group(open_domain, OPERATOR, team.uuid, team.version, handed)
    with pytest.raises(Conflict):
        create_team(open_domain, ADA, draft("again@example.org"))
    create_team(open_domain, BOB, draft("bobs@example.org"))
    remove_group(open_domain, OPERATOR, team.uuid)
    create_team(open_domain, ADA, draft("again@example.org"))


def test_nobody_reserves_addresses_without_end_by_deleting_teams(
    open_domain: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(team_quota, "TEAMS_LIMIT", 2)
    for number in range(2):
        team = create_team(open_domain, ADA, draft(f"launch{number}@example.org"))
        remove_group(open_domain, ADA, team.uuid)
    with pytest.raises(Conflict, match="you have 2 teams with those that you have deleted"):
        create_team(open_domain, ADA, draft())
    release_address(open_domain, ADA, team.uuid)
    create_team(open_domain, ADA, draft())


@pytest.mark.parametrize(
    "taken",
    [
        f"{'a' * 64}@example.org",
        f"{'a' * 57}.bcdefg@example.org",
        f"{'é' * 32}@example.org",
        f"{'汉' * 21}@example.org",
        f"a@{'long.' * 46}example.org",
    ],
)
def test_free_addresses_are_valid_however_long_the_taken_one_is(
    small: Database, taken: str
) -> None:
    found = suggest_free_addresses(small, taken)
    assert [str(Address.parse(each)) for each in found] == found
    assert len(found) == 3


def test_where_there_is_no_room_there_are_none(small: Database) -> None:
    assert suggest_free_addresses(small, f"a@{'long.' * 48}example.org") == []

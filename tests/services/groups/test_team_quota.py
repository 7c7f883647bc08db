"""An account has a limited number of teams, with those that it deleted."""

import pytest

from contactsgroups.domain.address import Address
from contactsgroups.domain.domain_settings import DomainSettings, TeamCreators
from contactsgroups.domain.errors import Conflict
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services.accounts.domain_settings import change_domain_settings
from contactsgroups.services.groups import GroupDraft, remove_group, team_quota, update_group
from contactsgroups.services.groups.deleted_groups import restore_group
from contactsgroups.services.groups.teams import TeamDraft, create_team
from tests.directories import changed_draft
from tests.services.conftest import ADA

BOB = Principal(address=Address.parse("bob@example.org"))


@pytest.fixture
def limited(small: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Two teams are all that an account may have."""
    monkeypatch.setattr(team_quota, "TEAMS_LIMIT", 2)
    settings = DomainSettings(team_creators=TeamCreators.ACCOUNTS)
    change_domain_settings(small, OPERATOR, "example.org", settings)
    return small


def create(database: Database, name: str) -> str:
    draft = TeamDraft(address=f"{name}@example.org", display_name=name)
    return create_team(database, ADA, draft).uuid


def test_those_that_are_there_and_those_deleted_count_together(limited: Database) -> None:
    create(limited, "first")
    remove_group(limited, ADA, create(limited, "second"))
    with pytest.raises(Conflict, match="you have 2 teams with those that you have deleted"):
        create(limited, "third")


def test_own_ones_are_restored_whatever_the_number(limited: Database) -> None:
    create(limited, "first")
    uuid = create(limited, "second")
    remove_group(limited, ADA, uuid)
    restore_group(limited, ADA, uuid)


def test_what_others_delete_and_restore_does_not_pass_the_limit(limited: Database) -> None:
    create(limited, "first")
    draft = TeamDraft(address="second@example.org", display_name="Second")
    team = create_team(limited, ADA, draft)
    shared = changed_draft(
        GroupDraft(address=team.address, settings=team.settings), owners=[str(BOB.address)]
    )
    update_group(limited, ADA, team.uuid, team.version, shared)
    remove_group(limited, BOB, team.uuid)
    create(limited, "third")
    with pytest.raises(Conflict, match=r"ada@example\.org has created 2 teams"):
        restore_group(limited, BOB, team.uuid)
    restore_group(limited, OPERATOR, team.uuid)

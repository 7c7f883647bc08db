"""Settings of domains are read and changed by their administrators alone."""

import pytest

from contactsgroups.domain.domain_settings import DomainSettings, TeamCreators
from contactsgroups.domain.errors import DomainNotFound, InvalidInput, NotPermitted
from contactsgroups.persistence import Database
from contactsgroups.services.accounts.domain_settings import (
    change_domain_settings,
    read_domain_settings,
)
from tests.services.conftest import ADA, LOCAL_ADMIN
from tests.services.unit_of_work.audit_log import read_log

OPEN = DomainSettings(
    team_creators=TeamCreators.ACCOUNTS,
    new_groups={"show_members": False, "posting_policy": "members"},
)


def test_they_are_stored_and_audited(database: Database) -> None:
    assert read_domain_settings(database, LOCAL_ADMIN, "example.org") == DomainSettings()
    change_domain_settings(database, LOCAL_ADMIN, "Example.ORG", OPEN)
    assert read_domain_settings(database, LOCAL_ADMIN, "example.org") == OPEN
    action, subject, detail = read_log(database)[-1]
    assert (action, subject) == ("change domain", "example.org")
    assert detail["fields"]["team_creators"] == ["administrators", "accounts"]


def test_nobody_else_reads_or_changes_them(small: Database) -> None:
    for actor, domain in ((ADA, "example.org"), (LOCAL_ADMIN, "example.net")):
        with pytest.raises(NotPermitted):
            read_domain_settings(small, actor, domain)
        with pytest.raises(NotPermitted):
            change_domain_settings(small, actor, domain, OPEN)
    with pytest.raises(DomainNotFound):
        read_domain_settings(small, LOCAL_ADMIN, "nowhere.example")


def test_faults_change_nothing(small: Database) -> None:
    wrong = DomainSettings(team_creators="x")
    with pytest.raises(InvalidInput):
        change_domain_settings(small, LOCAL_ADMIN, "example.org", wrong)
    assert read_domain_settings(small, LOCAL_ADMIN, "example.org") == DomainSettings()

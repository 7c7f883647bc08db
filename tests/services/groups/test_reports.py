"""A report's numbers are those of the lists behind it, for everybody who administers something."""

from datetime import UTC, datetime, timedelta

import pytest

from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import GroupMail
from contactsgroups.services.accounts.listing import AccountFilter, list_accounts
from contactsgroups.services.groups.findings import QUIET, Finding
from contactsgroups.services.groups.reports import read_reports
from tests.directories import add_account, add_group
from tests.services.conftest import LOCAL_ADMIN
from tests.services.groups.conftest import listing
from tests.statements import statements_of


@pytest.mark.parametrize("actor", [OPERATOR, LOCAL_ADMIN])
def test_the_numbers_are_those_of_the_lists(company: Database, actor: Principal) -> None:
    add_account(company, "zoe@example.org", active=False)
    add_group(company, "empty@example.org", "zoe@example.org")
    found = read_reports(company, actor)
    assert found.groups == listing(company, actor).found
    assert found.disabled == listing(company, actor, disabled=True).found > 0
    for finding, number in found.findings.items():
        assert number == listing(company, actor, finding=finding).found, finding
    assert found.findings[Finding.REACHES_NOBODY] == 1
    wanted = AccountFilter(active=True, managed=True, in_no_group=True)
    accounts = list_accounts(company, actor, wanted, after="", limit=99).items
    assert found.accounts_in_no_group == len(accounts) > 0


def test_quiet_groups_are_told_only_where_it_is_known(company: Database) -> None:
    assert read_reports(company, OPERATOR).mail_noted_since is None
    first = datetime.now(UTC).date() - QUIET
    with company.write() as session:
        session.add(GroupMail(group_id=1, first_on=first + timedelta(days=1), last_on=first))
    assert Finding.NO_MAIL not in read_reports(company, OPERATOR).findings
    with company.write() as session:
        session.add(GroupMail(group_id=2, first_on=first, last_on=first))
    found = read_reports(company, OPERATOR)
    assert found.mail_noted_since == first
    assert found.findings[Finding.NO_MAIL] == 0  # All groups are new.


def test_who_administers_nothing_counts_what_it_owns(company: Database) -> None:
    owner = Principal(address=LOCAL_ADMIN.address)
    found = read_reports(company, owner)
    assert (found.groups, found.accounts_in_no_group) == (1, 0)


def test_statements_are_as_many_for_many_as_for_few(small: Database) -> None:
    def count() -> int:
        with statements_of(small) as found:
            read_reports(small, LOCAL_ADMIN)
        return len(found)

    before = count()
    for each in range(12):
        add_group(small, f"g{each}@example.org", "bob@example.org", owners=["eve@example.org"])
    assert count() == before

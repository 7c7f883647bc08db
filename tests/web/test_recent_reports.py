"""Reports are counted once for each state of the directory, and each principal has its own."""

from contactsgroups.domain.address import Address
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.web.recent_reports import RecentReports
from tests.directories import add_group
from tests.statements import statements_of

LOCAL = Principal(
    address=Address.parse("ada@example.org"), managed_domains=frozenset({"example.com"})
)


def test_numbers_are_counted_anew_after_a_change_and_not_before(core):
    recent = RecentReports(core)
    before = recent.of(OPERATOR).groups
    with statements_of(core.database) as found:
        assert recent.of(OPERATOR).groups == before
    assert not [each for each in found if "contactsgroups_groups" in each]
    add_group(core.database, "one.more@example.org", "bob@example.org")
    assert recent.of(OPERATOR).groups == before + 1


def test_nobody_is_shown_the_numbers_of_another(core):
    recent = RecentReports(core)
    assert recent.of(LOCAL).groups < recent.of(OPERATOR).groups

"""Groups are listed and shown to those who administer them, a page at a time."""

import pytest

from contactsgroups.domain.errors import GroupNotFound, InvalidAddress, NotPermitted
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from tests.directories import add_account, add_accounts, add_group
from tests.services.conftest import ADA, LOCAL_ADMIN


def names(database: Database, **arguments: object) -> list[str]:
    page = groups.list_groups(database, OPERATOR, **arguments)  # type: ignore[arg-type]
    return [group.address.split("@")[0] for group in page.groups]


def test_lists_are_searched_by_address_name_and_member_and_paged_by_key(
    database: Database,
) -> None:
    for number in range(7):
        add_group(
            database, f"g{number}@example.org", "ada@example.org", display_name=f"Café {number}"
        )
    add_group(database, "it@example.org", "zoe@example.org", display_name="100% _IT_")
    assert names(database, search="zoe") == ["it"]
    assert names(database, search="CAFÉ 3") == ["g3"]
    assert names(database, search="%") == ["it"]
    assert names(database, search="_") == ["it"]
    assert names(database, search="nothing like it") == []
    first = groups.list_groups(database, OPERATOR, limit=3)
    assert [each.address for each in first.groups] == [f"g{n}@example.org" for n in range(3)]
    assert names(database, after=first.next_after, limit=100) == ["g3", "g4", "g5", "g6", "it"]
    assert groups.list_groups(database, OPERATOR, limit=8).next_after is None


@pytest.mark.parametrize(("limit", "count"), [(0, 1), (-5, 1), (2, 2), (1_000_000, 3)])
def test_a_page_has_at_least_one_group_and_at_most_the_limit(
    small: Database, limit: int, count: int
) -> None:
    for name in "abc":
        add_group(small, f"{name}@example.org", "ada@example.org")
    assert len(groups.list_groups(small, OPERATOR, limit=limit).groups) == count


def test_pages_lead_through_all_groups_once(small: Database) -> None:
    wanted = [f"g{number}@example.org" for number in range(5)]
    for address in wanted:
        add_group(small, address, "ada@example.org")
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        page = groups.list_groups(small, OPERATOR, after=after, limit=2)
        found += [each.address for each in page.groups]
        after = page.next_after
    assert found == wanted


def test_each_administrator_lists_the_groups_of_their_domains(small: Database) -> None:
    add_accounts(small, ["nia"], domain="example.net")
    add_group(small, "own@example.org", "ada@example.org")
    add_group(small, "other@example.net", "nia@example.net")
    assert names(small) == ["other", "own"]
    page = groups.list_groups(small, LOCAL_ADMIN)
    assert [each.address for each in page.groups] == ["own@example.org"]
    assert groups.list_groups(small, ADA).groups == ()


def test_a_group_is_found_by_its_address_in_any_spelling(small: Database) -> None:
    group = add_group(small, "Sales@Example.org", "ada@example.org")
    for spelling in ("sales@example.org", "SALES@EXAMPLE.ORG", "sales@example.org."):
        assert groups.find_group(small, LOCAL_ADMIN, spelling) == group
    with pytest.raises(GroupNotFound):
        groups.find_group(small, OPERATOR, "ada@example.org")
    with pytest.raises(InvalidAddress):
        groups.find_group(small, OPERATOR, "no address")
    with pytest.raises(NotPermitted):
        groups.find_group(small, ADA, "sales@example.org")


def test_all_of_a_group_is_shown_as_it_was_saved(small: Database) -> None:
    add_account(small, "ada@example.org", department="Sales/Europe")
    group = add_group(
        small,
        "eu@example.org",
        members=None,
        display_name="Europe",
        description="Two\nlines",
        kind="department",
        department="Sales/Europe",
        posting_policy="anyone",
        moderated=True,
        owners=["Bob@example.org"],
        moderators=["eve@example.org"],
        allowed_senders=["x@side.example", "Zoe@example.org"],
    )
    shown = groups.show_group(small, LOCAL_ADMIN, group.uuid)
    assert shown == group
    assert (shown.owners, shown.moderators) == (("Bob@example.org",), ("eve@example.org",))
    assert set(shown.allowed_senders) == {"x@side.example", "Zoe@example.org"}
    assert (shown.domain, shown.applicant) == ("example.org", str(OPERATOR.address))
    assert (shown.recipient_count, shown.has_own_picture) == (1, False)

"""What would follow if an address left its groups."""

from dataclasses import replace

import pytest

from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services.accounts import appoint_administrator
from contactsgroups.services.accounts.identity import find_principal
from contactsgroups.services.groups.editing import update_group
from contactsgroups.services.groups.leaving import remove_everywhere
from contactsgroups.services.groups.leaving_plan import Concern, Lack, Remedy, plan_leaving
from contactsgroups.services.groups.whereabouts import Presence
from tests.directories import add_account, add_alias, add_group, group_draft

ADA = "ada@example.org"
TAKE_OVER, DISABLE, STAY = Remedy.TAKE_OVER, Remedy.DISABLE, Remedy.STAY


def names(presences: tuple[Presence, ...]) -> list[str]:
    return [each.group.address.split("@")[0] for each in presences]


@pytest.fixture
def actor(small: Database) -> Principal:
    """Zoe, who administers everything."""
    appoint_administrator(small, OPERATOR, "zoe@example.org", domain=None)
    found = find_principal(small, "zoe@example.org")
    assert found is not None
    return found


def concern(database: Database, actor: Principal = OPERATOR) -> Concern | None:
    found = plan_leaving(database, actor, ADA).concerns
    return found[0] if found else None


def test_what_comes_through_groups_ends_and_what_a_rule_gives_remains(small: Database) -> None:
    add_account(small, ADA, display_name="Ada", department="Sales")
    add_group(small, "sales@example.org", kind="department", department="Sales", members=None)
    add_group(small, "lunch@example.org", ADA, "bob@example.org")
    add_group(small, "floor@example.org", "lunch@example.org")
    add_group(small, "house@example.org", ADA, "sales@example.org")
    add_group(small, "roof@example.org", "floor@example.org", "house@example.org")
    plan = plan_leaving(small, OPERATOR, ADA)
    assert names(plan.leaves) == ["house", "lunch"]
    assert names(plan.ends) == ["floor"]
    assert {each.group.address: each.way for each in plan.remains} == {
        "house@example.org": ("Sales",),
        "roof@example.org": ("Sales", "House"),
        "sales@example.org": (),
    }
    assert plan.concerns == ()


def test_only_the_chosen_groups_are_left(small: Database) -> None:
    lunch = add_group(small, "lunch@example.org", ADA, "bob@example.org")
    add_group(small, "other@example.org", ADA, "bob@example.org")
    add_group(small, "floor@example.org", "lunch@example.org")
    add_group(small, "roof@example.org", "lunch@example.org", "other@example.org")
    plan = plan_leaving(small, OPERATOR, ADA, only=[lunch.uuid])
    assert (names(plan.leaves), names(plan.ends), names(plan.remains)) == (
        ["lunch"],
        ["floor"],
        ["roof"],
    )


def test_the_last_member_is_a_matter_to_decide(small: Database) -> None:
    add_alias(small, "a@example.org", ADA)
    add_group(small, "lunch@example.org", ADA, "a@example.org")
    found = concern(small)
    assert found is not None
    assert (found.lacks, found.remedies) == ({Lack.MEMBER}, (DISABLE, STAY))


def test_a_disabled_group_may_lose_its_last_member(small: Database) -> None:
    add_group(small, "lunch@example.org", ADA, disabled=True, moderated=True, moderators=(ADA,))
    assert concern(small) is None


def test_a_member_from_elsewhere_or_a_group_is_one(small: Database) -> None:
    add_group(small, "lunch@example.org", ADA, "out@side.example")
    add_group(small, "tea@example.org", ADA, "lunch@example.org")
    assert concern(small) is None


class TestModerators:
    """A moderated group needs an owner or moderator with an active account."""

    def add(self, database: Database, *moderators: str, **values: object) -> None:
        add_group(
            database,
            "press@example.org",
            "bob@example.org",
            moderated=True,
            moderators=moderators,
            **values,
        )

    def test_the_actor_may_take_over(self, small: Database, actor: Principal) -> None:
        self.add(small, ADA)
        found = concern(small, actor)
        assert found is not None
        assert (found.lacks, found.remedies) == (
            {Lack.MODERATOR},
            (TAKE_OVER, DISABLE, STAY),
        )

    def test_whoever_has_no_account_may_not(self, small: Database) -> None:
        self.add(small, ADA)
        found = concern(small)
        assert found is not None
        assert found.remedies == (DISABLE, STAY)

    def test_nobody_takes_over_from_themselves(self, small: Database) -> None:
        appoint_administrator(small, OPERATOR, ADA, domain=None)
        ada = find_principal(small, ADA)
        assert ada is not None
        self.add(small, ADA)
        found = concern(small, ada)
        assert found is not None
        assert found.remedies == (DISABLE, STAY)

    def test_another_one_is_enough(self, small: Database) -> None:
        self.add(small, ADA, "eve@example.org")
        assert concern(small) is None

    def test_an_owner_is_enough(self, small: Database) -> None:
        self.add(small, ADA, owners=("eve@example.org",))
        assert concern(small) is None

    def test_an_own_alias_and_a_closed_account_are_not(self, small: Database) -> None:
        add_alias(small, "a@example.org", ADA)
        add_account(small, "eve@example.org", active=False)
        self.add(small, ADA, "a@example.org", "eve@example.org")
        found = concern(small)
        assert found is not None
        assert Lack.MODERATOR in found.lacks


class TestOwners:
    """A team always has an owner; other groups may have none."""

    def test_a_group_may_be_without(self, small: Database) -> None:
        add_group(small, "press@example.org", "bob@example.org", owners=(ADA,))
        found = concern(small)
        assert found is not None
        assert (found.lacks, found.remedies) == ({Lack.OWNER}, ())

    def test_a_team_gets_a_successor(self, small: Database) -> None:
        add_group(small, "crew@example.org", ADA, "bob@example.org", kind="team", owners=(ADA,))
        found = concern(small)
        assert found is not None
        assert (found.successor, found.remedies) == ("Bob", ())

    def test_the_successor_moderates_as_well(self, small: Database) -> None:
        values = {"kind": "team", "owners": (ADA,), "moderated": True}
        add_group(small, "crew@example.org", ADA, "bob@example.org", **values)
        found = concern(small)
        assert found is not None
        assert (found.lacks, found.remedies) == ({Lack.OWNER}, ())

    def test_a_team_without_a_successor_keeps_its_owner_or_is_taken_over(
        self, small: Database, actor: Principal
    ) -> None:
        add_group(small, "crew@example.org", "x@side.example", kind="team", owners=(ADA,))
        found = concern(small)
        assert found is not None
        assert found.remedies == ()  # Zoe, an administrator, follows.
        assert found.successor == "Zoe"

    def test_without_any_administrator_the_owner_stays(self, small: Database) -> None:
        add_group(small, "crew@example.org", "x@side.example", kind="team", owners=(ADA,))
        found = concern(small)
        assert found is not None
        assert (found.successor, found.remedies) == ("", (STAY,))


def test_groups_that_would_reach_nobody_are_known_however_deep(small: Database) -> None:
    add_group(small, "lunch@example.org", ADA)
    add_group(small, "floor@example.org", "lunch@example.org")
    add_group(small, "roof@example.org", "floor@example.org")
    add_group(small, "house@example.org", "floor@example.org", "bob@example.org")
    plan = plan_leaving(small, OPERATOR, ADA)
    assert names(plan.ends) == ["floor", "house", "roof"]
    deserted = tuple(each for each in plan.whereabouts.groups if each.id in plan.deserted)
    assert names(deserted) == ["floor", "lunch", "roof"]


def test_groups_that_one_would_come_back_to_are_told_to_who_may_edit_them(small: Database) -> None:
    group = add_group(small, "lunch@example.org", ADA, "bob@example.org")
    draft = group_draft(group.address, kind="dynamic", rule='title = "Boss"')
    update_group(small, OPERATOR, group.uuid, group.version, replace(draft, members=None))
    plan = plan_leaving(small, OPERATOR, ADA)
    assert [each.address for each in plan.forgets] == ["lunch@example.org"]
    assert plan.changes_something
    assert plan_leaving(small, OPERATOR, ADA, only=[]).forgets == ()
    elsewhere = Principal(address=OPERATOR.address, managed_domains=frozenset({"example.net"}))
    assert plan_leaving(small, elsewhere, ADA).forgets == ()
    assert remove_everywhere(small, OPERATOR, ADA).forgotten == ("lunch@example.org",)
    assert not plan_leaving(small, OPERATOR, ADA).changes_something

"""An address leaves its groups: completely, and no group is left without those it needs."""

from pathlib import Path

import pytest

from contactsgroups.domain.errors import NotPermitted, StaleVersion
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database, schema
from contactsgroups.services import accounts, groups
from contactsgroups.services.accounts import appoint_administrator
from contactsgroups.services.accounts.identity import find_principal
from contactsgroups.services.groups.editing import create_group_in
from contactsgroups.services.groups.leaving import remove_everywhere
from contactsgroups.services.groups.leaving_plan import Remedy, plan_leaving
from contactsgroups.services.groups.members import add_member, list_recipients, where_is
from contactsgroups.services.groups.whereabouts import find_whereabouts
from contactsgroups.services.unit_of_work import write
from tests.directories import add_account, add_accounts, add_alias, add_group, group_draft
from tests.services.conftest import LOCAL_ADMIN
from tests.statements import statements_of

ADA, BOB = "ada@example.org", "bob@example.org"


def group_of(database: Database, name: str) -> groups.GroupDetails:
    return groups.find_group(database, OPERATOR, f"{name}@example.org")


def save(database: Database, name: str, **settings: bool) -> groups.GroupDetails:
    """Save a group's settings as its form does."""
    group = group_of(database, name)
    draft = groups.GroupDraft(
        address=group.address,
        settings=group.settings.changed(settings),
        owners=group.owners,
        moderators=group.moderators,
        allowed_senders=group.allowed_senders,
    )
    return groups.update_group(database, OPERATOR, group.uuid, group.version, draft)


def test_nothing_is_left_of_it_whatever_address_stands_there(database: Database) -> None:
    add_alias(database, "a@example.org", ADA)
    roles = {"owners": ("a@example.org", BOB), "moderators": (ADA, BOB)}
    add_group(database, "lunch@example.org", "a@example.org", BOB, **roles)
    add_group(database, "tea@example.org", ADA, BOB, allowed_senders=(ADA,))
    outer = add_group(database, "outer@example.org", "lunch@example.org")
    removal = remove_everywhere(database, OPERATOR, ADA)
    assert removal.left == ("lunch@example.org", "tea@example.org")
    assert removal.kept == removal.disabled == removal.taken_over == removal.remains == ()
    assert find_whereabouts(database, OPERATOR, ADA).groups == ()
    assert list_recipients(database, OPERATOR, outer.uuid) == [BOB]
    lunch = group_of(database, "lunch")
    assert (lunch.owners, lunch.moderators) == ((BOB,), (BOB,))


def test_what_a_department_gives_remains(database: Database) -> None:
    add_account(database, ADA, department="Sales")
    values = {"kind": "department", "department": "Sales", "members": None, "owners": (ADA,)}
    add_group(database, "sales@example.org", **values)
    add_group(database, "all@example.org", ADA, "sales@example.org")
    removal = remove_everywhere(database, OPERATOR, ADA)
    assert removal.left == ("all@example.org", "sales@example.org")
    assert removal.remains == ("all@example.org", "sales@example.org")
    assert group_of(database, "sales").owners == ()
    assert where_is(database, OPERATOR, ADA) == ["sales@example.org"]


class TestTheLastMember:
    """Without a decision it stays; the group can be disabled, and saved ever after."""

    @pytest.fixture(autouse=True)
    def lunch(self, database: Database) -> groups.GroupDetails:
        return add_group(database, "lunch@example.org", ADA)

    @pytest.mark.parametrize("chosen", [None, Remedy.STAY, Remedy.TAKE_OVER])
    def test_it_stays_where_nothing_possible_is_chosen(
        self, database: Database, lunch: groups.GroupDetails, chosen: Remedy | None
    ) -> None:
        given = {lunch.uuid: chosen} if chosen else {}
        removal = remove_everywhere(database, OPERATOR, ADA, remedies=given)
        assert (removal.left, removal.kept) == ((), ("lunch@example.org",))
        assert where_is(database, OPERATOR, ADA) == ["lunch@example.org"]

    def test_the_group_is_disabled_and_can_be_saved_and_filled(
        self, database: Database, lunch: groups.GroupDetails
    ) -> None:
        remedies = {lunch.uuid: Remedy.DISABLE}
        removal = remove_everywhere(database, OPERATOR, ADA, remedies=remedies)
        assert removal.disabled == removal.left == ("lunch@example.org",)
        assert group_of(database, "lunch").settings.disabled
        assert where_is(database, OPERATOR, ADA) == []
        save(database, "lunch", show_in_contacts=False)
        add_member(database, OPERATOR, lunch.uuid, BOB)
        save(database, "lunch", disabled=False)
        assert list_recipients(database, OPERATOR, lunch.uuid) == [BOB]

    def test_a_form_that_shows_the_group_as_it_was_is_not_saved_over_it(
        self, database: Database, lunch: groups.GroupDetails
    ) -> None:
        remove_everywhere(database, OPERATOR, ADA, remedies={lunch.uuid: Remedy.DISABLE})
        draft = groups.GroupDraft(address=lunch.address, settings=lunch.settings)
        with pytest.raises(StaleVersion):
            groups.update_group(database, OPERATOR, lunch.uuid, lunch.version, draft)

    @pytest.mark.parametrize("disabled", [True, False])
    def test_a_group_whose_last_account_was_removed_can_be_saved(
        self, database: Database, disabled: bool
    ) -> None:
        accounts.remove_account(database, OPERATOR, ADA)
        assert group_of(database, "lunch").recipient_count == 0
        assert save(database, "lunch", disabled=disabled).settings.disabled is disabled


def test_a_moderated_group_without_a_moderator_is_disabled_or_taken_over(small: Database) -> None:
    appoint_administrator(small, OPERATOR, "zoe@example.org", domain=None)
    actor = find_principal(small, "zoe@example.org")
    assert actor is not None
    values = {"moderated": True, "moderators": (ADA,)}
    press = add_group(small, "press@example.org", BOB, **values)
    news = add_group(small, "news@example.org", BOB, **values)
    remedies = {press.uuid: Remedy.TAKE_OVER, news.uuid: Remedy.DISABLE}
    removal = remove_everywhere(small, actor, ADA, remedies=remedies)
    assert (removal.taken_over, removal.disabled) == (
        ("press@example.org",),
        ("news@example.org",),
    )
    assert save(small, "press", show_members=False).moderators == ("zoe@example.org",)
    assert save(small, "news", show_members=False).settings.disabled


def test_a_team_goes_to_somebody_else_even_if_the_leaver_administers(small: Database) -> None:
    appoint_administrator(small, OPERATOR, ADA, domain=None)
    values = {"kind": "team", "owners": (ADA,)}
    add_group(small, "crew@example.org", ADA, BOB, **values)
    add_group(small, "alone@example.org", ADA, "x@side.example", **values)
    removal = remove_everywhere(small, OPERATOR, ADA)
    assert (removal.left, removal.kept) == (("crew@example.org",), ("alone@example.org",))
    assert group_of(small, "crew").owners == (BOB,)
    assert group_of(small, "alone").owners == (ADA,)


def test_only_the_chosen_groups_are_left(small: Database) -> None:
    lunch = add_group(small, "lunch@example.org", ADA, BOB)
    add_group(small, "tea@example.org", ADA, BOB)
    remove_everywhere(small, OPERATOR, ADA, only=[lunch.uuid])
    assert where_is(small, OPERATOR, ADA) == ["tea@example.org"]


def test_groups_of_others_are_left_alone(small: Database) -> None:
    add_group(small, "own@example.org", ADA, BOB)
    add_group(small, "theirs@example.net", ADA, BOB, moderators=(ADA,))
    assert remove_everywhere(small, LOCAL_ADMIN, ADA).left == ("own@example.org",)
    assert where_is(small, OPERATOR, ADA) == ["theirs@example.net"]
    nobody = Principal(address=LOCAL_ADMIN.address)
    assert remove_everywhere(small, nobody, BOB).left == ()
    with pytest.raises(NotPermitted):
        remove_everywhere(small, Principal(address=nobody.address, read_only=True), BOB)


def fill(database: Database, size: int) -> None:
    """As many groups of each kind of trouble, and as many that ask for nothing."""
    add_accounts(database, ["ada", "bob", "zoe"])
    appoint_administrator(database, OPERATOR, "zoe@example.org", domain=None)
    add_alias(database, "a@example.org", ADA)
    with write(database, OPERATOR) as work:
        for number in range(size):
            for name, values in {
                "plain": {"members": (ADA, BOB)},
                "empty": {"members": ("a@example.org",)},
                "press": {"members": (BOB,), "moderated": True, "moderators": (ADA,)},
                "crew": {"members": (ADA, BOB), "kind": "team", "owners": ("a@example.org",)},
                "above": {"members": (f"plain{number}@example.org",)},
            }.items():
                draft = group_draft(f"{name}{number}@example.org", display_name=name, **values)
                create_group_in(work, draft)


def test_as_many_statements_for_many_groups_as_for_few(tmp_path: Path) -> None:
    counts = []
    for size in (1, 10, 100):
        database = Database(f"sqlite:///{tmp_path}/{size}.sqlite3")
        schema.upgrade(database)
        fill(database, size)
        with statements_of(database) as statements:
            found = find_whereabouts(database, OPERATOR, ADA)
        with statements_of(database) as planning:
            plan = plan_leaving(database, OPERATOR, ADA)
        database.dispose()
        assert len(found.groups) == 5 * size
        assert len(plan.concerns) == 3 * size
        counts.append((len(statements), len(planning)))
    assert counts[0] == counts[1] == counts[2], counts
    assert max(counts[0]) < 30

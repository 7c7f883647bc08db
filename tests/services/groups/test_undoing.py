"""A change of groups is undone, with the rights and the checks that doing it by hand has."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import Conflict, GroupNotFound, NotFound, NotPermitted
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services import groups
from contactsgroups.services.accounts import AccountDraft, ensure_account, remove_account
from contactsgroups.services.audit_log import AuditFilter, list_entries
from contactsgroups.services.checks import Severity, check_database
from contactsgroups.services.groups import bulk, members
from contactsgroups.services.groups.leaving import remove_everywhere
from contactsgroups.services.groups.leaving_plan import Remedy
from contactsgroups.services.groups.member_changes import change_members
from contactsgroups.services.groups.undoing import undo_changes
from tests.directories import add_accounts, add_group
from tests.services.groups.changing import changing, save, state_of, undo


@pytest.fixture
def team(small: Database) -> str:
    return add_group(
        small, "team@example.org", "ada@example.org", "bob@example.org", owners=["ada@example.org"]
    ).uuid


def test_a_member_who_was_removed_comes_back(small: Database, team: str) -> None:
    before = state_of(small, team)
    works = changing(members.remove_member, small, OPERATOR, team, "bob@example.org")
    assert undo(small, works).groups == ["team@example.org"]
    assert state_of(small, team) == before


def test_those_who_were_added_go_and_who_came_since_stays(small: Database, team: str) -> None:
    works = changing(
        members.add_members, small, OPERATOR, team, ["eve@example.org", "x@partner.example"]
    )
    members.add_member(small, OPERATOR, team, "zoe@example.org")
    undo(small, works)
    assert state_of(small, team)[-1] == ["ada@example.org", "bob@example.org", "zoe@example.org"]


def test_settings_and_roles_go_back_and_an_undo_can_be_undone(small: Database, team: str) -> None:
    before = state_of(small, team)
    works = save(small, team, display_name="Crew", moderated=True, owners=["eve@example.org"])
    after = state_of(small, team)
    redo = changing(undo, small, works)
    assert state_of(small, team) == before
    undo(small, redo)
    assert state_of(small, team) == after


def test_an_undo_says_in_numbers_what_it_took_back(small: Database, team: str) -> None:
    works = changing(
        change_members,
        small,
        OPERATOR,
        team,
        add=["eve@example.org", "zoe@example.org"],
        remove=["bob@example.org"],
    )
    works += save(small, team, display_name="Crew", moderated=True, moderators=["eve@example.org"])
    undone = undo(small, works)
    assert undone.counts == [
        "1 member is back",
        "2 members are out again",
        "3 settings are as before",
    ]
    assert undo(small, changing(groups.remove_group, small, OPERATOR, team)).counts == [
        "2 members are back"
    ]


def test_a_field_that_was_changed_again_stays_and_is_named(small: Database, team: str) -> None:
    works = save(small, team, display_name="Crew", description="Who sails")
    save(small, team, display_name="Fleet")
    undone = undo(small, works)
    assert undone.notes == ["the name of team@example.org was changed again since"]
    stored = groups.show_group(small, OPERATOR, team).settings
    assert (stored.display_name, stored.description) == ("Fleet", "")


def test_what_is_undone_already_is_refused(small: Database, team: str) -> None:
    works = save(small, team, display_name="Crew")
    undo(small, works)
    with pytest.raises(Conflict, match="nothing of this change is left to undo"):
        undo(small, works)


def test_a_new_address_goes_back_with_the_groups_around(small: Database, team: str) -> None:
    around = add_group(small, "all@example.org", "team@example.org").uuid
    before = state_of(small, team), state_of(small, around)
    works = save(small, team, address="crew@example.org")
    undo(small, works)
    assert (state_of(small, team), state_of(small, around)) == before


def test_an_address_that_is_taken_since_refuses_everything(small: Database, team: str) -> None:
    works = save(small, team, address="crew@example.org", display_name="Crew")
    add_group(small, "team@example.org", "zoe@example.org")
    before = state_of(small, team)
    with pytest.raises(Conflict, match=r"crew@example\.org cannot be as it was.*already in use"):
        undo(small, works)
    assert state_of(small, team) == before


def test_the_last_moderator_stays(small: Database, team: str) -> None:
    save(small, team, owners=[])
    works = save(small, team, moderators=["eve@example.org"])
    save(small, team, moderated=True)
    with pytest.raises(Conflict, match="needs at least one moderator"):
        undo(small, works)


def test_no_group_comes_to_contain_itself(small: Database, team: str) -> None:
    inner = add_group(small, "inner@example.org", "zoe@example.org").uuid
    members.add_member(small, OPERATOR, team, "inner@example.org")
    works = changing(members.remove_member, small, OPERATOR, team, "inner@example.org")
    members.add_member(small, OPERATOR, inner, "team@example.org")
    with pytest.raises(Conflict, match="groups would contain each other"):
        undo(small, works)


def test_the_last_member_does_not_go(small: Database, team: str) -> None:
    works = changing(members.add_member, small, OPERATOR, team, "eve@example.org")
    for name in ("ada", "bob"):
        members.remove_member(small, OPERATOR, team, f"{name}@example.org")
    with pytest.raises(Conflict, match="needs at least one member"):
        undo(small, works)


def test_who_has_no_account_any_more_is_named(small: Database, team: str) -> None:
    draft = ["eve@example.org", "zoe@example.org"]
    members.add_members(small, OPERATOR, team, draft)
    works = changing(change_members, small, OPERATOR, team, add=[], remove=draft)
    remove_account(small, OPERATOR, "zoe@example.org")
    (note,) = undo(small, works).notes
    assert note.startswith("zoe@example.org is not in team@example.org again")
    assert "eve@example.org" in state_of(small, team)[-1]


def test_a_leaver_is_back_in_all_groups_by_one_undo(small: Database, team: str) -> None:
    other = add_group(small, "other@example.org", "ada@example.org").uuid
    before = state_of(small, team), state_of(small, other)
    remedies = {other: Remedy.DISABLE}
    works = changing(remove_everywhere, small, OPERATOR, "ada@example.org", remedies=remedies)
    assert len(works) == 1
    assert groups.show_group(small, OPERATOR, other).settings.disabled
    undone = undo(small, works)
    assert sorted(undone.groups) == ["other@example.org", "team@example.org"]
    assert (state_of(small, team), state_of(small, other)) == before


def test_one_group_of_several_goes_back_alone(small: Database, team: str) -> None:
    other = add_group(small, "other@example.org", "ada@example.org").uuid
    works = changing(bulk.switch_groups, small, OPERATOR, [team, other], {"disabled": True})
    undo(small, works, only=team)
    assert not groups.show_group(small, OPERATOR, team).settings.disabled
    assert groups.show_group(small, OPERATOR, other).settings.disabled


def test_members_who_follow_the_directory_are_left_to_it(small: Database, team: str) -> None:
    before = state_of(small, team)
    works = save(small, team, kind="dynamic", rule='name = "Eve"')
    assert state_of(small, team)[-1] == ["eve@example.org"]
    undo(small, works)
    assert state_of(small, team) == before


def test_several_pieces_go_back_together(small: Database, team: str) -> None:
    before = state_of(small, team)
    works = changing(
        change_members,
        small,
        OPERATOR,
        team,
        add=[f"n{i}@partner.example" for i in range(600)],
        remove=["bob@example.org"],
    )
    assert len(works) == 3
    undo(small, works)
    assert state_of(small, team) == before


def test_a_picture_that_was_added_is_taken_away(small: Database, team: str) -> None:
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d494844520000000100000001080600000 01f15c4890000000d4944415478"
        "9c6360606060000000050001a5f645400000000049454e44ae426082".replace(" ", "")
    )
    works = save(small, team, picture=png)
    assert groups.show_group(small, OPERATOR, team).has_own_picture
    redo = changing(undo, small, works)
    assert not groups.show_group(small, OPERATOR, team).has_own_picture
    with pytest.raises(Conflict, match=r"the former picture of .* is not kept"):
        undo(small, redo)


def test_whoever_could_not_do_it_by_hand_cannot_undo_it(small: Database, team: str) -> None:
    works = save(small, team, display_name="Crew", show_in_contacts=False)
    stranger = Principal(address=Address.parse("zoe@example.org"))
    member = Principal(address=Address.parse("bob@example.org"))
    owner = Principal(address=Address.parse("ada@example.org"))
    with pytest.raises(GroupNotFound):
        undo_changes(small, stranger, works)
    with pytest.raises(NotPermitted):
        undo_changes(small, member, works)
    assert undo_changes(small, owner, works).groups == ["team@example.org"]


def test_an_owner_does_not_take_back_the_address(small: Database, team: str) -> None:
    works = save(small, team, address="crew@example.org")
    with pytest.raises(NotPermitted):
        undo_changes(small, Principal(address=Address.parse("ada@example.org")), works)


def test_what_concerns_accounts_too_cannot_be_undone(small: Database, team: str) -> None:
    works = changing(remove_account, small, OPERATOR, "bob@example.org")
    with pytest.raises(Conflict, match="remove account"):
        undo(small, works)
    works = changing(ensure_account, small, OPERATOR, AccountDraft(address="new@example.org"))
    with pytest.raises(Conflict, match="cannot be undone"):
        undo(small, works)


@pytest.mark.parametrize("works", [[], [""], ["no-such-change"]])
def test_what_is_no_change_is_not_found(small: Database, works: list[str]) -> None:
    with pytest.raises(NotFound):
        undo(small, works)


def test_the_log_says_what_an_undo_takes_back(small: Database, team: str) -> None:
    works = save(small, team, display_name="Crew")
    undo(small, works)
    newest, *_ = list_entries(small, OPERATOR, AuditFilter(), before=None, limit=5).entries
    assert newest.detail["undoes"] == works
    assert newest.work_id not in works


_people = st.lists(
    st.sampled_from(["ada", "bob", "eve", "zoe"]).map(lambda name: f"{name}@example.org"),
    min_size=1,
    unique=True,
)
_changes = st.fixed_dictionaries(
    {},
    optional={
        "display_name": st.sampled_from(["One", "Two"]),
        "disabled": st.booleans(),
        "posting_policy": st.sampled_from(["members", "anyone"]),
        "address": st.sampled_from(["one@example.org", "two@example.org"]),
        "members": _people,
        "owners": _people,
        "allowed_senders": _people,
    },
)


@pytest.fixture(scope="module")
def shared(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = shutil.copy(migrated_file, tmp_path_factory.mktemp("shared") / "shared.sqlite")
    database = Database(f"sqlite:///{path}")
    add_accounts(database, ["ada", "bob", "eve", "zoe"])
    add_group(database, "one@example.org", "ada@example.org", display_name="One")
    yield database
    database.dispose()


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(first=_changes, later=_changes)
def test_any_change_goes_back_and_keeps_what_came_after(
    shared: Database, first: dict[str, object], later: dict[str, object]
) -> None:
    uuid = groups.list_groups(shared, OPERATOR).groups[0].uuid
    before = state_of(shared, uuid)
    works = save(shared, uuid, **first)
    between = state_of(shared, uuid)
    if between != before:
        redo = changing(undo, shared, works)
        assert state_of(shared, uuid) == before
        undo(shared, redo)
        assert state_of(shared, uuid) == between
    kept = {name: value for name, value in later.items() if name not in first}
    save(shared, uuid, **kept)
    last = state_of(shared, uuid)
    if between != before:
        undo(shared, works)
    now = state_of(shared, uuid)
    for name in kept.keys() & {"display_name", "disabled", "posting_policy"}:
        assert getattr(now[1], name) == getattr(last[1], name)
    if "address" in kept:
        assert now[0] == last[0]
    assert not [each for each in check_database(shared) if each.severity is Severity.ERROR]

"""Many members at once: a result for each, and the statements of a piece."""

from dataclasses import replace

import pytest

from contactsgroups.domain.errors import (
    GroupNotFound,
    InvalidInput,
    MembersAreDerived,
    NotPermitted,
)
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.services.groups import members
from contactsgroups.services.groups.member_changes import CHANGES_LIMIT, change_members
from tests.directories import add_accounts, add_group
from tests.services.conftest import ADA, LOCAL_ADMIN
from tests.statements import statements_of


def change(
    database: Database, uuid: str, *, add: list[str], remove: list[str], actor: Principal = OPERATOR
) -> list[str]:
    """What becomes of each, as ``ada@example.org added``."""
    found = change_members(database, actor, uuid, add=add, remove=remove)
    return [f"{each.text} {each.result}" for each in found]


def members_of(database: Database, uuid: str) -> list[str]:
    found = members.list_members(database, OPERATOR, uuid, limit=CHANGES_LIMIT)
    return [each.address for each in found]


def test_each_text_has_its_result_in_the_order_in_which_it_was_sent(database: Database) -> None:
    group = add_group(database, "sales@example.org", "ada@example.org", "bob@example.org")
    assert change(
        database,
        group.uuid,
        add=["Eve@Example.org", "rubbish", "ADA@example.org", "eve@example.org", "no@example.org"],
        remove=["zoe@example.org", "bob@example.org", "Bob@example.org", "@@"],
        actor=LOCAL_ADMIN,
    ) == [
        "Eve@Example.org added",
        "rubbish refused",
        "ADA@example.org already_member",
        "eve@example.org already_member",
        "no@example.org refused",
        "zoe@example.org not_a_member",
        "bob@example.org removed",
        "Bob@example.org not_a_member",
        "@@ refused",
    ]
    assert members_of(database, group.uuid) == ["ada@example.org", "eve@example.org"]


def test_a_refusal_says_why(small: Database) -> None:
    group = add_group(small, "sales@example.org", "ada@example.org")
    texts = ["x" * 5000, "ann@partner,example", "no@example.org", "sales@example.org"]
    found = change_members(small, OPERATOR, group.uuid, add=texts, remove=[])
    assert [len(each.text) for each in found] == [200, 19, 14, 17]
    assert "longer than 254 octets" in found[0].reason
    assert found[1].reason.endswith("; ann@partner.example may be meant")
    assert "there is no such account" in found[2].reason
    assert "groups would contain each other" in found[3].reason


def test_the_last_member_stays(database: Database) -> None:
    group = add_group(database, "sales@example.org", "ada@example.org", "bob@example.org")
    everybody = ["bob@example.org", "ada@example.org"]
    assert change(database, group.uuid, add=[], remove=everybody) == [
        "bob@example.org removed",
        "ada@example.org refused",
    ]
    assert members_of(database, group.uuid) == ["ada@example.org"]
    assert change(database, group.uuid, add=["eve@example.org"], remove=["ada@example.org"]) == [
        "eve@example.org added",
        "ada@example.org removed",
    ]


def test_what_may_not_be_changed_is_not(small: Database) -> None:
    group = add_group(small, "sales@example.org", "ada@example.org")
    derived = add_group(
        small, "all@example.org", kind="dynamic", rule='address = "ada@example.org"', members=None
    )
    nothing: list[str] = []
    with pytest.raises(NotPermitted):
        change(small, group.uuid, add=nothing, remove=nothing, actor=ADA)
    with pytest.raises(MembersAreDerived):
        change(small, derived.uuid, add=nothing, remove=["ada@example.org"])
    with pytest.raises(GroupNotFound):
        change(small, "none", add=nothing, remove=nothing)


def test_nothing_is_read_for_whom_may_not_change_members(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = add_group(small, "sales@example.org", "ada@example.org")
    reading = replace(OPERATOR, read_only=True)

    def fail(text: str) -> str:
        raise AssertionError(f"{text} was read")

    monkeypatch.setattr(members, "suggest", fail)
    for actor, uuid, refusal in (
        (ADA, group.uuid, NotPermitted),
        (reading, group.uuid, NotPermitted),
        (OPERATOR, "none", GroupNotFound),
    ):
        with pytest.raises(refusal):
            change_members(small, actor, uuid, add=["rubbish"], remove=[])
        with pytest.raises(refusal):
            members.add_members(small, actor, uuid, ["rubbish"])


def test_an_address_is_not_both_added_and_removed(small: Database) -> None:
    group = add_group(small, "sales@example.org", "ada@example.org")
    with pytest.raises(InvalidInput, match="both added and removed") as caught:
        change(small, group.uuid, add=["bob@example.org"], remove=["BOB@example.org"])
    assert caught.value.field == "remove"


def test_there_is_a_limit(small: Database) -> None:
    group = add_group(small, "sales@example.org", "ada@example.org")
    texts = [f"x{number}@example.net" for number in range(CHANGES_LIMIT)]
    with pytest.raises(InvalidInput, match="more than 10000 addresses at once"):
        change(small, group.uuid, add=texts, remove=["ada@example.org"])


def test_ten_thousand_at_once(small: Database) -> None:
    group = add_group(small, "sales@example.org", "ada@example.org")
    texts = [f"x{number}@elsewhere.example" for number in range(CHANGES_LIMIT)]
    assert set(change(small, group.uuid, add=texts, remove=[])) == {f"{t} added" for t in texts}
    assert len(members_of(small, group.uuid)) == CHANGES_LIMIT
    assert set(change(small, group.uuid, add=[], remove=texts)) == {f"{t} removed" for t in texts}
    assert members_of(small, group.uuid) == ["ada@example.org"]


def test_a_piece_takes_as_many_statements_for_one_as_for_five_hundred(small: Database) -> None:
    names = [f"p{number}" for number in range(500)]
    add_accounts(small, names)
    counts = []
    for size in (1, 50, 500):
        group = add_group(small, f"g{size}@example.org", "ada@example.org")
        texts = [f"{name}@example.org" for name in names[:size]]
        with statements_of(small) as statements:
            change(small, group.uuid, add=texts, remove=[])
            change(small, group.uuid, add=[], remove=texts)
        counts.append(len(statements))
    assert len(set(counts)) == 1

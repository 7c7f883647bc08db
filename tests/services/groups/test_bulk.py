"""Many groups at once are changed by the rules of a single one, each with a result of its own."""

import json
from contextlib import AbstractContextManager
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.errors import (
    GroupNotFound,
    InvalidInput,
    NotPermitted,
    Unavailable,
)
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import AuditRow, Group
from contactsgroups.services import groups
from contactsgroups.services.groups.bulk import (
    Outcome,
    find_emptied,
    remove_groups,
    show_many,
    switch_groups,
)
from contactsgroups.services.unit_of_work import receipts
from tests.directories import add_account, add_group
from tests.services.conftest import ADA, LOCAL_ADMIN
from tests.services.groups.changing import undo
from tests.statements import statements_of

OFF = {"disabled": True}


def uuids(database: Database, *wanted: str) -> list[str]:
    with database.read() as session:
        rows = session.execute(select(Group.address, Group.uuid)).all()
    found = {row.address.partition("@")[0]: row.uuid for row in rows}
    return [found[each] for each in wanted]


def faults(outcomes: list[Outcome]) -> list[type | None]:
    return [None if each.error is None else type(each.error) for each in outcomes]


def test_switches_are_set_with_version_and_audit_as_by_a_single_change(company: Database) -> None:
    choir = groups.find_group(company, OPERATOR, "choir@example.org")
    wanted = uuids(company, "choir", "off", "choir")
    done = switch_groups(company, LOCAL_ADMIN, wanted, OFF)
    assert [each.original for each in done] == ["choir@example.org", "off@example.org"]
    assert faults(done) == [None, None]
    after = groups.find_group(company, OPERATOR, "choir@example.org")
    assert after.settings == choir.settings.changed({"disabled": True})
    assert (after.version, after.updated_by) == (choir.version + 1, "ada@example.org")
    with company.read() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(1)).all()
    assert (rows[0].actor, rows[0].subject) == ("ada@example.org", "choir@example.org")
    assert json.loads(rows[0].detail)["fields"] == {"disabled": [False, True]}
    assert groups.find_group(company, OPERATOR, "off@example.org").version == 1


def test_what_one_may_not_change_stays_and_the_rest_is_changed(company: Database) -> None:
    wanted = [*uuids(company, "choir", "crew", "lodz"), str(uuid4())]
    hide = {"show_in_contacts": False}
    done = switch_groups(company, LOCAL_ADMIN, wanted, hide)
    assert faults(done) == [None, GroupNotFound, None, GroupNotFound]
    assert (done[1].original, done[1].name) == ("", "")
    assert groups.find_group(company, OPERATOR, "crew@example.net").settings.show_in_contacts
    owner = switch_groups(company, ADA, wanted, {"show_in_contacts": True})
    assert faults(owner) == [NotPermitted, GroupNotFound, None, GroupNotFound]


def test_a_known_group_is_refused_by_its_name(company: Database) -> None:
    (done,) = switch_groups(company, ADA, uuids(company, "choir"), OFF)
    assert isinstance(done.error, NotPermitted)
    assert done.original == "choir@example.org"


def test_a_group_that_nobody_answers_for_can_be_disabled_as_on_its_own_page(
    company: Database,
) -> None:
    add_account(company, "nia@example.net", display_name="Nia", active=False)
    (done,) = switch_groups(company, OPERATOR, uuids(company, "slow"), OFF)
    assert done.error is None
    assert groups.find_group(company, OPERATOR, "slow@example.net").settings.disabled


def test_a_moderated_group_of_nobody_is_not_opened_as_on_its_own_page(company: Database) -> None:
    """Nor does it become moderated; that which is so already is no reason to refuse the rest."""
    nia = "nia@example.net"
    add_group(company, "shut@example.net", nia, moderated=True, disabled=True)
    add_group(company, "free@example.net", nia)
    wanted = uuids(company, "shut", "off", "free")
    done = switch_groups(company, OPERATOR, wanted, {"disabled": False})
    assert faults(done) == [InvalidInput, None, None]
    assert (done[0].original, str(done[0].error)[:25]) == (
        "shut@example.net",
        "a moderated group needs a",
    )
    assert groups.find_group(company, OPERATOR, "shut@example.net").settings.disabled
    assert not groups.find_group(company, OPERATOR, "off@example.org").settings.disabled
    done = switch_groups(company, OPERATOR, wanted, {"moderated": True})
    assert faults(done) == [None, InvalidInput, InvalidInput]
    add_account(company, nia, active=False)
    (slow,) = switch_groups(
        company, OPERATOR, uuids(company, "slow"), {"disabled": False, "show_members": False}
    )
    assert slow.error is None


def test_many_groups_that_somebody_moderates_take_as_many_questions_as_one(
    small: Database,
) -> None:
    for number in range(21):
        owners = ("ada@example.org",)
        address = f"g{number}@example.org"
        add_group(small, address, "ada@example.org", owners=owners, moderated=True)
    found = uuids(small, *(f"g{number}" for number in range(21)))
    counts = []
    for some in (found[:1], found[1:]):
        with statements_of(small) as statements:
            switch_groups(small, OPERATOR, some, OFF)
            switch_groups(small, OPERATOR, some, {"disabled": False})
        asked = [each for each in statements if "DISTINCT contactsgroups_group_roles" in each]
        counts.append(len(asked))
    assert counts == [1, 1]


def test_a_piece_of_many_groups_takes_as_many_statements_as_one(small: Database) -> None:
    for number in range(21):
        add_group(small, f"g{number}@example.org", "ada@example.org", "bob@example.org")
    found = uuids(small, *(f"g{number}" for number in range(21)))
    counts = []
    for some in (found[:1], found[1:]):
        with statements_of(small) as statements:
            switch_groups(small, OPERATOR, some, OFF)
        counts.append(len(statements))
    assert counts[1] <= counts[0] + 1


def test_other_writers_get_their_turn_between_pieces(
    small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        add_group(small, f"g{number}@example.org", "ada@example.org")
    found = uuids(small, *(f"g{number}" for number in range(60)))
    with receipts.collecting() as works:
        done = switch_groups(small, OPERATOR, [*found, found[0]], OFF)
    assert [each.uuid for each in done] == found
    assert not [each for each in done if each.error]
    assert len(works) == 3
    undo(small, [each.work_id for each in works])
    assert not any(groups.show_group(small, OPERATOR, each).settings.disabled for each in found)

    opened = iter([True, True, False])
    write = small.write

    def fail_at_last(**options: bool) -> AbstractContextManager[Session]:
        if not next(opened):
            raise Unavailable("the database is busy")
        return write(**options)

    monkeypatch.setattr(small, "write", fail_at_last)
    outcomes = switch_groups(small, OPERATOR, found, OFF)
    assert [bool(each.error) for each in outcomes] == 40 * [False] + 20 * [True]
    assert all(each.original for each in outcomes)


def test_who_may_only_read_changes_nothing(company: Database) -> None:
    reader = Principal(address=ADA.address, managed_domains=None, read_only=True)
    with pytest.raises(NotPermitted):
        switch_groups(company, reader, uuids(company, "choir"), OFF)
    with pytest.raises(NotPermitted):
        remove_groups(company, reader, uuids(company, "choir"))


def test_removing_names_what_is_left_and_why(company: Database) -> None:
    wanted = uuids(company, "choir", "crew", "off")
    assert faults(show_many(company, LOCAL_ADMIN, wanted)) == [None, GroupNotFound, None]
    assert faults(show_many(company, ADA, uuids(company, "lodz"))) == [NotPermitted]
    done = remove_groups(company, LOCAL_ADMIN, wanted)
    assert faults(done) == [None, GroupNotFound, None]
    left = {each.address for each in groups.list_groups(company, OPERATOR).groups}
    assert left == {
        "crew@example.net",
        "hidden@example.org",
        "lodz@example.org",
        "slow@example.net",
    }


def test_groups_that_nobody_would_be_left_in_are_known_before(company: Database) -> None:
    choir, lodz = "choir@example.org", "lodz@example.org"
    add_group(company, "one@example.org", choir)
    add_group(company, "both@example.org", choir, lodz)
    add_group(company, "more@example.org", choir, lodz, "bob@example.org")
    add_group(company, "asleep@example.org", choir, disabled=True)
    add_group(company, "far@example.net", choir)

    def emptied(actor: Principal, *names: str) -> list[str]:
        found = find_emptied(company, actor, uuids(company, *names))
        assert [uuid for uuid, _ in found] == uuids(
            company, *(address.partition("@")[0] for _, address in found)
        )
        return [address for _, address in found]

    assert emptied(OPERATOR, "choir") == ["far@example.net", "one@example.org"]
    assert emptied(LOCAL_ADMIN, "choir") == ["one@example.org"]
    everything = emptied(LOCAL_ADMIN, "choir", "lodz")
    assert everything == ["both@example.org", "one@example.org"]
    assert emptied(LOCAL_ADMIN, "choir", "lodz", "one") == ["both@example.org"]
    assert emptied(LOCAL_ADMIN, "off") == emptied(LOCAL_ADMIN) == []

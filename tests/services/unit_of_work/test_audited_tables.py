"""What the audit log records of each table, read from the table itself."""

from contactsgroups.persistence.models import Account, Alias, Group, Member, MembershipRequest
from contactsgroups.services.unit_of_work.audited_tables import (
    ATTRIBUTES,
    AUDITED,
    BY_NAME,
    GROUPS,
    KEPT,
    MEMBERS,
    NOT_AUDITED,
    ROLES,
    reference_of,
)

ACCOUNTS, DOMAINS = BY_NAME[Account.__tablename__], BY_NAME["contactsgroups_domains"]


def test_every_column_is_recorded_unless_it_is_derived() -> None:
    for audited in AUDITED:
        recorded = {column.name for column in audited.columns}
        left_out = NOT_AUDITED | audited.passed_over
        columns = {each.name for each in audited.table.columns}
        assert recorded | left_out | {"id"} >= columns >= audited.passed_over
        assert not recorded & left_out
        assert recorded >= {*audited.identity, *audited.subject}


def test_what_is_not_audited_is_a_column_somewhere() -> None:
    columns = {column.name for audited in AUDITED for column in audited.table.columns}
    assert columns >= NOT_AUDITED


def test_a_row_is_told_from_others_by_its_identity() -> None:
    row = tuple(range(len(MEMBERS.columns)))
    assert MEMBERS.key_of(row) == (MEMBERS.places["group_id"], MEMBERS.places["address"])
    names = [column.name for column in MEMBERS.columns]
    assert [MEMBERS.places[name] for name in names] == [*range(len(names))]


def test_attributes_hold_their_columns() -> None:
    for audited in AUDITED:
        for attribute, column in zip(audited.attributes, audited.columns, strict=True):
            assert getattr(audited.entity, attribute).expression.name == column.name


def test_a_member_is_shown_without_what_names_it() -> None:
    assert {column.name for _, column in MEMBERS.fields} == {"original", "until"}
    assert "address" in {column.name for _, column in GROUPS.fields}
    assert MEMBERS.whole is ROLES.whole is GROUPS
    assert ATTRIBUTES.whole is ACCOUNTS
    assert GROUPS.whole is None


def test_ids_of_audited_rows_are_known_for_what_they_are() -> None:
    assert reference_of(Group.__table__.columns["domain_id"]) is DOMAINS
    assert reference_of(Member.__table__.columns["group_id"]) is GROUPS
    assert reference_of(Account.__table__.columns["display_name"]) is None
    places = {GROUPS.columns[place].name: target for place, target in GROUPS.references}
    assert places["domain_id"] is DOMAINS


def test_members_roles_aliases_and_requests_go_with_their_group() -> None:
    cascading = {(other, column.name) for other, column in GROUPS.cascading}
    others = BY_NAME[Alias.__tablename__], BY_NAME[MembershipRequest.__tablename__]
    assert cascading == {(each, "group_id") for each in (MEMBERS, KEPT, ROLES, *others)}

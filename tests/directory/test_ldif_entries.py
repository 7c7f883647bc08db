"""LDAP entries of mail servers become records, and records become entries."""

import io

import pytest

from contactsgroups.directory import ldif_entries, ldif_export
from contactsgroups.directory.lines import NO_UTF_8
from contactsgroups.directory.sample import sample_records
from contactsgroups.services.transfer.records import (
    AccountRecord,
    AdministratorRecord,
    AliasRecord,
    DepartmentRecord,
    DomainRecord,
    Fault,
    GroupRecord,
    Item,
    MemberRole,
    MembershipRecord,
    PassedOver,
    Place,
    Record,
)
from tests.directories import group_record

ACCOUNT = """\
dn: uid=ada,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
objectClass: PostfixBookMailAccount
uid: ada
cn: Ada Archer
sn: Archer
mail: Ada@example.org
mailAlias: a@example.org
mailAlias: archer@example.org
mailEnabled: TRUE
ou: Sales/Europe
userPassword:: e1NTSEF9eHg=
entryUUID: 8c7b6a80-0000-103f-8000-000000000000
"""
GROUP = """\
dn: cn=sales,ou=groups,dc=example,dc=org
objectClass: organizationalRole
objectClass: PostfixBookMailAccount
cn: Sales
mail: sales@example.org
mailEnabled: FALSE
mailGroupMember: ada@example.org
mailGroupMember: bob@example.net
"""


def read(content: str | bytes) -> list[Item]:
    data = content.encode() if isinstance(content, str) else content
    return list(ldif_entries.read(io.BytesIO(data), "x.ldif"))


def test_an_account_comes_with_its_aliases_and_without_what_is_not_ours() -> None:
    assert read(ACCOUNT) == [
        AccountRecord(
            address="Ada@example.org",
            display_name="Ada Archer",
            department="Sales/Europe",
            active=True,
        ),
        AliasRecord(address="a@example.org", account="Ada@example.org"),
        AliasRecord(address="archer@example.org", account="Ada@example.org"),
    ]


def test_an_entry_with_members_is_a_group_and_each_member_has_its_line() -> None:
    items = read(GROUP)
    assert items == [
        group_record(address="sales@example.org", display_name="Sales", disabled=True),
        MembershipRecord(group="sales@example.org", address="ada@example.org"),
        MembershipRecord(group="sales@example.org", address="bob@example.net"),
    ]
    assert [item.place.line for item in items] == [1, 7, 8]


def test_a_group_without_a_name_says_nothing_of_it() -> None:
    (group, _) = read(GROUP.replace("cn: Sales\n", "").partition("mailGroupMember: bob")[0])
    assert group == group_record(address="sales@example.org", disabled=True)


def test_more_than_one_mail_address_makes_aliases() -> None:
    items = read(
        "dn: uid=a\nobjectClass: postfixbookmailaccount\nmail: a@x.example\nmail: b@x.example\n"
    )
    assert AliasRecord(address="b@x.example", account="a@x.example") in items


def test_the_name_is_put_together_where_there_is_none() -> None:
    (account,) = read(
        "dn: uid=a\nobjectClass: PostfixBookMailAccount\nmail: a@x.example\ngivenName: Ada\nsn: B\n"
    )
    assert isinstance(account, AccountRecord)
    assert account.display_name == "Ada B"


def test_entries_of_other_classes_are_passed_over() -> None:
    others = (
        ("dn: dc=example,dc=org\nobjectClass: dcObject\ndc: example\n", ""),
        ("dn: uid=a\nobjectClass: top\nobjectClass: inetOrgPerson\n", "class inetOrgPerson"),
        (
            "dn: uid=b\nobjectClass: posixAccount\nobjectClass: Device\n",
            "classes Device, posixAccount",
        ),
        ("dn: uid=c\nmail: c@x.example\n", "n objectClass"),
    )
    items = read("\n".join([ACCOUNT, *(text for text, _ in others)]))
    passed_over = [item.what for item in items if isinstance(item, PassedOver)]
    assert not any(isinstance(item, Fault) for item in items)
    expected = [what for _, what in others if what]
    assert all(what.endswith(each) for what, each in zip(passed_over, expected, strict=True))


@pytest.mark.parametrize(
    "content",
    [
        "dn: uid=a\nobjectClass: inetOrgPerson\nmail: a@x.example\n",
        "dn: dc=example\nobjectClass: dcObject\n",
        "dn: uid=a\nmail: a@x.example\n",
    ],
)
def test_a_file_of_other_classes_alone_is_a_fault(content: str) -> None:
    """Whoever imports it believes that it has accounts."""
    (fault,) = (item for item in read(content) if isinstance(item, Fault))
    assert str(fault) == (
        "x.ldif:1: no entry of the file is imported: accounts and groups have the class "
        "PostfixBookMailAccount"
    )


@pytest.mark.parametrize("content", ["", "\n\n", "# nothing\n", "search: 2\nresult: 0 Success\n"])
def test_a_file_without_anything_is_named(content: str) -> None:
    assert [str(item) for item in read(content)] == ["x.ldif:1: the file is empty"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_of_unicode_is_read(encoding: str) -> None:
    named = ACCOUNT.replace("cn: Ada Archer", "cn: Ádá 丁").replace("\n", "\r\n")
    account = read(named.encode(encoding))[0]
    assert isinstance(account, AccountRecord)
    assert account.display_name == "Ádá 丁"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            "dn: uid=a\nobjectClass: PostfixBookMailAccount\ncn: a\n",
            "x.ldif:1: the attribute mail is missing",
        ),
        (
            "dn: uid=a\nobjectClass: PostfixBookMailAccount\nmail: a@x.example\nmailEnabled: 1\n",
            "x.ldif:4: mailenabled must be TRUE or FALSE",
        ),
        (
            b"dn: uid=a\nobjectClass: PostfixBookMailAccount\nmail: a@x.example\ncn: M\xfcller\n",
            "x.ldif:4: cn is not UTF-8 text: save the file as UTF-8, or say which encoding it has",
        ),
        (
            "dn: uid=a\nobjectClass: PostfixBookMailForward\nmail: a@x.example\n",
            "x.ldif:1: entries of the class PostfixBookMailForward are not imported",
        ),
    ],
)
def test_a_faulty_value_is_named(content: str | bytes, reason: str) -> None:
    (item,) = read(content)
    assert isinstance(item, Fault)
    assert str(item) == reason


def test_a_faulty_member_does_not_spoil_the_others() -> None:
    items = read(
        GROUP.encode() + b"mailGroupMember: \xff@x.example\nmailGroupMember: c@x.example\n"
    )
    assert [str(each) for each in items if isinstance(each, Fault)] == [
        f"x.ldif:9: mailgroupmember {NO_UTF_8}"
    ]
    assert MembershipRecord(group="sales@example.org", address="c@x.example") in items


def test_the_last_day_of_a_member_is_read_and_one_of_somebody_else_is_a_fault() -> None:
    day = "contactsGroupsMemberUntil: 2027-01-31 "
    items = read(GROUP + f"{day}ADA@Example.org\n{day}eve@example.org\n{day.strip()}\n")
    members = {each.address: each.until for each in items if isinstance(each, MembershipRecord)}
    assert members["ada@example.org"] == "2027-01-31"
    assert members["bob@example.net"] in {None, ""}
    assert [str(each) for each in items if isinstance(each, Fault)] == [
        f"x.ldif:{line}: contactsgroupsmemberuntil has no address that is a mailGroupMember"
        " or contactsGroupsAlwaysMember"
        for line in (10, 11)
    ]


def test_an_alias_of_a_group_is_refused_and_the_group_is_not() -> None:
    items = read(GROUP + "mailAlias: s@example.org\n")
    (fault,) = (each for each in items if isinstance(each, Fault))
    assert str(fault) == (
        "x.ldif:9: an alias stands for an account, and sales@example.org is a group"
    )


def test_what_is_written_is_read_back_whole() -> None:
    records: list[Record] = [
        DomainRecord(name="example.org"),
        DepartmentRecord(domain="example.org", path="Ventes, été/#1"),
        AccountRecord(
            address="o'neil+x@example.org",
            display_name="",
            department="",
            title="<Chef>",
            location=" é",
            active=False,
        ),
        AliasRecord(address="o@example.org", account="o'neil+x@example.org"),
        AdministratorRecord(address="o'neil+x@example.org"),
        group_record(
            address="#g@example.org",
            display_name="Größe: 3",
            description="one\n two",
            kind="team",
            posting_policy="anyone",
            department="",
            rule="",
            disabled=False,
            moderated=True,
            show_in_contacts=False,
        ),
        MembershipRecord(group="#g@example.org", address="o@example.org", until="2027-01-31"),
        MembershipRecord(
            group="#g@example.org", address="out@partner.example", role=MemberRole.OWNER
        ),
    ]
    file = io.BytesIO()
    ldif_export.write(records, file)
    assert read(file.getvalue()) == records


def test_the_sample_is_written_and_read_back_with_nothing_missing() -> None:
    records = sample_records()
    file = io.BytesIO()
    ldif_export.write(records, file)
    again = read(file.getvalue())
    assert not [item for item in again if isinstance(item, Fault)]
    for kind in (DomainRecord, AccountRecord, AliasRecord, GroupRecord, MembershipRecord):
        assert sum(isinstance(each, kind) for each in again) == sum(
            isinstance(each, kind) for each in records
        )


def test_attributes_of_ldap_are_read_as_attributes_of_accounts_where_that_is_asked_for() -> None:
    content = ACCOUNT + "employeeType: intern\nemployeeType: trainee\nfloor: 3\n"
    wanted = {"employeeTYPE": "employment", "badge": "badge"}
    items = list(ldif_entries.read(io.BytesIO(content.encode()), "x.ldif", wanted))
    assert isinstance(items[0], AccountRecord)
    assert items[0].attributes == {"employment": "intern"}
    assert not items[0].has_all_attributes
    assert PassedOver(Place("x.ldif", 15), "a further value of employeetype") in items


def test_attributes_are_exported_as_one_attribute_and_read_back() -> None:
    record = AccountRecord(address="ada@example.org", attributes={"cost_center": "a=b", "x": "1"})
    file = io.BytesIO()
    ldif_export.write([DomainRecord(name="example.org"), record], file)
    (read_back,) = [each for each in read(file.getvalue()) if isinstance(each, AccountRecord)]
    assert read_back.attributes == record.attributes
    assert read_back.has_all_attributes
    faulty = file.getvalue().replace(b"cost_center=", b"cost_center")
    faulty = faulty.replace(b"a=b", b"ab").replace(b"x=1", b"x")
    assert "must be NAME=VALUE" in str([each for each in read(faulty) if isinstance(each, Fault)])

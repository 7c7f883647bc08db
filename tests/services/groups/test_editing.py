"""Groups are created, changed and deleted whole or not at all."""

import io
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from PIL import Image
from sqlalchemy import select

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import (
    AddressInUse,
    ContactsGroupsError,
    DepartmentNotFound,
    DomainNotFound,
    GroupNotFound,
    InvalidAddress,
    InvalidInput,
    InvalidPicture,
    InvalidRule,
    InvalidText,
    MembersAreDerived,
    MembershipCycle,
    NoMembers,
    NotPermitted,
    StaleVersion,
)
from contactsgroups.domain.group import SWITCHES, GroupSettings
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database, journal
from contactsgroups.persistence.models import JournalRow
from contactsgroups.services import groups, pictures
from contactsgroups.services.accounts import ensure_domain
from contactsgroups.services.checks import check_database
from contactsgroups.services.groups import members
from contactsgroups.services.groups.deleted_groups import release_address
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.transfer.importing import import_records
from tests.directories import (
    add_account,
    add_accounts,
    add_alias,
    add_group,
    changed_draft,
    group_draft,
    group_record,
)
from tests.services.conftest import NIA

DRAFT = group_draft(
    address="Sales@Example.org", display_name="Sales Team", members=["ada@example.org"]
)
LOCAL_ADMIN = Principal(
    address=Address.parse("ada@example.org"), managed_domains=frozenset({"example.org"})
)


def position(database: Database) -> int:
    with database.read() as session:
        return journal.read_position(session)[1]


def test_a_group_has_the_documented_defaults_and_keeps_its_spelling(database: Database) -> None:
    group = groups.create_group(database, LOCAL_ADMIN, DRAFT)
    assert (group.address, group.original) == ("sales@example.org", "Sales@Example.org")
    assert group.settings == GroupSettings(display_name="Sales Team")
    assert (group.settings.kind, group.settings.posting_policy) == ("static", "same_domain")
    assert group.applicant == "ada@example.org"
    assert (group.recipient_count, group.external_count, group.version) == (1, 0, 1)
    assert groups.find_group(database, OPERATOR, "SALES@example.org.") == group


@pytest.mark.parametrize(
    ("change", "error", "field"),
    [
        ({"address": "sales"}, InvalidAddress, "address"),
        ({"address": "sales@elsewhere.example"}, DomainNotFound, "address"),
        ({"address": "ada@example.org"}, AddressInUse, "address"),
        ({"display_name": "Sales\r\nBcc: x@example.org"}, InvalidText, "display_name"),
        ({"description": "\x00"}, InvalidText, "description"),
        ({"kind": "mailing list"}, InvalidInput, "kind"),
        ({"posting_policy": "public"}, InvalidInput, "posting_policy"),
        ({"members": []}, NoMembers, "members"),
        ({"members": None}, NoMembers, None),
        ({"members": ["nobody@example.org"]}, InvalidAddress, "members"),
        ({"members": ["sales@example.org"]}, MembershipCycle, "members"),
        ({"members": ["x"] * 60_000}, InvalidInput, "members"),
        ({"owners": ["not an address"]}, InvalidAddress, "owners"),
        ({"kind": "department", "members": None}, InvalidInput, "department"),
        (
            {"kind": "department", "department": "X", "members": None},
            DepartmentNotFound,
            "department",
        ),
        ({"kind": "dynamic", "rule": "salary > 3", "members": None}, InvalidRule, "rule"),
        ({"kind": "dynamic", "rule": 'title = "x"'}, MembersAreDerived, None),
        ({"picture": b"GIF89a but not really"}, InvalidPicture, "picture"),
    ],
)
def test_a_faulty_draft_is_refused_and_leaves_nothing_behind(
    database: Database, change: dict[str, object], error: type[Exception], field: str | None
) -> None:
    before = position(database)
    with pytest.raises(error) as caught:
        groups.create_group(database, OPERATOR, changed_draft(DRAFT, **change))
    if field is not None:
        assert getattr(caught.value, "field", None) == field
    assert groups.list_groups(database, OPERATOR).groups == ()
    assert position(database) == before


def test_what_the_kind_has_no_use_for_is_refused_by_create_update_and_import(
    database: Database,
) -> None:
    """An administrator who gave a rule must not believe that it is in force."""
    add_account(database, "eve@example.org", department="Sales")
    group = groups.create_group(database, OPERATOR, DRAFT)
    rule, department = {"rule": 'title = "x"'}, {"department": "Sales"}
    for change, field in (
        (rule, "rule"),
        (department, "department"),
        ({"kind": "team", "owners": ("ada@example.org",), **rule}, "rule"),
        ({"kind": "dynamic", **rule, **department}, "department"),
        ({"kind": "department", **rule, **department}, "rule"),
    ):
        people = None if change.get("kind") in {"dynamic", "department"} else DRAFT.members
        new = changed_draft(DRAFT, address="new@example.org", members=people, **change)
        with pytest.raises(InvalidInput) as created:
            groups.create_group(database, OPERATOR, new)
        saved = changed_draft(DRAFT, members=None, **change)
        with pytest.raises(InvalidInput) as updated:
            groups.update_group(database, OPERATOR, group.uuid, group.version, saved)
        assert created.value.field == updated.value.field == field
        said = {name: value for name, value in change.items() if name != "owners"}
        report = import_records(database, OPERATOR, [group_record("sales@example.org", **said)])
        (fault,) = report.faults
        assert fault.reason == str(created.value) == str(updated.value)
    assert groups.show_group(database, OPERATOR, group.uuid) == group


def test_every_switch_is_stored_and_read_back(database: Database) -> None:
    group = groups.create_group(database, OPERATOR, DRAFT)
    for switch in SWITCHES:
        draft = changed_draft(
            DRAFT, members=None, owners=["ada@example.org"], **{switch.name: not switch.default}
        )
        group = groups.update_group(database, OPERATOR, group.uuid, group.version, draft)
        assert group.settings == draft.settings
        assert groups.list_groups(database, OPERATOR).groups[0].settings == draft.settings


def test_what_create_and_update_return_is_what_is_stored_and_read_in_their_transaction(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_account(database, "eve@example.org", department="Sales/Europe")
    draft = changed_draft(
        DRAFT,
        members=["ada@example.org", "out@partner.example"],
        owners=["bob@example.org", "ada@example.org"],
        allowed_senders=["Zoe@partner.example"],
    )
    kind = {"kind": "department", "department": "Sales"}
    other = changed_draft(draft, address="S@example.org", owners=["a@b.example"], members=None)
    with monkeypatch.context() as patched:
        patched.delattr(Database, "read")
        group = groups.create_group(database, OPERATOR, draft)
    assert groups.show_group(database, OPERATOR, group.uuid) == group
    assert (group.recipient_count, group.external_count) == (2, 1)
    with monkeypatch.context() as patched:
        patched.delattr(Database, "read")
        changed = groups.update_group(
            database, OPERATOR, group.uuid, group.version, changed_draft(other, **kind)
        )
    assert groups.show_group(database, OPERATOR, group.uuid) == changed
    assert (changed.settings.department, changed.recipient_count) == ("Sales", 1)


def test_a_change_is_written_to_the_journal_once(database: Database) -> None:
    """Reading what became of a change before the commit does not bring it about twice."""
    groups.create_group(database, OPERATOR, DRAFT)
    with database.read() as session:
        rows = session.scalars(select(JournalRow.address)).all()
    assert rows.count("sales@example.org") == 1


def test_an_address_is_at_most_one_of_account_alias_and_group(database: Database) -> None:
    add_alias(database, "a@example.org", "ada@example.org")
    add_group(database, "sales@example.org", "ada@example.org")
    for taken in ("a@example.org", "Bob@example.org", "sales@example.org"):
        with pytest.raises(AddressInUse):
            add_group(database, taken, "ada@example.org")
    with pytest.raises(AddressInUse):
        add_account(database, "sales@example.org")
    with pytest.raises(AddressInUse):
        add_alias(database, "sales@example.org", "ada@example.org")


def test_addresses_compare_by_code_point(database: Database) -> None:
    add_group(database, "group@example.org", "ada@example.org")
    add_group(database, "gröup@example.org", "bob@example.org")
    found = groups.find_group(database, OPERATOR, "gröup@example.org")
    assert members.list_recipients(database, OPERATOR, found.uuid) == ["bob@example.org"]
    with pytest.raises(GroupNotFound):
        groups.find_group(database, OPERATOR, "groüp@example.org")


def test_two_administrators_saving_at_once_do_not_overwrite_each_other(
    database: Database,
) -> None:
    group = groups.create_group(database, OPERATOR, DRAFT)
    first = changed_draft(DRAFT, display_name="First", members=None)
    groups.update_group(database, LOCAL_ADMIN, group.uuid, group.version, first)
    second = changed_draft(DRAFT, display_name="Second", members=None)
    with pytest.raises(StaleVersion) as caught:
        groups.update_group(database, OPERATOR, group.uuid, group.version, second)
    assert caught.value.changed_by == "ada@example.org"
    assert groups.show_group(database, OPERATOR, group.uuid).settings.display_name == "First"


def test_of_many_administrators_saving_at_the_same_moment_exactly_one_wins(
    database: Database,
) -> None:
    group = groups.create_group(database, OPERATOR, DRAFT)

    def save(name: str) -> str | None:
        draft = changed_draft(DRAFT, display_name=name, members=None)
        try:
            groups.update_group(database, OPERATOR, group.uuid, group.version, draft)
        except StaleVersion:
            return None
        return name

    with ThreadPoolExecutor(6) as pool:
        winners = [name for name in pool.map(save, "ABCDEF") if name]
    assert winners == [groups.show_group(database, OPERATOR, group.uuid).settings.display_name]


def test_of_many_creating_the_same_group_at_once_exactly_one_wins(database: Database) -> None:
    def create(_: int) -> bool:
        try:
            groups.create_group(database, OPERATOR, DRAFT)
        except AddressInUse:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(create, range(6))) == 1


def test_a_renamed_group_stays_a_member_and_frees_its_old_address(database: Database) -> None:
    sales = add_group(database, "sales@example.org", "ada@example.org")
    everyone = add_group(database, "all@example.org", "sales@example.org", "bob@example.org")
    draft = changed_draft(DRAFT, address="Selling@example.org", members=None)
    groups.update_group(database, OPERATOR, sales.uuid, sales.version, draft)
    assert members.list_recipients(database, OPERATOR, everyone.uuid) == [
        "ada@example.org",
        "bob@example.org",
    ]
    views = members.list_members(database, OPERATOR, everyone.uuid)
    assert [(each.address, each.kind) for each in views] == [
        ("bob@example.org", "account"),
        ("selling@example.org", "group"),
    ]
    add_group(database, "sales@example.org", "eve@example.org")


def test_a_rename_takes_nothing_from_groups_that_had_the_new_address_alone(
    database: Database,
) -> None:
    """An outside address may become a local one, when its domain is served here from then on."""
    other = add_group(
        database, "other@example.org", "new@later.example", owners=["ada@example.org"]
    )
    ensure_domain(database, OPERATOR, "later.example")
    old = add_group(database, "old@later.example", "eve@example.org")
    both = add_group(database, "both@example.org", "old@later.example", "bob@example.org")
    draft = changed_draft(DRAFT, address="new@later.example", members=None)
    groups.update_group(database, OPERATOR, old.uuid, old.version, draft)
    assert members.list_recipients(database, OPERATOR, other.uuid) == ["eve@example.org"]
    assert members.list_recipients(database, OPERATOR, both.uuid) == [
        "bob@example.org",
        "eve@example.org",
    ]
    assert [finding for finding in check_database(database) if finding.severity == "error"] == []


def test_a_group_cannot_move_to_another_domain_or_to_a_taken_address(database: Database) -> None:
    group = groups.create_group(database, OPERATOR, DRAFT)
    for address, error in [
        ("sales@example.net", InvalidInput),
        ("ada@example.org", AddressInUse),
    ]:
        draft = changed_draft(DRAFT, address=address, members=None)
        with pytest.raises(error):
            groups.update_group(database, OPERATOR, group.uuid, group.version, draft)
    assert groups.show_group(database, OPERATOR, group.uuid) == group


def test_a_group_that_was_saved_since_is_not_removed(database: Database) -> None:
    group = groups.create_group(database, OPERATOR, DRAFT)
    renamed = changed_draft(DRAFT, display_name="First", members=None)
    saved = groups.update_group(database, LOCAL_ADMIN, group.uuid, group.version, renamed)
    with pytest.raises(StaleVersion):
        groups.remove_group(database, OPERATOR, group.uuid, version=group.version)
    with pytest.raises((NotPermitted, GroupNotFound)):  # Who may not is told nothing of versions.
        groups.remove_group(database, NIA, group.uuid, version=group.version)
    assert groups.show_group(database, OPERATOR, group.uuid) == saved
    groups.remove_group(database, OPERATOR, group.uuid, version=saved.version)
    with pytest.raises(GroupNotFound):
        groups.show_group(database, OPERATOR, group.uuid)


def test_a_deleted_group_leaves_the_groups_that_contained_it(database: Database) -> None:
    sales = add_group(database, "sales@example.org", "ada@example.org")
    everyone = add_group(database, "all@example.org", "sales@example.org", "bob@example.org")
    groups.remove_group(database, OPERATOR, sales.uuid)
    assert members.list_recipients(database, OPERATOR, everyone.uuid) == ["bob@example.org"]
    with pytest.raises(GroupNotFound):
        groups.show_group(database, OPERATOR, sales.uuid)
    with pytest.raises(GroupNotFound):
        groups.remove_group(database, OPERATOR, sales.uuid)
    release_address(database, OPERATOR, sales.uuid)
    add_account(database, "sales@example.org")


def test_an_administrator_of_one_domain_does_not_reach_another(database: Database) -> None:
    add_accounts(database, ["nia"], domain="example.net")
    other = add_group(database, "sales@example.net", "nia@example.net")
    own = add_group(database, "sales@example.org", "ada@example.org")
    draft = changed_draft(DRAFT, address="new@example.net")
    attempts = [
        lambda: groups.create_group(database, LOCAL_ADMIN, draft),
        lambda: groups.show_group(database, LOCAL_ADMIN, other.uuid),
        lambda: groups.update_group(database, LOCAL_ADMIN, other.uuid, 1, draft),
        lambda: groups.remove_group(database, LOCAL_ADMIN, other.uuid),
        lambda: members.add_members(database, LOCAL_ADMIN, other.uuid, ["ada@example.org"]),
        lambda: members.remove_member(database, LOCAL_ADMIN, other.uuid, "nia@example.net"),
        lambda: members.list_members(database, LOCAL_ADMIN, other.uuid),
        lambda: members.list_recipients(database, LOCAL_ADMIN, other.uuid),
    ]
    for attempt in attempts:
        with pytest.raises((NotPermitted, GroupNotFound)):  # Its domain is not shown.
            attempt()
    assert [each.uuid for each in groups.list_groups(database, LOCAL_ADMIN).groups] == [own.uuid]
    assert members.where_is(database, LOCAL_ADMIN, "nia@example.net") == []


def picture_of(database: Database, uuid: str) -> bytes:
    with database.read() as session:
        return pictures.picture_of(require_group(session, uuid))


def test_a_group_has_a_picture_its_own_or_a_drawn_one(database: Database) -> None:
    group = groups.create_group(database, OPERATOR, DRAFT)
    drawn = picture_of(database, group.uuid)
    buffer = io.BytesIO()
    Image.effect_noise((3000, 2000), 90).save(buffer, "JPEG")
    draft = changed_draft(DRAFT, members=None, picture=buffer.getvalue())
    changed = groups.update_group(database, OPERATOR, group.uuid, 1, draft)
    own = picture_of(database, group.uuid)
    image = Image.open(io.BytesIO(own))
    assert image.format == "PNG"
    assert max(image.size) <= pictures.SIDE
    assert len(own) <= pictures.BYTES_LIMIT
    assert changed.has_own_picture
    assert changed.picture_version != group.picture_version
    groups.update_group(database, OPERATOR, group.uuid, 2, changed_draft(DRAFT, members=None))
    assert picture_of(database, group.uuid) == own
    groups.update_group(database, OPERATOR, group.uuid, 3, changed_draft(draft, picture=b""))
    assert picture_of(database, group.uuid) == drawn


def test_making_a_picture_small_keeps_no_other_writer_waiting(database: Database) -> None:
    group = groups.create_group(database, OPERATOR, DRAFT)
    buffer = io.BytesIO()
    Image.new("RGB", (10, 10)).save(buffer, "PNG")
    draft = changed_draft(DRAFT, members=None, picture=buffer.getvalue())
    with ThreadPoolExecutor(1) as others:
        with pictures._decoding:  # As if it took very long.
            saving = others.submit(groups.update_group, database, OPERATOR, group.uuid, 1, draft)
            wait([saving], timeout=0.3)
            groups.create_group(database, OPERATOR, changed_draft(DRAFT, address="b@example.org"))
            assert not saving.done()
        assert saving.result(30).has_own_picture


def test_every_error_is_fit_to_show(database: Database) -> None:
    with pytest.raises(ContactsGroupsError) as caught:
        groups.create_group(database, OPERATOR, changed_draft(DRAFT, address="x" * 10_000_000))
    assert len(str(caught.value)) < 300

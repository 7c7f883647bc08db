"""Whoever may only look changes nothing, in whatever use case: every one of them is tried."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

import contactsgroups.services
from contactsgroups.domain.address import Address
from contactsgroups.domain.domain_settings import DomainSettings
from contactsgroups.domain.errors import NotPermitted
from contactsgroups.domain.group import GroupSettings, Role
from contactsgroups.domain.member_lines import MemberLine
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Base, MembershipRequest, WebSession
from contactsgroups.services.accounts import AccountDraft, appoint_administrator
from contactsgroups.services.accounts.listing import AccountFilter
from contactsgroups.services.accounts.sessions import SessionLimits
from contactsgroups.services.audit_log import AuditFilter
from contactsgroups.services.completion.usage import UsedAddress
from contactsgroups.services.groups.department_members import DepartmentChoice
from contactsgroups.services.groups.filtering import GroupFilter
from contactsgroups.services.groups.listing import Place as GroupsPlace
from contactsgroups.services.groups.managed_requests import RequestFilter
from contactsgroups.services.groups.member_filtering import MemberFilter
from contactsgroups.services.groups.ordering import Sorting
from contactsgroups.services.groups.requests import join_group
from contactsgroups.services.groups.teams import TeamDraft
from contactsgroups.services.moderation.held_messages import HeldFilter
from contactsgroups.services.transfer.importing import ImportOptions
from contactsgroups.services.transfer.records import AccountRecord, Place
from contactsgroups.services.unit_of_work.receipts import collecting
from tests.directories import add_account, add_accounts, add_alias, add_group, group_draft
from tests.services.moderation.holds import add_moderated, hold

LOOKING = Principal(address=Address.parse("ada@example.org"), managed_domains=None, read_only=True)
UUID = "the group's own"
GONE = "of a group that was deleted"
WORK = "of a change"
OPEN = "of a group that takes requests"
REQUEST = "of a request that waits"
HELD = "of a message that waits"
OWN_REQUEST = "of a request of the principal itself"
LIMITS = SessionLimits(lifetime=timedelta(hours=12), idle=timedelta(hours=2))
DIGEST = "d" * 64
ZOE = Address.parse("zoe@example.org")
COURTS = DepartmentChoice(domain="example.org", path="Courts")
DRAFT = group_draft("new@example.org", display_name="New", members=["ada@example.org"])
ACCOUNT = AccountRecord(place=Place("people.csv", 2), address="new@example.org")

WRITING: dict[str, tuple[Any, ...]] = {
    "accounts.accounts.ensure_account": (AccountDraft(address="new@example.org"),),
    "accounts.accounts.add_alias": ("new@example.org", "bob@example.org"),
    "accounts.accounts.ensure_alias": ("new@example.org", "bob@example.org"),
    "accounts.accounts.remove_account": ("bob@example.org",),
    "accounts.accounts.remove_alias": ("a@example.org",),
    "accounts.accounts.set_attributes": ("bob@example.org", {"floor": "3"}),
    "accounts.accounts.set_password": ("bob@example.org", "long enough"),
    "accounts.administrators.appoint_administrator": ("bob@example.org", None),
    "accounts.administrators.remove_administrator": ("eve@example.org", None),
    "accounts.administrators.remove_appointment": ("eve@example.org", "example.org"),
    "accounts.department_tree.add_department": ("example.org", "Sales"),
    "accounts.department_tree.move_department": ("example.org", "Legal", "Law"),
    "accounts.department_tree.remove_department": ("example.org", "Legal"),
    "accounts.domain_settings.change_domain_settings": (
        "example.org",
        DomainSettings(team_creators="accounts"),
    ),
    "accounts.domains.ensure_domain": ("new.example",),
    "accounts.domains.remove_domain": ("example.net",),
    "accounts.languages.keep_language": ("de",),
    "accounts.sessions.begin_session": ("Firefox on Linux", LIMITS),
    "accounts.sessions.end_listed_session": (DIGEST,),
    "accounts.sessions.sign_out_everywhere": ("bob@example.org",),
    "accounts.sharing.hide_domain": ("example.org", "example.net"),
    "accounts.sharing.share_domain": ("example.net", "example.org"),
    "audit_verification.seal_log": (),
    "audit_verification.verify_all": (),
    "audit_verification.verify_newest": (),
    "completion.usage.remove_usage": ("bob@example.org",),
    "completion.usage.remove_all_usage": (),
    "accounts.token_keys.rotate_token_key": (timedelta(hours=1),),
    "completion.usage.record_usage": ([UsedAddress("bob@example.org")],),
    "completion.usage.set_usage_recording": (False,),
    "groups.bulk.remove_groups": ([UUID],),
    "groups.bulk.switch_groups": ([UUID], {"disabled": True}),
    "groups.deleted_groups.release_address": (GONE,),
    "groups.deleted_groups.restore_group": (GONE,),
    "groups.editing.create_group": (DRAFT,),
    "groups.managed_requests.approve_requests": ([REQUEST],),
    "groups.editing.remove_group": (UUID,),
    "groups.editing.update_group": (UUID, 1, replace(DRAFT, members=None)),
    "groups.member_changes.change_members": (UUID, ["zoe@example.org"], []),
    "groups.department_members.add_department": (UUID, COURTS),
    "groups.member_pieces.add_in_pieces": (UUID, {"zoe@example.org": ZOE}),
    "groups.pasting.paste_members": (UUID, [MemberLine(number=1, text="zoe", address=ZOE)]),
    "groups.member_removal.remove_found": (UUID, MemberFilter()),
    "groups.member_removal.remove_members": (UUID, ["bob@example.org"]),
    "groups.leaving.remove_everywhere": ("bob@example.org",),
    "groups.members.add_member": (UUID, "zoe@example.org"),
    "groups.member_ends.set_last_day": (UUID, ["ada@example.org"], None),
    "groups.members.add_members": (UUID, ["zoe@example.org"]),
    "groups.members.remove_member": (UUID, "bob@example.org"),
    "groups.requests.approve_request": (REQUEST, "Welcome."),
    "groups.requests.decline_request": (REQUEST, "Not yet."),
    "groups.requests.join_group": (OPEN, "Please."),
    "groups.requests.leave_group": (UUID, "Moved."),
    "groups.requests.withdraw_request": (OWN_REQUEST,),
    "moderation.decisions.approve_message": (HELD,),
    "moderation.decisions.approve_messages": ([HELD],),
    "moderation.decisions.discard_message": (HELD,),
    "moderation.decisions.discard_messages": ([HELD],),
    "moderation.decisions.reject_message": (HELD, "No."),
    "moderation.decisions.reject_messages": ([HELD], "No."),
    "groups.undoing.undo_changes": ([WORK],),
    "groups.teams.create_team": (TeamDraft(address="crew@example.org", display_name="Crew"),),
    "transfer.importing.import_records": ([ACCOUNT], None),
}
READING: dict[str, tuple[Any, ...]] = {
    "accounts.administrators.list_administrators": (),
    "accounts.department_tree.read_tree": ("example.org",),
    "accounts.domain_settings.read_domain_settings": ("example.org",),
    "accounts.domains.list_domains": (),
    "accounts.domain_views.list_domain_views": (),
    "accounts.domain_views.list_possible_viewers": ("example.org",),
    "accounts.domain_views.view_domain": ("example.org",),
    "accounts.listing.count_accounts": (AccountFilter(),),
    "accounts.listing.count_aliases": ("",),
    "accounts.listing.list_accounts": (AccountFilter(), "", 9),
    "accounts.attributes.list_attribute_names": (),
    "accounts.listing.view_managed_account": ("bob@example.org",),
    "accounts.listing.list_aliases": (None, "", "", 9),
    "accounts.listing.list_departments_of": (None, "", 9),
    "accounts.listing.view_account": ("bob@example.org",),
    "accounts.sessions.list_sessions": ("", LIMITS),
    "accounts.token_keys.list_token_keys": (),
    "audit_log.count_entries": (AuditFilter(),),
    "audit_log.list_entries": (AuditFilter(), None, 9),
    "audit_log.read_all_entries": (AuditFilter(),),
    "audit_log.read_names": ([],),
    "audit_verification.find_known": (1, DIGEST),
    "audit_verification.last_verifications": (),
    "completion.usage.is_usage_recorded": (),
    "completion.usage.list_usage": (),
    "groups.audience.find_audience": ([Address.parse("sales@example.org")],),
    "groups.audience.list_visible_members": (UUID,),
    "groups.audience.read_visible_picture": (UUID,),
    "groups.browsing.browse_groups": (GroupFilter(), "", 9),
    "groups.browsing.browse_members": (UUID, "", 9),
    "groups.browsing.view_group": (UUID,),
    "groups.deleted_groups.count_deleted": (),
    "groups.deleted_groups.find_deleted": ("gone@example.org",),
    "groups.deleted_groups.list_deleted": (),
    "groups.deleted_groups.show_deleted": (GONE,),
    "groups.undo_offers.find_offers": ([],),
    "groups.undo_offers.may_undo": ([WORK],),
    "groups.draft_faults.saying_all_faults": (DRAFT,),
    "groups.field_changes.last_changes": (UUID,),
    "groups.first_recipients.list_first_recipients": (UUID, 9),
    "groups.delivery_preview.preview_delivery": (UUID,),
    "groups.posting_preview.preview_posting": (UUID,),
    "groups.reports.read_reports": (),
    "groups.emptied.groups_emptied_by_account": ("bob@example.org",),
    "groups.emptied.groups_emptied_by_alias": ("a@example.org",),
    "groups.managed_requests.list_managed_requests": (RequestFilter(),),
    "groups.history.list_history": (UUID, None, 9),
    "groups.kept_members.count_kept_members": (UUID,),
    "groups.leaving_plan.plan_leaving": ("bob@example.org",),
    "groups.department_members.count_department": (UUID, COURTS),
    "groups.member_listing.addresses_found": (UUID, MemberFilter()),
    "groups.member_listing.list_last_days": (UUID, ["ada@example.org"]),
    "groups.member_listing.list_found_members": (UUID, MemberFilter()),
    "groups.member_listing.read_found_members": (UUID, MemberFilter()),
    "groups.members.list_members": (UUID,),
    "groups.members.list_recipients": (UUID,),
    "groups.members.where_is": ("bob@example.org",),
    "groups.own_groups.count_own_groups": (),
    "groups.own_groups.list_direct_groups": (),
    "groups.own_groups.list_indirect_groups": (),
    "groups.own_groups.list_joinable_groups": (),
    "groups.own_groups.list_run_groups": (Role.OWNER,),
    "groups.own_groups.show_known_group": (UUID,),
    "groups.reading.find_group": ("sales@example.org",),
    "groups.bulk.find_emptied": ([UUID],),
    "groups.bulk.show_many": ([UUID],),
    "groups.listing.list_groups": (),
    "groups.listing.list_managed": (GroupFilter(), Sorting(), GroupsPlace()),
    "groups.reading.show_group": (UUID,),
    "groups.requests.count_requests_to_answer": (),
    "groups.requests.list_own_requests": (),
    "groups.requests.list_requests_to_answer": (),
    "groups.source_preview.preview_source": (
        GroupSettings(kind="dynamic", rule="name is set"),
        UUID,
    ),
    "groups.teams.may_create_team": (),
    "moderation.held_messages.count_waiting": (),
    "moderation.held_messages.list_groups_with_waiting": (),
    "groups.whereabouts.find_whereabouts": ("bob@example.org",),
}
CONFIDENTIAL: dict[str, tuple[Any, ...]] = {
    "moderation.held_messages.list_held_messages": (HeldFilter(),),
    "moderation.held_messages.show_held_message": (HELD,),
}
"""These change nothing, and are not for whoever may only look: a browser's token reads no mail."""
IN_PIECES = {
    "groups.member_removal.remove_found",
    "groups.member_removal.remove_members",
    "groups.department_members.add_department",
    "groups.pasting.paste_members",
    "groups.member_ends.end_memberships",
    "moderation.decisions.approve_messages",
    "moderation.decisions.discard_messages",
    "moderation.decisions.reject_messages",
}
"""These open no unit of work: they call, again and again, what does."""
NOT_BY_A_PRINCIPAL = {
    # The address book server has stored the card already, for whom it let write.
    "completion.contacts.replace_contacts",
    # Of all accounts together; nobody asks for these.
    "completion.popularity.sum_up",
    "groups.deleted_groups.purge_expired",
    "groups.member_ends.end_memberships",
    # Of a message that Postfix brings, or that was approved.
    "moderation.delivering.claim_next",
    "moderation.delivering.finish",
    "moderation.delivering.note_copies",
    "moderation.delivering.postpone",
    "moderation.delivering.release",
    "moderation.decisions.remove_content",
    "moderation.holding.hold_message",
    "moderation.upkeep.tidy_holds",
    # Postfix's question about a message, whoever sends it.
    "delivery.mail_days.store_day",
    "delivery.outbox.begin",
    "delivery.outbox.claim",
    "delivery.outbox.postpone",
    "delivery.outbox.release",
    "delivery.outbox.remove",
    "delivery.outbox.remove_abandoned",
    "delivery.outbox.remove_outdated",
    # What the services themselves say of their work.
    "delivery.in_force.report_position",
    "delivery.in_force.withdraw",
}


def public_functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    package = contactsgroups.services
    for info in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        module = importlib.import_module(info.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == info.name and not name.startswith("_"):
                yield f"{info.name}.{name}".removeprefix(package.__name__ + "."), function


def is_front_door(name: str) -> bool:
    """Whether faces may call it; what opens a transaction for use cases is none."""
    return not name.startswith(("unit_of_work.", "completion.personal_state."))


FUNCTIONS = {name: each for name, each in public_functions() if is_front_door(name)}


def is_use_case(function: Callable[..., Any]) -> bool:
    """Whether it is called as ``function(database, principal, ...)``."""
    kinds = [each.annotation for each in inspect.signature(function).parameters.values()]
    return kinds[:2] == [Database, Principal]


@pytest.fixture
def database(migrated_sqlite_url: str) -> Iterator[Database]:
    database = Database(migrated_sqlite_url, audit_keys=["a key"])
    add_accounts(database, ["ada", "bob", "eve", "zoe"])
    add_accounts(database, [], domain="example.net")
    add_alias(database, "a@example.org", "ada@example.org")
    FUNCTIONS["accounts.sharing.share_domain"](database, OPERATOR, "example.org", "example.net")
    FUNCTIONS["accounts.department_tree.add_department"](database, OPERATOR, "example.org", "Legal")
    add_account(database, "zoe@example.org", department="Courts")
    appoint_administrator(database, OPERATOR, "eve@example.org", domain="example.org")
    _open_session(database)
    yield database
    database.dispose()


def _open_session(database: Database) -> None:
    """Ada is signed in."""
    with database.write() as session:
        ada = session.scalars(select(Account.id).where(Account.address == "ada@example.org")).one()
        session.add(WebSession(digest=DIGEST, account_id=ada, expires_at=datetime.now(UTC)))


@pytest.fixture
def uuids(database: Database) -> dict[str, str]:
    """What stands for the UUIDs that only the database knows."""
    group = add_group(database, "sales@example.org", "ada@example.org", "bob@example.org").uuid
    gone = add_group(database, "gone@example.org", "ada@example.org").uuid
    with collecting() as receipts:
        FUNCTIONS["groups.editing.remove_group"](database, OPERATOR, gone)
    others = [
        add_group(database, f"{name}@example.org", "zoe@example.org", join_on_request=True).uuid
        for name in ("open", "asked", "own")
    ]
    for name, asked in (("bob", others[1]), ("ada", others[2])):
        join_group(database, Principal(address=Address.parse(f"{name}@example.org")), asked)
    with database.read() as session:
        requests = session.scalars(
            select(MembershipRequest.uuid).order_by(MembershipRequest.id)
        ).all()
    return {
        UUID: group,
        GONE: gone,
        WORK: receipts[0].work_id,
        OPEN: others[0],
        HELD: hold(database, add_moderated(database)),
        REQUEST: requests[0],
        OWN_REQUEST: requests[1],
    }


def contents(database: Database) -> dict[str, list[Any]]:
    """All tables, with the journal's position and the number of commits among them."""
    with database.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in Base.metadata.sorted_tables
        }


def call(name: str, database: Database, principal: Principal, uuids: dict[str, str]) -> None:
    """Call a use case; arguments by keyword only are given like the others."""
    function = FUNCTIONS[name]
    arguments = (WRITING | READING | CONFIDENTIAL)[name]
    values = [_meant(value, uuids) for value in arguments]
    names = list(inspect.signature(function).parameters)[2:]
    function(database, principal, **dict(zip(names, values, strict=False)))


def _meant(value: Any, uuids: dict[str, str]) -> Any:
    if type(value) is list:
        return [_meant(each, uuids) for each in value]
    return uuids.get(value, value) if type(value) is str else value


def test_every_use_case_has_a_row_here() -> None:
    found = {name for name, function in FUNCTIONS.items() if is_use_case(function)}
    # They ask for a right, and do nothing.
    checks = {"groups.members.require_editable", "groups.member_ends.require_datable"}
    assert found - checks == WRITING.keys() | READING.keys() | CONFIDENTIAL.keys()


_OPENING = (
    r"(?m)^ +(with )?(write|write_private|write_own|_changing_popularity|_keep)\("
    r"|_Import\(|_approve\(|_refuse\(|_claim\(|_write_parts\(|_forget_copies\("
)
"""Some open one unit of work after the other, or let a function of their own do so."""


def test_every_function_that_opens_a_unit_of_work_has_a_row_here() -> None:
    found = {
        name
        for name, function in FUNCTIONS.items()
        if re.search(_OPENING, inspect.getsource(function))
    }
    assert found | IN_PIECES == WRITING.keys() | NOT_BY_A_PRINCIPAL


@pytest.mark.parametrize("name", [*WRITING, *CONFIDENTIAL])
def test_whoever_may_only_look_is_refused_and_nothing_changes(
    database: Database, uuids: dict[str, str], name: str
) -> None:
    before = contents(database)
    with pytest.raises(NotPermitted, match="only read"):
        call(name, database, LOOKING, uuids)
    assert contents(database) == before


@pytest.mark.parametrize("name", WRITING)
def test_the_same_call_by_an_administrator_does_change_something(
    database: Database, uuids: dict[str, str], name: str
) -> None:
    before = contents(database)
    call(name, database, replace(LOOKING, read_only=False), uuids)
    assert contents(database) != before


@pytest.mark.parametrize("name", READING)
def test_whoever_may_only_look_may_look(
    database: Database, uuids: dict[str, str], name: str
) -> None:
    before = contents(database)
    call(name, database, LOOKING, uuids)
    assert contents(database) == before


@pytest.mark.parametrize("name", CONFIDENTIAL)
def test_what_is_confidential_is_for_those_who_may_do_more(
    database: Database, uuids: dict[str, str], name: str
) -> None:
    call(name, database, replace(LOOKING, read_only=False), uuids)


def test_a_dry_run_of_an_import_is_a_look(database: Database) -> None:
    before = contents(database)
    run = FUNCTIONS["transfer.importing.import_records"]
    report = run(database, LOOKING, [ACCOUNT], ImportOptions(dry_run=True))
    assert len(report.differences) == 1
    assert contents(database) == before

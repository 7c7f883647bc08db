"""Every page, called by everybody, compared with the one table.

The table is ``contactsgroups/domain/authority.py``; here stands only which right each address
needs.  A new address without an entry fails.  Operations of the API have their entries in
``tests/web/api/test_rights.py``, which asks with tokens.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from contactsgroups.bootstrap import Core, open_core
from contactsgroups.domain import authority
from contactsgroups.domain.address import Address
from contactsgroups.domain.authority import Right, Standing, is_administrator
from contactsgroups.domain.domain_settings import DomainSettings, TeamCreators
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.services import groups
from contactsgroups.services.accounts import appoint_administrator
from contactsgroups.services.accounts.domain_settings import change_domain_settings
from contactsgroups.services.accounts.identity import find_principal
from contactsgroups.services.groups.requests import join_group, list_requests_to_answer
from contactsgroups.settings import from_mapping
from contactsgroups.web.app import create_app
from tests.directories import add_accounts, add_group
from tests.web.forms import Visitor, read_forms

HOME, AWAY = "example.org", "example.com"

ANYBODY = {
    "assets.send",
    "assets.send_version",
    "groups.show_start",
    "language.choose",
    "sign_in.show",
    "sign_in.sign_in",
    "sign_in.sign_out",
    "start.check_health",
    "start.show",
}
ACCOUNTS = {
    "account.end_one",
    "account.end_others",
    "account.show",
    "compose.check",
    "compose.show",
    "deleted_groups.show_all",
    "held_mail.decide_ticked",
    "held_mail.show",
    "my_groups.show",
    "my_groups.show_joinable",
    "my_groups.show_moderated",
    "my_groups.show_owned",
    "requests.show",
    "usage.remove_all",
    "usage.remove_one",
    "usage.show",
    "usage.switch",
}
ADMINISTRATORS = {
    "accounts.show_all",
    "addresses.ask_to_remove",
    "addresses.remove",
    "aliases.show_all",
    "attributes.show",
    "addresses.show",
    "administrators.add",
    "administrators.ask_to_remove",
    "administrators.remove",
    "administrators.show_all",
    "administrators.show_new",
    "audit.send_csv",
    "audit.send_json_lines",
    "audit.show",
    "domains.show_all",
    "group_list.change",
    "group_list.delete",
    "group_requests.approve_ticked",
    "group_requests.show",
    "groups.show_all",
    "reports.show",
    "groups.show_new",
}
IN_ALL_DOMAINS = {"audit.verify", "domains.add"}
IN_THE_DOMAIN = {
    "aliases.add": Right.MANAGE_ACCOUNTS,
    "aliases.remove": Right.MANAGE_ACCOUNTS,
    "attributes.change": Right.MANAGE_ACCOUNTS,
    "departments.add": Right.MANAGE_ACCOUNTS,
    "departments.move": Right.MANAGE_ACCOUNTS,
    "departments.remove": Right.MANAGE_ACCOUNTS,
    "departments.show": Right.MANAGE_ACCOUNTS,
    "departments.show_all": Right.MANAGE_ACCOUNTS,
    "domain_removal.ask": Right.MANAGE_DOMAIN,
    "domain_removal.remove": Right.MANAGE_DOMAIN,
    "domain_sharing.hide": Right.MANAGE_DOMAIN,
    "domain_sharing.share": Right.MANAGE_DOMAIN,
    "domain_sharing.show": Right.MANAGE_DOMAIN,
    "domains.change": Right.MANAGE_DOMAIN,
    "domains.show": Right.MANAGE_DOMAIN,
    "groups.create": Right.CREATE_GROUP,
    "source_preview.count": Right.CREATE_GROUP,
}
AT_HOME = {"teams.create": Right.CREATE_TEAM, "teams.show": Right.CREATE_TEAM}
"""In the first domain every account has the right; the other one leaves it to administrators, who
see the form, and create nothing in the first domain."""
WHO_KNOWS_THE_GROUP = {
    "my_groups.ask_to_join",
    "my_groups.ask_to_leave",
    "my_groups.join",
    "my_groups.show_group",
}
IN_THE_GROUP = {
    "delivery.show": Right.SEE_MEMBERS,
    "groups.ask_to_delete": Right.DELETE_GROUP,
    "groups.change": Right.EDIT_SETTINGS,
    "groups.delete": Right.DELETE_GROUP,
    "groups.show": Right.SEE_SETTINGS,
    "history.show": Right.SEE_MEMBERS,
    "joining.add": Right.EDIT_MEMBERS,
    "joining.add_corrected": Right.EDIT_MEMBERS,
    "joining.paste": Right.EDIT_MEMBERS,
    "joining.show": Right.EDIT_MEMBERS,
    "joining.upload": Right.EDIT_MEMBERS,
    "joining.add_all_of_department": Right.MANAGE_ACCOUNTS,
    "joining.ask_about_department": Right.MANAGE_ACCOUNTS,
    "member_ends.change": Right.EDIT_MEMBERS,
    "member_ends.show": Right.EDIT_MEMBERS,
    "members.change": Right.EDIT_MEMBERS,
    "members.remove_found": Right.EDIT_MEMBERS,
    "members.send_csv": Right.SEE_MEMBERS,
    "members.send_text": Right.SEE_MEMBERS,
    "members.show": Right.SEE_MEMBERS,
}
ABOUT_REQUESTS = {
    "group_requests.approve": Right.ANSWER_REQUESTS,
    "group_requests.decline": Right.ANSWER_REQUESTS,
    "requests.approve": Right.ANSWER_REQUESTS,
    "requests.decline": Right.ANSWER_REQUESTS,
}
"""Without the right, there is no such request."""
OF_WHAT_IS_NOT_THERE = {
    "deleted_groups.ask_to_release",
    "deleted_groups.release",
    "deleted_groups.restore",
    "held_mail.approve",
    "held_mail.discard",
    "held_mail.reject",
    "held_mail.show_message",
    "undo.undo",
}
"""The group is not deleted, no change is named, no message held: see the tests of these pages."""
OF_THE_APPLICANT = {"requests.withdraw"}
OF_MEMBERS = {"my_groups.leave"}

COVERED = [
    ANYBODY,
    ACCOUNTS,
    ADMINISTRATORS,
    IN_ALL_DOMAINS,
    IN_THE_DOMAIN.keys(),
    AT_HOME.keys(),
    WHO_KNOWS_THE_GROUP,
    IN_THE_GROUP.keys(),
    ABOUT_REQUESTS.keys(),
    OF_THE_APPLICANT,
    OF_MEMBERS,
    OF_WHAT_IS_NOT_THERE,
]
LAST = [
    "addresses.remove",
    "my_groups.join",
    "my_groups.leave",
    "groups.delete",
    "account.end_others",
]
"""These change what the caller is, in this order; signing out comes after all."""

SENT = {
    "address": "bob@example.org",
    "members": "new@side.example",
    "password": "right",
    "answer": "",
}
ROLES = {
    "owner": {Standing.OWNER},
    "moderator": {Standing.MODERATOR},
    "member": {Standing.MEMBER},
    "account": set[Standing](),
    "local": set[Standing](),
    "super": set[Standing](),
}


@dataclass(frozen=True)
class Caller:
    """Who calls; ``roles`` is what it is in the group."""

    visitor: Visitor
    principal: Principal | None
    roles: frozenset[Standing]
    is_hidden: bool

    def may(self, right: Right) -> bool:
        principal = self.principal
        return principal is not None and authority.may(principal, right, HOME, self.roles)

    @property
    def knows_the_group(self) -> bool:
        assert self.principal is not None
        is_seen = not self.is_hidden and self.principal.domain == HOME
        return is_seen or bool(self.roles) or self.may(Right.SEE_SETTINGS)

    @property
    def has_left(self) -> bool:
        is_seen = not self.is_hidden and self.principal is not None
        return self.roles == {Standing.MEMBER} and not (is_seen and self.principal.domain == HOME)


def expected(endpoint: str, caller: Caller) -> str:
    """What the table says."""
    if endpoint in ANYBODY:
        return "anything"
    if caller.principal is None:
        return "sign in"
    everywhere = ACCOUNTS | ADMINISTRATORS | IN_ALL_DOMAINS
    if endpoint in everywhere | IN_THE_DOMAIN.keys() | AT_HOME.keys():
        return "allowed" if is_allowed_at_all(endpoint, caller, caller.principal) else "forbidden"
    if is_allowed_in_the_group(endpoint, caller):
        return "allowed"
    # A member has left a moment before it tries to delete.
    knows = caller.knows_the_group and not (endpoint == "groups.delete" and caller.has_left)
    return "forbidden" if endpoint in IN_THE_GROUP and knows else "not found"


def is_allowed_at_all(endpoint: str, caller: Caller, principal: Principal) -> bool:
    """Whether something that concerns no group is allowed."""
    if endpoint in IN_ALL_DOMAINS:
        return principal.managed_domains is None
    if endpoint in IN_THE_DOMAIN:
        return caller.may(IN_THE_DOMAIN[endpoint])
    if endpoint in AT_HOME:
        domain = principal.domain
        administers = authority.may(principal, Right.CREATE_GROUP, domain)
        is_form = endpoint == "teams.show"
        return (administers and is_form) or caller.may(AT_HOME[endpoint])
    return endpoint in ACCOUNTS or is_administrator(principal)


def is_allowed_in_the_group(endpoint: str, caller: Caller) -> bool:
    """Whether something that concerns the group, or a request to it, is allowed."""
    if endpoint in WHO_KNOWS_THE_GROUP:
        return caller.knows_the_group
    if endpoint in OF_MEMBERS:  # Who may edit the members has joined a moment before.
        return caller.may(Right.LEAVE_GROUP) or caller.may(Right.EDIT_MEMBERS)
    right = (IN_THE_GROUP | ABOUT_REQUESTS).get(endpoint)
    return right is not None and caller.may(right)


def outcome(answer: TestResponse) -> str:
    """What became of a request."""
    assert answer.status_code < 500, answer.text
    if answer.status_code == 401 or "/sign-in" in answer.headers.get("Location", ""):
        return "sign in"
    return {403: "forbidden", 404: "not found"}.get(answer.status_code, "allowed")


def name_of(rule: Rule) -> str:
    return rule.endpoint.removeprefix("contactsgroups.")


def rules_of(app: Flask) -> list[Rule]:
    """The rules in the order in which they are called: reading, writing, and what ends things."""
    order = [*LAST, "sign_in.sign_out"]

    def place(rule: Rule) -> tuple[int, bool, str]:
        name = name_of(rule)
        late = order.index(name) + 1 if name in order else 0
        return late, "GET" not in (rule.methods or ()), name

    return sorted(_pages(app), key=place)


def _pages(app: Flask) -> list[Rule]:
    return [each for each in app.url_map.iter_rules() if not name_of(each).startswith("api.")]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """People of every kind in two domains, and two groups of the first one with requests."""
    state = tmp_path_factory.mktemp("company")
    core = open_core(from_mapping({"state": state, "secret_key": "s" * 40}), upgrade=True)
    for domain in (HOME, AWAY):
        add_accounts(core.database, ["bob", "eve", "zoe", *ROLES], domain=domain)
        appoint_administrator(core.database, OPERATOR, f"local@{domain}", domain=domain)
        appoint_administrator(core.database, OPERATOR, f"super@{domain}", domain=None)
    open_to_all = DomainSettings(team_creators=TeamCreators.ACCOUNTS)
    change_domain_settings(core.database, OPERATOR, HOME, open_to_all)
    for name, values in (("shown", {}), ("hidden", {"kind": "team"})):
        group = add_group(
            core.database,
            f"{name}@{HOME}",
            *(f"{each}@{HOME}" for each in ("bob", "zoe")),
            *(f"member@{domain}" for domain in (HOME, AWAY)),
            owners=(f"zoe@{HOME}", *(f"owner@{domain}" for domain in (HOME, AWAY))),
            moderators=[f"moderator@{domain}" for domain in (HOME, AWAY)],
            join_on_request=True,
            **values,
        )
        join_group(core.database, Principal(address=Address.parse(f"eve@{HOME}")), group.uuid)
    _hide(core, "hidden")
    core.close()
    return state


def _hide(core: Core, name: str) -> None:
    group = groups.find_group(core.database, OPERATOR, f"{name}@{HOME}")
    draft = groups.GroupDraft(
        address=group.address,
        settings=group.settings.changed({"show_in_contacts": False}),
        owners=group.owners,
        moderators=group.moderators,
    )
    groups.update_group(core.database, OPERATOR, group.uuid, group.version, draft)


@pytest.fixture
def core(company: Path, tmp_path: Path) -> Iterator[Core]:
    shutil.copytree(company, tmp_path / "state")
    core = open_core(from_mapping({"state": tmp_path / "state", "secret_key": "s" * 40}))
    yield core
    core.close()


@pytest.fixture
def app(core: Core) -> Flask:
    return create_app(core, check_password=lambda _principal, _password: True)


def caller_of(app: Flask, core: Core, who: str, domain: str, group: str) -> Caller:
    visitor = Visitor(app.test_client())
    if who == "nobody":
        return Caller(visitor, None, frozenset(), group == "hidden")
    address = f"{who}@{domain}"
    roles = set(ROLES[who])
    if who == "owner" and group == "hidden":
        roles.add(Standing.TEAM_OWNER)
    principal = find_principal(core.database, address)
    return Caller(visitor.take_session(address), principal, frozenset(roles), group == "hidden")


def test_every_address_has_one_entry(app: Flask) -> None:
    entries = [name for each in COVERED for name in each]
    assert sorted(entries) == sorted({name_of(rule) for rule in _pages(app)})


@pytest.mark.parametrize("group", ["shown", "hidden"])
@pytest.mark.parametrize("domain", [HOME, AWAY])
@pytest.mark.parametrize("who", [*ROLES, "nobody"])
def test_everybody_may_do_what_the_table_says_and_no_more(
    app: Flask, core: Core, who: str, domain: str, group: str
) -> None:
    caller = caller_of(app, core, who, domain, group)
    requests = list_requests_to_answer(core.database, OPERATOR).requests
    request = next(each for each in requests if each.group.address.startswith(group))
    start = caller.visitor.get("/sign-in" if who == "nobody" else "/compose")
    token = read_forms(start.text)[0].values["csrf_token"]
    wrong = {}
    for rule in rules_of(app):
        is_request = "/requests/" in rule.rule
        uuid = request.uuid if is_request else request.group.uuid
        url = re.sub(r"<uuid:uuid>", uuid, rule.rule)
        url = url.replace("<domain>", HOME)
        url = re.sub(r"<[^>]*>", "pages.css", url)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = caller.visitor.client.open(
                url,
                method=method,
                data=SENT if method == "POST" else None,
                headers={"X-CSRF-Token": token},
                buffered=True,
            )
            due = expected(name_of(rule), caller)
            if due not in {"anything", outcome(answer)}:
                wrong[method, name_of(rule)] = due, answer.status_code, answer.location
    assert wrong == {}

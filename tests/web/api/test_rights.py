"""Every operation as every role, in its domain and elsewhere, compared with the table of rights.

What an account that has no right may still look at, because the group is shown, is a property of
the group: see ``SHOWN``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from contactsgroups.bootstrap import Core
from contactsgroups.domain import authority
from contactsgroups.domain.authority import Right, Standing
from contactsgroups.domain.principal import Principal
from contactsgroups.services import icons
from contactsgroups.services.accounts.identity import find_principal
from contactsgroups.web.api.document import describe_api
from contactsgroups.web.api.document_page import bare_app
from tests.directories import add_group
from tests.web.api.conftest import ROOT, Caller

NOBODY = ""
ROLES = (
    NOBODY,
    "zoe@example.org",
    "ada@example.org",
    "bob@example.org",
    "eve@example.org",
    "carl@example.com",
    "admin@example.com",
    "admin@example.org",
)
STANDINGS = {
    ("ada@example.org", "team"): {Standing.OWNER, Standing.MEMBER},
    ("bob@example.org", "team"): {Standing.MEMBER},
    ("eve@example.org", "secret"): {Standing.MEMBER},
    ("carl@example.com", "com@example.com"): {Standing.MEMBER},
}
"""What they are in the groups at the beginning."""
GROUPS = {"team": True, "secret": False, "com@example.com": True}
"""Whether accounts of its domain are shown the group."""
REFUSED = {401, 403, 404}


@dataclass(frozen=True)
class Case:
    """A request that is right in itself; ``{uuid}`` is the group's, ``{domain}`` its domain."""

    method: str
    path: str
    right: Right | None
    """What it needs in the domain of the group; None for nothing but an account."""
    json: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    data: bytes | None = None
    is_shown: bool = False
    """Whether it is also for accounts that are shown the group."""
    anywhere: bool = False
    """Whether the right in any domain is enough; others are then left out of the list."""


_GROUP = "/groups/{uuid}"
_ANY = {"If-Match": "*"}
_PNG = {"Content-Type": "image/png"}
_NEW = {"address": "new@{domain}", "members": ["x@side.example"]}
_ROLES = {"addresses": ["x@side.example"]}
CASES = {
    "complete": Case("GET", "/completions?q=a", None),
    "list_contacts": Case("GET", "/contacts?q=a", None),
    "record": Case("POST", "/completions/used", None, {"recipients": []}),
    "remove": Case("DELETE", "/completions/used", None),
    "show_learning": Case("GET", "/completions/learning", None),
    "switch_learning": Case("PUT", "/completions/learning", None, {"enabled": True}),
    "list_groups": Case("GET", "/groups", None),
    "list_deleted_groups": Case("GET", "/deleted-groups", None),
    "list_own_groups": Case("GET", "/own-groups", None),
    "list_held": Case("GET", "/held-messages", None),
    "list_requests": Case("GET", "/requests", None),
    "list_own_requests": Case("GET", "/own-requests", None),
    "list_accounts": Case("GET", "/accounts", None),
    "read_account": Case("GET", "/accounts/{me}", None),
    "list_aliases": Case("GET", "/aliases", Right.MANAGE_ACCOUNTS, anywhere=True),
    "list_departments": Case("GET", "/departments", Right.MANAGE_ACCOUNTS, anywhere=True),
    "list_entries": Case("GET", "/audit", Right.MANAGE_DOMAIN, anywhere=True),
    "ensure_alias": Case("PUT", "/aliases/a@{domain}", Right.MANAGE_ACCOUNTS, {"account": "{one}"}),
    "remove_alias": Case("DELETE", "/aliases/a@{domain}", Right.MANAGE_ACCOUNTS),
    "create_group": Case("POST", "/groups", Right.CREATE_GROUP, _NEW),
    "read_group": Case("GET", _GROUP, Right.SEE_SETTINGS, is_shown=True),
    "send_picture": Case("GET", _GROUP + "/picture.png", Right.SEE_SETTINGS, is_shown=True),
    "list_members": Case("GET", _GROUP + "/members", Right.SEE_MEMBERS, is_shown=True),
    "list_recipients": Case("GET", _GROUP + "/recipients", Right.SEE_MEMBERS, is_shown=True),
    "preview_copies": Case("GET", _GROUP + "/delivery", Right.SEE_MEMBERS),
    "preview_sending": Case("GET", _GROUP + "/posting", Right.SEE_MEMBERS),
    "read_picture": Case("GET", _GROUP + "/picture", Right.SEE_SETTINGS, is_shown=True),
    "replace_picture": Case(
        "PUT", _GROUP + "/picture", Right.EDIT_SETTINGS, None, _PNG, icons.draw("X", "x")
    ),
    "remove_picture": Case("DELETE", _GROUP + "/picture", Right.EDIT_SETTINGS),
    "list_history": Case("GET", _GROUP + "/history", Right.SEE_MEMBERS),
    "change_group": Case("PATCH", _GROUP, Right.EDIT_SETTINGS, {"description": "x"}, _ANY),
    "change_members": Case(
        "POST", _GROUP + "/members", Right.EDIT_MEMBERS, {"add": ["x@side.example"]}
    ),
    "add_department_members": Case(
        "POST",
        _GROUP + "/department-members",
        Right.MANAGE_ACCOUNTS,
        {"domain": "{domain}", "department": "Nowhere"},
    ),
    "add_member": Case("PUT", _GROUP + "/members/y@side.example", Right.EDIT_MEMBERS),
    "set_last_days": Case(
        "POST",
        _GROUP + "/last-days",
        Right.EDIT_MEMBERS,
        {"members": ["y@side.example"], "until": "never"},
    ),
    "remove_member": Case("DELETE", _GROUP + "/members/y@side.example", Right.EDIT_MEMBERS),
    "list_role": Case("GET", _GROUP + "/owners", Right.SEE_SETTINGS),
    "replace_role": Case("PUT", _GROUP + "/moderators", Right.EDIT_SETTINGS, _ROLES, _ANY),
    "grant_role": Case("PUT", _GROUP + "/owners/y@side.example", Right.EDIT_SETTINGS),
    "take_role": Case("DELETE", _GROUP + "/owners/y@side.example", Right.EDIT_SETTINGS),
    "remove_group": Case("DELETE", _GROUP, Right.DELETE_GROUP, None, _ANY),
    "restore_group": Case("POST", "/deleted-groups/{uuid}/restore", Right.DELETE_GROUP),
}
"""In an order in which each can be done."""
OF_OWNERS = [
    *["replace_picture", "remove_picture"],
    *["change_group", "change_members", "add_member", "set_last_days", "remove_member"],
    *["replace_role", "grant_role", "take_role", "remove_group"],
    *["restore_group", "release_address", "undo_change"],
    *["approve_request", "decline_request"],
    *["list_held", "read_held", "approve_held", "reject_held", "discard_held"],
]
"""Operations that the scope ``write`` is enough for."""
ELSEWHERE = {
    *["send_document", "release_address", "undo_change"],
    *["join_group", "leave_group", "withdraw_request", "approve_request", "decline_request"],
    *["read_held", "approve_held", "reject_held", "discard_held"],
    "create_team",
}
"""For everybody; for what was deleted or changed (see ``test_undo.py``); about requests (see
``test_membership_requests.py``) and held messages (see ``test_held_messages.py``); where the domain
lets accounts do it (``test_own_groups.py``)."""


def test_every_operation_has_a_case() -> None:
    paths = describe_api(bare_app())["paths"]
    names = {each["operationId"] for methods in paths.values() for each in methods.values()}
    assert names == CASES.keys() | ELSEWHERE


def is_allowed(case: Case, principal: Principal | None, domain: str, group: str) -> bool:
    """Whether the table of rights, or the group itself, allows a request."""
    if principal is None:
        return False
    if case.right is None:
        return True
    if case.anywhere:
        return authority.domains_where(principal, case.right) != frozenset()
    roles = STANDINGS.get((str(principal.address), group), set())
    known = bool(roles) or (GROUPS[group] and principal.domain == domain)
    roles_that_count = roles if "{uuid}" in case.path else ()
    allowed = authority.may(principal, case.right, domain, roles_that_count)
    return allowed or (case.is_shown and known)


def filled(value: Any, names: Mapping[str, str]) -> Any:
    """Put the names of a test into a request."""
    if isinstance(value, str):
        return value.format(**names)
    if isinstance(value, Mapping):
        return {name: filled(each, names) for name, each in value.items()}
    return [filled(each, names) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("role", ROLES)
def test_what_the_table_of_rights_says_is_what_may_be_done(
    app: Flask,
    core: Core,
    caller: Callable[..., Caller],
    find: Callable[[str], Any],
    role: str,
    group: str,
) -> None:
    principal = find_principal(core.database, role) if role else None
    stored = find(group)
    domain = stored.domain
    one = "bob@example.org" if domain == "example.org" else "carl@example.com"
    names = {"uuid": stored.uuid, "domain": domain, "me": role or "zoe@example.org", "one": one}
    ask = caller(role, may_write=True, manages=True) if role else _without_token(app)
    # After many wrong tokens, which is said before anything is read.
    refused = REFUSED if role else {*REFUSED, 429}
    for name, case in CASES.items():
        before = core.database.read_end()
        answer = ask(
            case.method,
            filled(case.path, names),
            headers=dict(case.headers),
            **({"json": filled(case.json, names)} if case.json is not None else {}),
            **({"data": case.data} if case.data is not None else {}),
        )
        allowed = is_allowed(case, principal, domain, group)
        assert (answer.status_code not in refused) == allowed, (name, answer.text)
        assert answer.status_code < 500
        assert allowed or core.database.read_end() == before, name


@pytest.mark.parametrize("token", ["", "forged"])
def test_nothing_is_read_from_whom_nobody_knows(app: Flask, token: str) -> None:
    names = {"uuid": str(uuid4()), "domain": "example.org", "me": "x@y", "one": "x@y"}
    client, headers = app.test_client(), {"Authorization": f"Bearer {token}"}
    for name, case in CASES.items():
        path = filled(case.path, names).split("?")[0]
        for wrong in ({"json": {"colour": 1}}, {"data": b"{"}, {"data": b"[]"}):
            answer = client.open(
                f"{ROOT}{path}?colour=red&limit=x", method=case.method, headers=headers, **wrong
            )
            # 429 after many forged tokens, which is said before anything is read, too.
            assert answer.status_code in {401, 429}, (name, answer.text)


def test_an_owner_needs_no_more_than_the_scope_that_the_document_names(
    core: Core, caller: Callable[..., Caller]
) -> None:
    own = add_group(
        core.database, "own@example.org", "bob@example.org", kind="team", owners=["ada@example.org"]
    )
    names = {"uuid": own.uuid}
    owner, weak = caller("ada@example.org", may_write=True), caller("ada@example.org")
    for name in (each for each in OF_OWNERS if each in CASES):
        case = CASES[name]
        sent = {"json": case.json} if case.json else {"data": case.data}
        more = {"headers": dict(case.headers), **sent}
        assert weak(case.method, filled(case.path, names), **more).status_code == 403, name
        answer = owner(case.method, filled(case.path, names), **more)
        assert answer.status_code < 300, (name, answer.text)


def _without_token(app: Flask) -> Callable[..., Any]:
    def ask(method: str, path: str, **more: Any) -> Any:
        # A token that is empty is one, so the answer is about it and not about forms.
        headers = {"Authorization": "Bearer ", **more.pop("headers")}
        return app.test_client().open(ROOT + path, method=method, headers=headers, **more)

    return ask

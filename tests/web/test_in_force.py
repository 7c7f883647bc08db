"""An answer to a change comes when the change is in force for mail, or says that it is not yet."""

from collections.abc import Callable

import pytest
from flask import Flask

from contactsgroups.bootstrap import Core
from contactsgroups.services.accounts.tokens import issue_token
from contactsgroups.services.delivery import in_force
from contactsgroups.services.delivery.in_force import Publisher, report_position
from contactsgroups.services.delivery.published_maps import read_position
from contactsgroups.services.groups import GroupDetails
from contactsgroups.web.in_force import HEADER
from tests.web.api.conftest import Caller
from tests.web.forms import Visitor

SHORTLY = "will be in force for mail shortly"


@pytest.fixture
def publisher(core: Core, monkeypatch: pytest.MonkeyPatch) -> Publisher:
    """Has reached what there is, and reaches nothing more by itself."""
    monkeypatch.setattr(in_force, "_WAIT_SECONDS", 0.1)
    publisher = Publisher("mx", "publisher")
    report_position(core.database, publisher, read_position(core.database))
    return publisher


def rename(admin: Visitor, group: GroupDetails, name: str) -> str:
    """Save another name, and return what the next page says."""
    path = f"/admin/groups/{group.uuid}"
    answer = admin.submit(path, display_name=name)
    assert answer.status_code == 303
    return admin.get(answer.location).text


@pytest.fixture
def sales(find: Callable[[str], GroupDetails]) -> GroupDetails:
    return find("sales")


def test_a_page_says_what_is_not_yet_in_force(
    core: Core, admin: Visitor, sales: GroupDetails, publisher: Publisher
) -> None:
    assert SHORTLY in rename(admin, sales, "Sellers")
    assert SHORTLY not in admin.get(f"/admin/groups/{sales.uuid}").text


def test_a_page_says_nothing_of_what_is(core: Core, admin: Visitor, sales: GroupDetails) -> None:
    assert SHORTLY not in rename(admin, sales, "Sellers")


def test_an_answer_of_the_api_says_what_is_not_yet_in_force(
    app: Flask, core: Core, publisher: Publisher
) -> None:
    secret = core.settings.read_token_secret()
    token = issue_token(
        core.database, secret, "admin@example.org", 60, may_write=True, manages=True
    )
    caller = Caller(app, token)
    group = {"kind": "static", "address": "fresh@example.org", "members": ["ada@example.org"]}
    answer = caller("POST", "/groups", json=group)
    assert (answer.status_code, answer.headers[HEADER]) == (201, "shortly")
    report_position(core.database, publisher, read_position(core.database))
    assert HEADER not in caller("GET", "/groups").headers
    assert HEADER not in caller("DELETE", f"/groups/{answer.json['id']}").headers

"""The page of an account's attributes, without JavaScript."""

import re

from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.accounts.accounts import set_attributes
from contactsgroups.services.accounts.listing import view_account
from tests.directories import add_account, add_group
from tests.web.forms import Visitor
from tests.web.test_confirming import seal_on

ADA = "ada@example.org"
PAGE = f"/admin/accounts/attributes?address={ADA}"
ACCOUNT = f"/admin/addresses?address={ADA}"


def send(visitor: Visitor, *rows: tuple[str, str], **more: str) -> TestResponse:
    """Fill in the rows of the form and send it."""
    form = visitor.form_on(PAGE)
    data = filled_in(form.values["csrf_token"], view_attributes(visitor), *rows)
    return visitor.client.post(form.action, data=MultiDict([*data, *more.items()]))


def filled_in(token: str, former: dict[str, str], *rows: tuple[str, str]) -> list[tuple[str, str]]:
    """What the page sends that showed these attributes."""
    pairs = [("csrf_token", token), ("address", ADA)]
    for name, value in former.items():
        pairs += [("former", name), ("former_value", value)]
    for name, value in rows:
        pairs += [("name", name), ("value", value)]
    return pairs


def view_attributes(visitor: Visitor) -> dict[str, str]:
    core = visitor.client.application.extensions["contactsgroups"].core
    return dict(view_account(core.database, OPERATOR, ADA).attributes or {})


def test_rows_are_saved_changed_and_taken_away(admin):
    answer = send(admin, ("Cost_Center", " 4711 "), ("", ""), ("badge", "7"))
    assert answer.status_code == 303
    assert view_attributes(admin) == {"badge": "7", "cost_center": "4711"}
    text = admin.get(ACCOUNT).text
    assert "cost_center: <bdi>4711</bdi>" in text
    assert "Change attributes" in text
    send(admin, ("cost_center", "4712"), ("badge", ""))
    assert view_attributes(admin) == {"cost_center": "4712"}
    send(admin, ("center", "4712"))
    assert view_attributes(admin) == {"center": "4712"}


def test_faults_stand_beside_their_rows_and_nothing_typed_is_lost(admin):
    answer = send(admin, ("größe", "1"), ("floor", "3"), ("floor", "4"))
    assert answer.status_code == 422
    assert answer.text.count('class="fault"') == 2
    assert "is there twice" in answer.text
    assert "not “größe”" in answer.text
    names = re.findall(r'<input name="name"[^>]*aria-invalid[^>]*>\s*<p class="fault"', answer.text)
    assert len(names) == 2
    for typed in ("größe", "floor", "3", "4"):
        assert f'value="{typed}"' in answer.text
    assert view_attributes(admin) == {}


def test_more_rows_keep_what_was_typed_and_save_nothing(admin):
    answer = send(admin, ("floor", "3"), more="yes")
    assert answer.status_code == 200
    assert answer.text.count('name="value"') > 5
    assert 'value="floor"' in answer.text
    assert view_attributes(admin) == {}


def test_what_moves_members_asks_first_and_then_saves(admin, core):
    add_account(core.database, ADA, attributes={"floor": "3"})
    rule = 'attribute.floor = "3"'
    add_group(core.database, "third@example.org", members=None, kind="dynamic", rule=rule)
    answer = send(admin, ("floor", "4"))
    assert answer.status_code == 409
    assert "third@example.org" in answer.text
    assert view_attributes(admin) == {"floor": "3"}
    send(admin, ("floor", "4"), confirmed=seal_on(answer))
    assert view_attributes(admin) == {"floor": "4"}


def test_it_is_for_those_who_manage_the_account(app, core):
    add_account(core.database, ADA, attributes={"floor": "3"})
    local = Visitor(app.test_client()).take_session("admin@example.com")
    assert local.get(PAGE).status_code == 403
    assert "floor" not in local.get(ACCOUNT).text


def test_an_expired_form_is_shown_again(admin):
    answer = admin.client.post(
        "/admin/accounts/attributes",
        data={"csrf_token": "old", "address": ADA, "name": "floor", "value": "3"},
    )
    assert answer.status_code == 403
    assert 'value="floor"' in answer.text


def test_an_account_that_is_not_there_is_not_found(admin):
    nobody = "/admin/accounts/attributes?address=nobody@example.org"
    assert admin.get(nobody).status_code == 404


def test_what_others_changed_meanwhile_stays_unless_it_is_changed_here_too(admin, core):
    shown = {"cost": "1", "floor": "2", "room": "5"}
    add_account(core.database, ADA, attributes=shown)
    form = admin.form_on(PAGE)
    set_attributes(core.database, OPERATOR, ADA, {"cost": "99", "room": "", "new": "1"})
    rows = ("cost", "1"), ("floor", "3"), ("room", "5")
    sent = filled_in(form.values["csrf_token"], shown, *rows)
    assert admin.client.post(form.action, data=MultiDict(sent)).status_code == 303
    assert view_attributes(admin) == {"cost": "99", "floor": "3", "new": "1"}


def test_a_conflict_is_told_at_the_row_and_can_be_saved_after_all(admin, core):
    shown = {"cost": "1", "floor": "2", "room": "5"}
    add_account(core.database, ADA, attributes=shown)
    form = admin.form_on(PAGE)
    set_attributes(core.database, OPERATOR, ADA, {"cost": "99", "floor": "", "room": "6"})
    rows = ("cost", "7"), ("floor", "3")
    sent = filled_in(form.values["csrf_token"], shown, *rows)
    answer = admin.client.post(form.action, data=MultiDict(sent))
    assert answer.status_code == 422
    assert answer.text.count('class="fault"') == 3
    assert "is now “99”" in answer.text
    assert "is now “6”" in answer.text
    assert "taken away meanwhile" in answer.text
    for typed in ("7", "3"):
        assert f'name="value" value="{typed}"' in answer.text
    assert view_attributes(admin) == {"cost": "99", "room": "6"}
    former = re.findall(r'name="former" value="(.*?)"><.*? value="(.*?)">', answer.text)
    again = filled_in(form.values["csrf_token"], dict(former), *rows)
    assert admin.client.post(form.action, data=MultiDict(again)).status_code == 303
    assert view_attributes(admin) == {"cost": "7", "floor": "3"}

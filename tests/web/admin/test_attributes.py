"""The page of an account's attributes, without JavaScript."""

from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.accounts.listing import view_account
from tests.directories import add_account, add_group
from tests.web.forms import Visitor

ADA = "ada@example.org"
PAGE = f"/admin/accounts/attributes?address={ADA}"
ACCOUNT = f"/admin/addresses?address={ADA}"


def send(visitor: Visitor, *rows: tuple[str, str], **more: str) -> TestResponse:
    """Fill in the rows of the form and send it."""
    form = visitor.form_on(PAGE)
    former = [*view_attributes(visitor)]
    pairs = [("csrf_token", form.values["csrf_token"]), ("address", ADA)]
    pairs += [("former", each) for each in former]
    for name, value in rows:
        pairs += [("name", name), ("value", value)]
    return visitor.client.post(form.action, data=MultiDict([*pairs, *more.items()]))


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
    send(admin, ("floor", "4"), confirmed="true")
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

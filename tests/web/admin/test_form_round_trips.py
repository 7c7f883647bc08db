"""A form that is opened and sent changes nothing but what was changed in it, whatever it shows."""

from dataclasses import replace

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from contactsgroups.services.accounts.domain_settings import read_domain_settings
from contactsgroups.services.accounts.domains import ensure_domain
from contactsgroups.services.groups import members
from tests.directories import add_account, add_group
from tests.web.forms import Visitor, read_forms

DOMAIN, SHOWN = "xn--bcher-kva.example", "bücher.example"
EVA, MAX = f"eva@{DOMAIN}", f"max@{DOMAIN}"
TEXTS = {
    "display_name": f"Readers of {DOMAIN}",
    "description": f"see {DOMAIN} and\nwww.{SHOWN}, XN--BCHER-KVA.example or xn--abc-.example",
    "allowed_senders": [f"press@mail.{DOMAIN}", f"news@mail.{SHOWN}", "ada@example.org"],
    "owners": [EVA],
    "moderators": [MAX],
}
KINDS = {
    "static": {"members": [f"Eva@{SHOWN}", MAX, "gast@xn--a.example"]},
    "team": {"kind": "team", "members": [EVA, MAX]},
    "dynamic": {"kind": "dynamic", "rule": f'address contains "@{DOMAIN}"'},
    "dynamic in lines": {
        "kind": "dynamic",
        "rule": f'address contains "@{DOMAIN}"\nor name contains "{SHOWN}"',
    },
    "department": {"kind": "department", "department": "Büro/Süd"},
}


@pytest.fixture(autouse=True)
def readers(core):
    ensure_domain(core.database, OPERATOR, DOMAIN)
    for address in (EVA, MAX):
        add_account(core.database, address, display_name="", department="Büro/Süd")


@pytest.fixture(params=KINDS, name="group")
def group_of_each_kind(request, core):
    return add_group(
        core.database, f"lesen@{DOMAIN}", **{"members": None} | TEXTS | KINDS[request.param]
    )


@pytest.fixture(params=["administrator", "owner"])
def editor(request, admin, app):
    if request.param == "administrator":
        return admin
    return Visitor(app.test_client()).take_session(EVA)


def stored(core, group):
    """All that is stored of a group, but who saved it when, and the initials in its picture."""
    found = groups.show_group(core.database, OPERATOR, group.uuid)
    inside = members.list_members(core.database, OPERATOR, group.uuid)
    since = {"version": 0, "updated_at": group.updated_at, "updated_by": "", "picture_version": ""}
    return replace(found, **since), inside


def with_settings(before, **changes):
    found, inside = before
    settings = replace(found.settings, **changes)
    return replace(found, settings=settings), inside


def as_sent(html, **changes):
    """What a browser sends of the form that saves: it ends each line with CR and LF."""
    form = next(each for each in read_forms(html) if "display_name" in each.values)
    values = form.values | changes
    return {name: "\r\n".join(text.splitlines()) for name, text in values.items()}


def test_an_unchanged_form_changes_nothing(core, editor, group):
    page, before = f"/admin/groups/{group.uuid}", stored(core, group)
    answer = editor.client.post(page, data=as_sent(editor.get(page).text))
    assert answer.status_code == 303
    assert stored(core, group) == before


def test_only_the_name_changes_if_only_the_name_was_changed(core, editor, group):
    page, before = f"/admin/groups/{group.uuid}", stored(core, group)
    data = as_sent(editor.get(page).text, display_name="Leserunde")
    assert editor.client.post(page, data=data).status_code == 303
    assert stored(core, group) == with_settings(before, display_name="Leserunde")


def test_a_form_that_is_refused_brings_back_what_it_was_sent(core, editor, group):
    page, before = f"/admin/groups/{group.uuid}", stored(core, group)
    again = editor.client.post(page, data=as_sent(editor.get(page).text, owners="nobody at all"))
    assert again.status_code == 422
    assert editor.client.post(page, data=as_sent(again.text, owners=EVA)).status_code == 303
    assert stored(core, group) == before


def test_a_choice_between_two_names_changes_only_the_name(core, editor, group):
    page, before = f"/admin/groups/{group.uuid}", stored(core, group)
    html = editor.get(page).text
    theirs = as_sent(html, display_name="Andere", join_on_request="on")
    assert editor.client.post(page, data=theirs).status_code == 303
    question = editor.client.post(page, data=as_sent(html, display_name="Leserunde"))
    assert question.status_code == 409
    chosen = as_sent(question.text, **{"choose.display_name": "mine"})
    assert editor.client.post(page, data=chosen).status_code == 303
    after = with_settings(before, display_name="Leserunde", join_on_request=True)
    assert stored(core, group) == after


def test_the_chosen_department_is_kept_in_either_spelling(admin, group):
    page = f"/admin/groups/{group.uuid}"
    data = as_sent(admin.get(page).text, kind="department", owners="nobody at all")
    again = admin.client.post(page, data=data | {"department": f"{SHOWN}/Büro/Süd"})
    assert as_sent(again.text)["department"] == f"{DOMAIN}/Büro/Süd"


def test_the_settings_of_a_domain_are_saved_unchanged(core, admin):
    page = f"/admin/domains/{DOMAIN}"
    before = read_domain_settings(core.database, OPERATOR, DOMAIN)
    assert admin.submit(page).status_code == 303
    assert read_domain_settings(core.database, OPERATOR, DOMAIN) == before

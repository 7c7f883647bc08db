"""Undo in the line that says what was done, in a group's history, and in the audit log."""

import html

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.groups import bulk, members
from contactsgroups.services.groups.history import list_history
from tests.web.forms import read_forms


def undo_forms(page):
    """The forms of a page that take something back."""
    return [each for each in read_forms(page) if each.action.endswith("/admin/undo")]


def addresses(core, uuid):
    return {each.address for each in members.list_members(core.database, OPERATOR, uuid)}


def press_undo(visitor, form):
    return visitor.client.post(form.action, data=form.values, follow_redirects=True)


def remove_guest(visitor, uuid):
    url = f"/admin/groups/{uuid}/members"
    token = visitor.form_on(url).values["csrf_token"]
    data = {"csrf_token": token, "member": "guest@example.net", "action": "remove"}
    return visitor.client.post(f"{url}/ticked", data=data, follow_redirects=True)


def test_after_a_change_there_is_one_line_with_undo(ada, core, find):
    uuid = find("team").uuid
    done = remove_guest(ada, uuid)
    assert "Removed guest@example.net." in done.text
    (form,) = undo_forms(done.text)
    undone = press_undo(ada, form)
    assert undone.request.path == f"/admin/groups/{uuid}/members"
    assert "Undid the change of team@example.org; 1 member is back." in undone.text
    assert "guest@example.net" in addresses(core, uuid)
    (form,) = undo_forms(undone.text)  # That can be undone as well.
    press_undo(ada, form)
    assert "guest@example.net" not in addresses(core, uuid)


def test_it_is_offered_once(ada, find):
    uuid = find("team").uuid
    remove_guest(ada, uuid)
    assert undo_forms(ada.get(f"/admin/groups/{uuid}/members").text) == []


def test_saved_settings_go_back(admin, find):
    group = find("team")
    url = f"/admin/groups/{group.uuid}"
    admin.submit(url, display_name="Another", form="display_name")
    (form,) = undo_forms(admin.get(url).text)
    press_undo(admin, form)
    assert find("team").settings == group.settings


def test_a_page_that_reports_instead_of_leading_on_offers_it_too(admin, core, find):
    uuid = find("team").uuid
    answer = admin.submit(
        f"/admin/groups/{uuid}/members", form="members", members="new@example.net, nonsense"
    )
    assert "nonsense" in answer.text
    (form,) = undo_forms(answer.text)
    assert press_undo(admin, form).status_code == 200
    assert "new@example.net" not in addresses(core, uuid)


def test_many_groups_go_back_at_once(admin, find):
    ticked = [find("team").uuid, find("secret").uuid]
    token = admin.form_on("/admin/groups", "ticked").values["csrf_token"]
    data = {"csrf_token": token, "group": ticked, "action": "disable"}
    done = admin.client.post("/admin/groups/ticked", data=data, follow_redirects=True)
    (form,) = undo_forms(done.text)
    press_undo(admin, form)
    assert not find("team").settings.disabled
    assert not find("secret").settings.disabled


def test_what_is_no_change_of_groups_has_no_undo(admin):
    url = "/admin/aliases"
    admin.submit(url, form="aliases", address="nick@example.org", account="ada@example.org")
    assert undo_forms(admin.get(url).text) == []


def test_a_history_has_undo_beside_each_entry(ada, core, find):
    uuid = find("team").uuid
    members.remove_member(core.database, OPERATOR, uuid, "guest@example.net")
    members.add_members(core.database, OPERATOR, uuid, ["new@example.net"])
    url = f"/admin/groups/{uuid}/history"
    newest, older = undo_forms(ada.get(url).text)
    assert newest.values["group"] == older.values["group"] == uuid
    undone = press_undo(ada, older)
    assert undone.request.path == url
    assert addresses(core, uuid) >= {"guest@example.net", "new@example.net"}
    assert "undid a change: added 1 member" in undone.text


def test_an_audit_log_has_it_for_one_group_and_for_all(admin, core, find):
    database = core.database
    uuids = [find("team").uuid, find("secret").uuid]
    bulk.switch_groups(database, OPERATOR, uuids, {"disabled": True})
    forms = undo_forms(admin.get("/admin/audit").text)
    assert [bool(each.values.get("group")) for each in forms[:4]] == [True, False] * 2
    press_undo(admin, forms[1])
    assert not find("team").settings.disabled
    assert not find("secret").settings.disabled


def test_a_refusal_says_why_and_leads_back(admin, core, find):
    uuid = find("team").uuid
    url = f"/admin/groups/{uuid}/history"
    members.remove_member(core.database, OPERATOR, uuid, "guest@example.net")
    (form, *_) = undo_forms(admin.get(url).text)
    members.add_member(core.database, OPERATOR, uuid, "guest@example.net")
    refused = press_undo(admin, form)
    assert refused.status_code == 409
    assert "This was not undone" in refused.text
    assert "Nothing of this change is left to undo" in refused.text
    assert f'href="{url}' in html.unescape(refused.text)


def test_it_never_leads_to_another_site(admin, core, find):
    uuid = find("team").uuid
    members.remove_member(core.database, OPERATOR, uuid, "guest@example.net")
    (form, *_) = undo_forms(admin.get(f"/admin/groups/{uuid}/history").text)
    data = {**form.values, "back": "//elsewhere.example/"}
    assert admin.client.post(form.action, data=data).location == "/admin/groups"


def test_whoever_may_not_is_refused(visitor, ada, core, find):
    uuid = find("secret").uuid
    members.add_member(core.database, OPERATOR, uuid, "new@example.net")
    change = works_of(core, uuid)[0]
    token = ada.form_on("/compose").values["csrf_token"]
    data = {"csrf_token": token, "change": change}
    assert ada.client.post("/admin/undo", data=data).status_code in {403, 404}
    assert visitor.client.post("/admin/undo", data={"change": change}).status_code == 403
    assert "new@example.net" in addresses(core, uuid)


def works_of(core, uuid):
    """The units of work that a group's history has, the newest first."""
    page = list_history(core.database, OPERATOR, uuid, before=None, limit=9)
    return [each.work_id for each in page.entries]

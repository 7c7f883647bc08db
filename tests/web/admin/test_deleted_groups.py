"""The pages of deleted groups: restore, or release the address now."""

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.domain.sentence import Sentence
from contactsgroups.services.groups import deleted_groups
from contactsgroups.services.groups.restoration import Restored
from contactsgroups.web.admin.deleted_groups import in_words
from tests.directories import add_group
from tests.web.forms import read_forms

ADA = "ada@example.org"
LIST = "/admin/deleted-groups"


def delete(visitor, group):
    url = f"/admin/groups/{group.uuid}/delete"
    return visitor.submit(url, form="password", password="correct horse")


def test_a_group_is_deleted_listed_and_restored(admin, find):
    team = find("team")
    delete(admin, team)
    page = admin.get(LIST).text
    assert "team@example.org" in page
    restored = admin.submit(LIST, form="restore")
    assert restored.location == f"/admin/groups/{team.uuid}/members"
    assert "Restored team@example.org." in admin.get(restored.location).text
    assert find("team").settings == team.settings
    assert "No group was deleted in the last 30 days" in admin.get(LIST).text


def test_the_line_after_deleting_has_undo(admin, find):
    team = find("team")
    page = admin.get(delete(admin, team).location).text
    (form,) = [each for each in read_forms(page) if each.action.endswith("/undo")]
    admin.client.post(form.action, data=form.values)
    assert find("team").uuid == team.uuid


def test_the_address_is_released_with_the_password(admin, core, find):
    team = find("team")
    delete(admin, team)
    url = f"{LIST}/{team.uuid}/release"
    assert "cannot be restored any more" in admin.get(url).text
    wrong = admin.submit(url, form="password", password="wrong")
    assert wrong.status_code == 403
    assert "The password is wrong" in wrong.text
    done = admin.submit(url, form="password", password="correct horse")
    assert done.location == LIST
    assert "Released team@example.org." in admin.get(LIST).text
    assert admin.get(url).status_code == 404


def test_who_wants_the_address_reads_until_when_it_is_reserved(admin, find):
    delete(admin, find("team"))
    answer = admin.submit(
        "/admin/groups/new",
        form="display_name",
        address="team@example.org",
        display_name="Another",
        members="ada@example.org",
    )
    assert answer.status_code == 409
    assert "is reserved until" in answer.text


def test_others_see_none_of_it(admin, ada, find):
    secret = find("secret")
    delete(admin, secret)
    assert "secret@example.org" not in ada.get(LIST).text
    assert ada.get(f"{LIST}/{secret.uuid}/release").status_code == 404
    token = ada.form_on("/compose").values["csrf_token"]
    for action in ("restore", "release"):
        answer = ada.client.post(f"{LIST}/{secret.uuid}/{action}", data={"csrf_token": token})
        assert answer.status_code == 404


def test_a_refused_restoration_says_why(admin, core, find):
    team = find("team")
    delete(admin, team)
    form = admin.form_on(LIST, "restore")
    deleted_groups.release_address(core.database, OPERATOR, team.uuid)
    answer = admin.client.post(form.action, data=form.values)
    assert answer.status_code == 404
    assert "There is no such deleted group" in answer.text


def test_lists_lead_there(admin, ada, core):
    assert f'href="{LIST}"' in admin.get("/admin/groups").text
    for place in ("/groups", "/groups/owned"):
        assert LIST not in ada.get(place).text
    team = add_group(
        core.database, "crew@example.org", "bob@example.org", kind="team", owners=[ADA]
    )
    delete(ada, team)
    for place in ("/groups", "/groups/owned"):
        assert f'href="{LIST}"' in ada.get(place).text
    assert "crew@example.org" in ada.get(LIST).text


def test_the_line_after_restoring_names_a_few_of_many_notes(app):
    notes = [Sentence("note {number}", number=each) for each in range(200)]
    with app.test_request_context("/"):
        line = in_words(Restored("1", "team@example.org", notes=notes))
    assert line == (
        "Restored team@example.org; note 0; note 1; note 2; note 3; note 4; and 195 more."
    )

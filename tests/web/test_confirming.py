"""A large move of members is asked about on a page of its own, whichever form caused it."""

import io
import re

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from contactsgroups.services.accounts import AccountDraft
from contactsgroups.services.accounts.accounts import ensure_account_in
from contactsgroups.services.unit_of_work import write
from tests.directories import add_account, add_group
from tests.web.forms import read_forms


@pytest.fixture
def crew(core):
    """A group of a rule, with twelve members."""
    with write(core.database, OPERATOR) as work:
        for number in range(12):
            draft = AccountDraft(address=f"s{number:02}@example.org", title="Sailor")
            ensure_account_in(work, draft)
    return add_group(
        core.database, "crew@example.org", members=None, kind="dynamic", rule='title = "Sailor"'
    )


def reaches(core, group):
    return groups.show_group(core.database, OPERATOR, group.uuid).recipient_count


def confirm(visitor, url, page):
    """Press the button of the page that asks."""
    (form,) = [each for each in read_forms(page.text) if "rule" in each.values]
    return visitor.client.post(form.action or url, data={**form.values, "confirmed": seal_on(page)})


def seal_on(page):
    """The value of the button that confirms."""
    (seal,) = re.findall(r'name="confirmed" value="([0-9a-f]+)"', page.text)
    return seal


def test_a_rule_that_moves_many_is_asked_about_and_then_saved(admin, core, crew):
    url = f"/admin/groups/{crew.uuid}"
    rule = 'title = "Sailor" and address starts with "s00"'
    page = admin.submit(url, rule=rule, display_name="Renamed <b>")
    assert page.status_code == 409
    assert "Remove 11 of 12 members?" in page.text
    assert "s01@example.org" in page.text
    assert "and 6 more" in page.text
    assert reaches(core, crew) == 12
    assert confirm(admin, url, page).status_code == 303
    saved = groups.show_group(core.database, OPERATOR, crew.uuid)
    assert (saved.recipient_count, saved.settings.display_name) == (1, "Renamed <b>")


def test_what_has_changed_since_it_was_shown_is_asked_about_again(admin, core, crew):
    url, rule = f"/admin/groups/{crew.uuid}", 'title = "Sailor" and address starts with "s00"'
    page = admin.submit(url, rule=rule)
    add_account(core.database, "s99@example.org", title="Sailor")
    again = confirm(admin, url, page)
    assert again.status_code == 409
    assert "Remove 12 of 13 members?" in again.text
    assert "has changed since you were asked" in again.text
    assert reaches(core, crew) == 13
    assert confirm(admin, url, again).status_code == 303
    assert reaches(core, crew) == 1


def test_a_file_is_not_kept_and_the_page_says_so(admin, core, crew):
    picture = {"picture": (io.BytesIO(b"not looked at"), "picture.png")}
    url = f"/admin/groups/{crew.uuid}"
    rule = 'title = "Nobody"'
    page = admin.submit(url, rule=rule, files=picture)
    assert page.status_code in {409, 422}
    page = admin.submit(url, rule=rule, remove_picture="on")
    assert "Remove all 12 members?" in page.text
    assert "choose it once more" not in page.text


def test_a_department_that_is_moved_is_asked_about_too(admin, core):
    for number in range(8):
        add_account(core.database, f"d{number}@example.org", department="Docks/East")
    group = add_group(
        core.database, "docks@example.org", members=None, kind="department", department="Docks"
    )
    url = "/admin/domains/example.org/departments/one?path=Docks/East"
    page = admin.submit(url, form="move", new_path="East")
    assert "Remove all 8 members?" in page.text
    assert reaches(core, group) == 8
    (form,) = [each for each in read_forms(page.text) if "new_path" in each.values]
    target = "/admin/domains/example.org/departments/move"
    data = {**form.values, "confirmed": seal_on(page)}
    answer = admin.client.post(form.action or target, data=data)
    assert answer.status_code == 303
    assert reaches(core, group) == 0


def test_a_link_confirms_nothing(admin, core, crew):
    url = f"/admin/groups/{crew.uuid}"
    form = admin.form_on(url)
    sent = {**form.values, "rule": 'title = "Nobody"'}
    seal = seal_on(admin.client.post(url, data=sent))
    assert admin.client.post(f"{url}?confirmed={seal}", data=sent).status_code == 409
    assert admin.client.post(url, data={**sent, "confirmed": "true"}).status_code == 409
    assert reaches(core, crew) == 12


def test_another_kind_is_asked_about_once(admin, core, crew):
    group = add_group(
        core.database, "named@example.org", *(f"s{n:02}@example.org" for n in range(8))
    )
    url = f"/admin/groups/{group.uuid}"
    page = admin.submit(url, kind="dynamic", rule='title = "Captain"')
    assert "8 typed members" in page.text
    answer = admin.submit(url, kind="dynamic", rule='title = "Captain"', confirmed_kind="dynamic 7")
    assert "8 typed members" in answer.text
    answer = admin.submit(url, kind="dynamic", rule='title = "Captain"', confirmed_kind="dynamic 8")
    assert answer.status_code == 303

"""The admin pages of a domain's departments."""

import re

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import accounts
from tests.directories import add_account
from tests.web.forms import Visitor, as_people_read

ALL = "/admin/domains/example.org/departments"
ONE = f"{ALL}/one?path="


def test_a_department_is_added_seen_moved_and_removed(admin, core):
    answer = admin.submit(ALL, path="Lab/North")
    assert answer.location == ALL
    assert "Lab/</span>North" in admin.get(ALL).text
    answer = admin.submit(f"{ONE}Lab/North", form="new_path", new_path="Markets")
    assert answer.location == f"{ONE}Markets"
    assert "Lab/North is Markets now" in admin.get(answer.location).text
    answer = admin.submit(f"{ONE}Markets")
    assert "Markets" not in accounts.list_departments(core.database, "example.org")


def test_what_cannot_be_is_said_beside_what_was_typed(admin, core):
    add_account(core.database, "new@example.org", department="Legal")
    answer = admin.submit(ALL, path="a//b")
    assert answer.status_code == 422
    assert 'value="a//b"' in answer.text
    assert 'id="fault"' in answer.text
    answer = admin.submit(f"{ONE}Legal", form="new_path", new_path="Legal/Deep")
    assert answer.status_code == 422
    assert 'value="Legal/Deep"' in answer.text
    assert "cannot be moved into itself" in answer.text.partition('id="new-path-fault"')[2]
    answer = admin.submit(f"{ONE}Legal", form="new_path", new_path="")
    assert answer.status_code == 422
    assert 'id="new-path-fault"' in answer.text


def test_a_department_that_is_not_there_is_not_found(admin):
    assert admin.get(f"{ONE}Nowhere").status_code == 404
    assert "New department" in admin.get(f"{ALL}/one").text


def test_it_is_for_those_who_manage_the_domain(app):
    local = Visitor(app.test_client()).take_session("admin@example.com")
    assert local.get(ALL).status_code == 403
    assert local.get("/admin/domains/example.com/departments").status_code == 200


def test_an_expired_form_keeps_what_was_typed_and_changes_nothing(admin, core):
    answer = admin.submit(ALL, path="Lab/North", csrf_token="old")
    assert answer.status_code == 403
    assert 'value="Lab/North"' in answer.text
    assert "nothing was changed" in answer.text
    answer = admin.submit(f"{ONE}Sales", form="new_path", new_path="Markets", csrf_token="old")
    assert answer.status_code == 403
    assert 'value="Markets"' in answer.text
    assert 'name="path" value="Sales"' in answer.text
    paths = accounts.list_departments(core.database, "example.org")
    assert not {"Lab", "Lab/North", "Markets"} & set(paths)
    nowhere = {"path": "Nowhere", "new_path": "X", "csrf_token": "old"}
    assert admin.client.post(f"{ALL}/move", data=nowhere).status_code == 404


def test_an_expired_form_shows_nothing_to_others(app):
    local = Visitor(app.test_client()).take_session("admin@example.com")
    assert local.client.post(ALL, data={"path": "X", "csrf_token": "old"}).status_code == 403
    assert "Sales" not in local.client.post(ALL, data={"csrf_token": "old"}).text


def test_what_keeps_a_department_is_said_instead_of_the_button(admin, core):
    add_account(core.database, "gone@example.org", department="Legal", active=False)
    add_account(core.database, "two@example.org", department="Works/Deep")
    for path, kept_by in (
        ("Legal", {"1 closed account"}),
        ("Works", {"1 department below it"}),
        ("Works/Deep", {"1 person"}),
        ("Sales", {"1 group"}),
    ):
        text = admin.get(f"{ONE}{path}").text
        reasons = as_people_read(text.partition("cannot be removed while")[2])
        assert kept_by <= set(re.split(r"\s*<[^>]*>\s*", reasons)), path
        assert f"{ALL}/remove" not in text
    closed = "/admin/accounts?domain=example.org&department=Legal&state=closed"
    assert closed.replace("&", "&amp;") in admin.get(f"{ONE}Legal").text
    assert "account remove" in admin.get(f"{ONE}Legal").text
    accounts.remove_account(core.database, OPERATOR, "gone@example.org")
    assert admin.submit(f"{ONE}Legal", form="/remove").status_code == 303
    assert "Legal" not in accounts.list_departments(core.database, "example.org")


def test_the_number_of_its_people_leads_to_them(admin, core):
    add_account(core.database, "one@example.org", department="Legal")
    add_account(core.database, "two@example.org", department="Legal/Deep")
    add_account(core.database, "gone@example.org", department="Legal", active=False)
    text = admin.get(f"{ONE}Legal").text
    assert "2 with those below</a>" in text
    link = "/admin/accounts?domain=example.org&department=Legal&state=active"
    assert link.replace("&", "&amp;") in text
    assert admin.get(link).text.count('<th scope="row">') == 2

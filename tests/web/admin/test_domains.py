"""The admin pages of domains."""

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.accounts import list_domains
from contactsgroups.services.accounts.domain_settings import read_domain_settings
from tests.web.forms import Visitor, read_forms


def test_an_administrator_sees_its_domains(app, admin):
    html = admin.get("/admin/domains").text
    assert "example.org" in html
    assert "example.com" in html
    local = Visitor(app.test_client()).take_session("admin@example.com")
    assert "/admin/domains/example.org" not in local.get("/admin/domains").text
    assert local.get("/admin/domains/example.org").status_code == 403


def test_domains_are_listed_with_what_is_in_them(admin):
    html = admin.get("/admin/domains").text
    assert '<td class="number">5<span class="unit"> accounts</span></td>' in html


def test_another_domain_is_served_by_who_administers_all(app, admin, core):
    answer = admin.submit("/admin/domains", name=" Grün.Example ")
    assert answer.status_code == 303
    assert "grün.example is served here" in admin.get(answer.location).text
    assert "xn--grn-ioa.example" in list_domains(core.database, OPERATOR)
    local = Visitor(app.test_client()).take_session("admin@example.com")
    assert 'name="name"' not in local.get("/admin/domains").text


@pytest.mark.parametrize("name", ["", "no domain", "a..b", "x" * 300, "%00"])
def test_what_is_no_domain_comes_back_with_the_reason(admin, core, name):
    before = list_domains(core.database, OPERATOR)
    answer = admin.submit("/admin/domains", name=name)
    assert answer.status_code == 422
    assert 'class="fault"' in answer.text
    assert f'value="{name}"' in answer.text
    assert list_domains(core.database, OPERATOR) == before


def test_settings_are_saved_and_new_groups_begin_with_them(admin, core):
    url = "/admin/domains/example.org"
    answer = admin.submit(
        url, team_creators="accounts", posting_policy="members", without=("show_members",)
    )
    assert answer.location == url
    settings = read_domain_settings(core.database, OPERATOR, "example.org")
    assert settings.team_creators == "accounts"
    assert settings.new_groups == {"posting_policy": "members", "show_members": False}
    form = admin.form_on("/admin/groups/new", "kind")
    assert form.values["posting_policy"] == "members"
    assert "show_members" not in form.values


def test_all_faults_are_told_at_their_fields_and_nothing_is_saved(admin, core):
    url = "/admin/domains/example.org"
    answer = admin.submit(url, team_creators="nobody", posting_policy="nobody")
    assert answer.status_code == 422
    for field in ("team_creators", "posting_policy"):
        assert f'id="{field}-fault"' in answer.text
        assert f'href="#{field}"' in answer.text
    assert "Who may create teams must be one of" in answer.text
    assert read_domain_settings(core.database, OPERATOR, "example.org").new_groups == {}


def test_a_domain_that_is_not_served_is_refused(admin):
    assert admin.get("/admin/domains/nowhere.example").status_code == 422


def test_an_expired_form_keeps_what_was_chosen(admin):
    data = {"team_creators": "accounts", "posting_policy": "anyone", "csrf_token": "old"}
    answer = admin.client.post("/admin/domains/example.org", data=data)
    assert answer.status_code == 403
    assert "Check the form" in answer.text


def test_what_another_administrator_changed_meanwhile_stays(admin, core):
    url = "/admin/domains/example.org"
    older = admin.form_on(url).values
    admin.submit(url, posting_policy="anyone", without=("show_members",))
    answer = admin.client.post(url, data={**older, "team_creators": "accounts"})
    assert answer.status_code == 303
    settings = read_domain_settings(core.database, OPERATOR, "example.org")
    assert settings.team_creators == "accounts"
    assert settings.new_groups == {"posting_policy": "anyone", "show_members": False}


def test_a_form_with_a_fault_still_knows_what_it_showed_first(admin, core):
    url = "/admin/domains/example.org"
    faulty = admin.client.post(
        url, data={**admin.form_on(url).values, "team_creators": "x", "posting_policy": "anyone"}
    )
    admin.submit(url, without=("show_members",))
    again = {**read_forms(faulty.text)[-1].values, "team_creators": "accounts"}
    assert admin.client.post(url, data=again).status_code == 303
    settings = read_domain_settings(core.database, OPERATOR, "example.org")
    assert settings.new_groups == {"posting_policy": "anyone", "show_members": False}

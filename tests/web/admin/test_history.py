"""The page of a group's history."""

from dataclasses import replace

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.accounts.identity import find_principal
from contactsgroups.services.groups import members
from contactsgroups.web.admin import history


def test_an_owner_reads_who_changed_what(ada, core, find):
    uuid = find("team").uuid
    members.remove_member(core.database, OPERATOR, uuid, "guest@example.net")
    principal = replace(find_principal(core.database, "ada@example.org"), origin="203.0.113.7")
    members.add_members(core.database, principal, uuid, ["new@example.net"])
    html = ada.get(f"/admin/groups/{uuid}/history").text
    assert html.index("added 1 member") < html.index("removed 1 member")
    assert html.index("removed 1 member") < html.index("created the group")
    assert "Ada Example</bdi></strong> added" in html
    assert "<bdi>new@example.net</bdi></ins>" in html
    assert "<bdi>guest@example.net</bdi></del>" in html
    assert "203.0.113.7" not in html  # Where colleagues sit is for administrators.


def test_the_tab_leads_there(ada, find):
    uuid = find("team").uuid
    assert f'href="/admin/groups/{uuid}/history"' in ada.get(f"/admin/groups/{uuid}/members").text


def test_pages_follow_each_other(admin, core, find, monkeypatch):
    monkeypatch.setattr(history, "PAGE", 1)
    uuid = find("team").uuid
    members.remove_member(core.database, OPERATOR, uuid, "guest@example.net")
    first = admin.get(f"/admin/groups/{uuid}/history").text
    assert "created the group" not in first
    older = first.partition('rel="next" href="')[2].partition('"')[0]
    assert "created the group" in admin.get(older.replace("&amp;", "&")).text


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "0"])
def test_an_odd_place_is_no_fault(admin, find, before):
    assert (
        admin.get(f"/admin/groups/{find('team').uuid}/history?before={before}").status_code == 200
    )

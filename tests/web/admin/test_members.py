"""The admin page of members."""

import re

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from contactsgroups.services.groups import members
from tests.directories import group_draft
from tests.outbox import due
from tests.services.groups.changing import save
from tests.web.forms import as_people_read, read_forms


@pytest.fixture
def url(find):
    return f"/admin/groups/{find('team').uuid}/members"


@pytest.fixture
def listed(core, find):
    """The direct members of the team."""

    def addresses():
        views = members.list_members(core.database, OPERATOR, find("team").uuid, limit=1000)
        return [view.address for view in views]

    return addresses


TEAM = ["ada@example.org", "bob@example.org", "guest@example.net"]


def test_members_are_listed_with_name_and_kind(admin, url):
    html = admin.get(url).text
    for text in ("Ada Example", "ada@example.org", "Account", "guest@example.net", "External"):
        assert text in html


def test_who_is_added_is_told_by_whom_where_the_group_does_so(admin, core, find, url):
    save(core.database, find("team").uuid, notify_members=True)
    assert admin.submit(url, form="members", members="eve@example.org").status_code == 303
    (notice,) = due(core.database)
    assert notice.recipient == "eve@example.org"
    assert "by admin@example.org." in notice.text.paragraphs[0]


@pytest.mark.parametrize(
    "typed",
    [
        "eve@example.org, new@example.net",
        "Eve <eve@example.org>; <new@example.net>",
        "eve@example.org\nnew@example.net\n\n",
        '"Eve, the first" <EVE@example.org>\r\nmailto:new@example.net',
    ],
)
def test_addresses_are_added_in_any_form(admin, url, listed, typed):
    answer = admin.submit(url, form="members", members=typed)
    assert answer.status_code == 303
    assert "Added 2 members." in admin.get(answer.location).text
    assert listed() == sorted([*TEAM, "eve@example.org", "new@example.net"])


@pytest.mark.parametrize("typed", ["", " ,; \n", "broken", "nobody@example.org"])
def test_nothing_to_add_is_a_fault(admin, url, listed, typed):
    answer = admin.submit(url, form="members", members=typed)
    assert answer.status_code == 422
    assert typed.strip(" ,;\n") in answer.text
    assert listed() == TEAM


def test_too_many_at_once_are_refused_and_kept(admin, url, listed):
    typed = "\n".join(f"p{number}@example.net" for number in range(50_001))
    answer = admin.submit(url, form="members", members=typed)
    assert answer.status_code == 422
    assert "more than 50,000 addresses" in answer.text.lower()
    assert "p50000@example.net" in answer.text
    assert listed() == TEAM


def tick(admin, url, *addresses, action="remove", **more):
    """Tick members in the list and press a button of its bar."""
    form = admin.form_on(url, "ticked")
    data = {**form.values, "member": list(addresses), "action": action, **more}
    return admin.client.post(form.action, data=data)


def test_ticked_members_are_removed(admin, url, listed):
    answer = tick(admin, url, "ada@example.org", "bob@example.org")
    assert answer.status_code == 303
    assert "Removed 2 members." in admin.get(answer.location).text
    assert listed() == TEAM[2:]


def test_after_a_removal_the_list_shows_what_it_showed(admin, url):
    answer = tick(admin, f"{url}?q=org&kind=account", "bob@example.org")
    assert answer.location.endswith("/members?q=org&kind=account")
    assert "Removed bob@example.org." in admin.get(answer.location).text


def test_nothing_ticked_changes_nothing(admin, url, listed):
    answer = tick(admin, url)
    assert "No member is ticked" in admin.get(answer.location).text
    assert listed() == TEAM


@pytest.mark.parametrize("address", ["eve@example.org", "broken", ""])
def test_removing_what_is_not_there_changes_nothing(admin, url, listed, address):
    assert tick(admin, url, address).status_code in {303, 422}
    assert listed() == TEAM


def test_the_last_member_stays_and_is_named(admin, find):
    url = f"/admin/groups/{find('secret').uuid}/members"
    html = admin.get(url).text
    (address,) = re.findall(r'name="member" value="([^"]+)"', html)
    assert "The only member cannot be removed" in html
    assert 'value="remove"' not in html
    answer = tick(admin, url, address)
    assert answer.status_code == 422
    assert "is the last member of secret@example.org" in answer.text


def test_a_search_and_kinds_narrow_the_list_and_count(admin, url):
    html = as_people_read(admin.get(f"{url}?q=EXAMPLE&kind=external").text)
    assert "guest@example.net" in html
    assert "ada@example.org" not in html
    assert "1 of 3 members" in html
    nobody = admin.get(f"{url}?q=nobody").text
    assert "No member found for “nobody”" in nobody


def test_all_that_were_found_go_after_a_question(admin, large):
    url, left = large
    asked = tick(admin, f"{url}?q=p0", action="all")
    assert "the 100 members that were found" in asked.text
    assert "and 80 more" in asked.text
    form = next(each for each in read_forms(asked.text) if "remove-found" in each.action)
    answer = admin.client.post(form.action, data=form.values)
    assert "Removed 100 members." in admin.get(answer.location).text
    assert left() == [f"p{number}@example.net" for number in range(100, 250)]


def test_a_list_that_has_changed_meanwhile_is_asked_about_again(admin, large):
    url, left = large
    asked = tick(admin, f"{url}?q=p0", action="all")
    form = next(each for each in read_forms(asked.text) if "remove-found" in each.action)
    tick(admin, url, "p001@example.net")
    answer = admin.client.post(form.action, data=form.values)
    assert answer.status_code == 409
    assert "the 99 members that were found" in answer.text
    assert len(left()) == 249


def test_files_have_what_the_list_was_asked_for(admin, url):
    answer = admin.get(url + ".csv?kind=external")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="team-members.csv"'
    assert [line.split(",")[0] for line in answer.text.splitlines()] == [
        "\ufeffaddress",
        "guest@example.net",
    ]
    assert admin.get(url + ".txt").text.split() == TEAM


def test_members_that_follow_the_directory_are_not_edited(admin, find):
    url = f"/admin/groups/{find('sales').uuid}/members"
    html = admin.get(url).text
    assert "Members follow the department." in html
    assert "Change the department" in html
    assert "Remove" not in html
    assert 'type="checkbox"' not in html
    assert "<textarea" not in html
    token = admin.form_on("/compose").values["csrf_token"]
    answer = admin.client.post(url, data={"csrf_token": token, "members": "eve@example.org"})
    assert answer.status_code == 409


@pytest.fixture
def large(core):
    """The address of the page of a group with 250 members, and who is in it."""
    addresses = [f"p{number:03}@example.net" for number in range(250)]
    draft = group_draft(address="large@example.org", display_name="Large", members=addresses)
    large = groups.create_group(core.database, OPERATOR, draft)

    def left():
        views = members.list_members(core.database, OPERATOR, large.uuid, limit=1000)
        return [view.address for view in views]

    return f"/admin/groups/{large.uuid}/members", left


def test_large_groups_are_paged_both_ways(admin, large):
    url, _ = large
    first = admin.get(url).text
    assert "p099@" in first
    assert "p100@" not in first
    assert "after=p099@example.net" in first.replace("%40", "@")
    last = admin.get(f"{url}?after=p199@example.net").text
    assert "p249@" in last
    assert "Next page" not in last
    assert "before=p200@example.net" in last.replace("%40", "@")
    middle = as_people_read(admin.get(f"{url}?before=p200@example.net").text)
    assert "p100@" in middle
    assert "p099@" not in middle
    behind = admin.get(f"{url}?after=zzz").text
    assert "No more members." in behind
    answer = tick(admin, f"{url}?after=p199@example.net", "p200@example.net")
    assert "after=p199@example.net" in answer.location.replace("%40", "@")


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("members", "In 3 Mitgliedern suchen"),
        ("members/add", "Mitglieder einfügen"),
        ("delivery", "Die Gruppe ist nicht gesperrt."),
        ("", "Wer an die Gruppe senden darf"),
    ],
)
def test_the_pages_of_a_group_speak_german(admin, find, page, text):
    headers = {"Accept-Language": "de"}
    answer = admin.get(f"/admin/groups/{find('team').uuid}/{page}".rstrip("/"), headers=headers)
    assert text in answer.text

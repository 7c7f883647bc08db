"""The admin page of members."""

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from contactsgroups.services.groups import members
from tests.directories import group_draft


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


def test_five_hundred_pasted_lines_give_a_report(admin, url, listed):
    lines = [f"p{number}@example.net" for number in range(490)]
    lines += ["ada@example.org", "bob@example.org", "broken one", "two@@example.net", "a@b@c", ""]
    lines += [
        "nobody@example.org",
        "x@example..net",
        '"unclosed <y@example.net>',
        "team@example.org",
    ]
    answer = admin.submit(url, form="members", members="\r\n".join(lines))
    text = " ".join(answer.text.split())
    assert answer.status_code == 200
    assert "Added 491 members." in text
    assert "2 were already there." in text
    assert "There is no @ in it." in text
    assert "There is no such account, alias or group in example.org" in text
    assert "groups would contain each other: team@example.org" in text
    assert len(listed()) == 494
    left = answer.text[answer.text.index("<textarea") :]
    assert "broken one" in left
    assert "p1@example.net" not in left[: left.index("</textarea>")]


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
    assert "more than 50000 addresses" in answer.text.lower()
    assert "p50000@example.net" in answer.text
    assert listed() == TEAM


def test_a_member_is_removed(admin, url, listed):
    form = admin.form_on(url, "remove")
    assert form.values["address"] == "ada@example.org"
    answer = admin.client.post(form.action, data=form.values)
    assert answer.status_code == 303
    assert "Removed ada@example.org." in admin.get(answer.location).text
    assert listed() == TEAM[1:]


@pytest.mark.parametrize(
    ("address", "status"), [("eve@example.org", 404), ("broken", 422), ("", 422)]
)
def test_removing_what_is_not_there_says_so(admin, url, listed, address, status):
    assert admin.submit(url, form="remove", address=address).status_code == status
    assert listed() == TEAM


def test_the_last_member_stays(admin, find):
    url = f"/admin/groups/{find('secret').uuid}/members"
    answer = admin.submit(url, form="remove")
    assert answer.status_code == 422
    assert "is the last member of secret@example.org" in answer.text


def test_members_that_follow_the_directory_are_not_edited(admin, find):
    url = f"/admin/groups/{find('sales').uuid}/members"
    html = admin.get(url).text
    assert "follow the directory" in html
    assert "Remove" not in html
    assert "<textarea" not in html
    token = admin.form_on("/compose").values["csrf_token"]
    answer = admin.client.post(url, data={"csrf_token": token, "members": "eve@example.org"})
    assert answer.status_code == 409


def test_large_groups_are_paged(admin, core, find):
    addresses = [f"p{number:03}@example.net" for number in range(250)]
    draft = group_draft(address="large@example.org", display_name="Large", members=addresses)
    large = groups.create_group(core.database, OPERATOR, draft)
    url = f"/admin/groups/{large.uuid}/members"
    first = admin.get(url).text
    assert "p099@" in first
    assert "p100@" not in first
    assert "after=p099@example.net" in first.replace("%40", "@")
    last = admin.get(f"{url}?after=p199@example.net").text
    assert "p249@" in last
    assert "Next page" not in last
    answer = admin.submit(f"{url}?after=p199@example.net", form="remove")
    assert "after=p199@example.net" in answer.location.replace("%40", "@")

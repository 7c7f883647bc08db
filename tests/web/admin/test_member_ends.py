"""The page of the last day: for the ticked members, and from the list."""

import io
import re
from datetime import date, timedelta

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.groups.last_days import today
from contactsgroups.services.groups.member_filtering import MemberFilter
from contactsgroups.services.groups.member_listing import read_found_members
from tests.directories import add_account, add_group
from tests.web.forms import as_people_read, read_forms

LATER = str(today() + timedelta(days=20))
EARLIER = str(today() - timedelta(days=1))
ADA, BOB = "ada@example.org", "bob@example.org"


@pytest.fixture
def url(find):
    return f"/admin/groups/{find('team').uuid}/members"


@pytest.fixture
def ending(core, find):
    """Who ends, and when."""
    uuid = find("team").uuid

    def read():
        found = read_found_members(core.database, OPERATOR, uuid, MemberFilter())
        return {each.address: str(each.until) for each in found if each.until}

    return read


def text_of(answer):
    return " ".join(as_people_read(answer.text).split())


def set_for(admin, url, *people, **values):
    query = "&".join(f"member={each}" for each in people)
    return admin.submit(f"{url}/until?{query}", form="until", member=[*people], **values)


def test_the_ticked_members_get_a_last_day_and_the_list_shows_it(admin, url, ending):
    asked = admin.submit(url, form="ticked", member=[ADA, BOB], action="until")
    assert asked.status_code == 200
    assert "Until when are 2 members in it?" in text_of(asked)
    assert set_for(admin, url, ADA, BOB, until=LATER, action="set").status_code == 303
    assert ending() == {ADA: LATER, BOB: LATER}
    page = admin.get(url)
    assert "Set the last day of 2 members." in text_of(page)
    assert len(re.findall(f'<time datetime="{LATER}">', page.text)) == 2
    assert 'Ends <span class="tally">2</span>' in page.text
    assert "guest@example.net" not in admin.get(url + "?kind=ends").text


def test_who_is_no_member_any_more_is_named(admin, url, ending):
    gone = [f"gone{number}@example.net" for number in range(7)]
    for people, told in (
        (
            [ADA, *gone[:1]],
            "Set the last day of 1 member. gone0@example.net was no member any more.",
        ),
        ([ADA, *gone[:1]], "gone0@example.net was no member any more."),
        ([*gone[:1]], "gone0@example.net was no member any more."),
        ([ADA, *gone[:2]], "No members any more were gone0@example.net, gone1@example.net."),
        ([ADA, *gone], "gone3@example.net, gone4@example.net and 2 others."),
        (gone, "They were no members any more."),
    ):
        assert set_for(admin, url, *people, until=LATER, action="set").status_code == 303
        assert told in text_of(admin.get(url))
    assert ending() == {ADA: LATER}


def test_the_history_has_days_as_other_pages_have_them(admin, url):
    set_for(admin, url, ADA, until=LATER, action="set")
    pages = [admin.get(url.replace("/members", "/history")), admin.get("/admin/audit")]
    day = date.fromisoformat(LATER)
    for page in pages:
        told = text_of(page)
        assert "Last day" in told
        assert f"{day.day} {day:%B %Y}" in told
        assert LATER not in told


def test_the_page_begins_with_the_day_that_there_is_and_takes_it_away(admin, url, ending):
    set_for(admin, url, ADA, until=LATER, action="set")
    assert f'value="{LATER}"' in admin.get(f"{url}/until?member={ADA}").text
    assert f'value="{LATER}"' not in admin.get(f"{url}/until?member={ADA}&member={BOB}").text
    assert set_for(admin, url, ADA, action="never").status_code == 303
    assert ending() == {}


@pytest.mark.parametrize(("typed", "why"), [(EARLIER, "has passed"), ("", "Choose the last day")])
def test_a_wrong_day_is_said_beside_the_field_and_kept(admin, url, ending, typed, why):
    answer = set_for(admin, url, ADA, until=typed, action="set")
    assert answer.status_code == 422
    assert why in re.search(r'id="until-fault"[^>]*>([^<]*)', answer.text)[1]
    assert f'value="{typed}"' in answer.text
    assert f'name="member" value="{ADA}"' in answer.text
    assert ending() == {}


def test_who_is_added_above_the_list_gets_the_day_beside_it(admin, url, ending):
    admin.submit(url, form="members", members="new@example.net, bob@example.org", until=LATER)
    assert ending() == {"new@example.net": LATER, BOB: LATER}
    told = text_of(admin.get(url))
    assert "1 with a new last day" in told
    assert "already there" not in told  # It would be the same person a second time.
    answer = admin.submit(url, form="members", members="x@example.net", until=EARLIER)
    assert answer.status_code == 422
    assert "has passed" in re.search(r'id="until-fault"[^>]*>([^<]*)', answer.text)[1]
    assert "x@example.net" in answer.text
    assert f'value="{EARLIER}"' in answer.text


def test_pasted_lines_have_it_also_those_that_are_corrected(admin, url, ending):
    lines = "one@example.net\nbroken one"
    answer = admin.submit(url + "/add", form="add", lines=lines, until=LATER)
    assert f'id="corrected-until" type="date" name="until" value="{LATER}"' in answer.text
    assert ending() == {"one@example.net": LATER}


def test_the_file_of_members_has_the_last_days(admin, url):
    set_for(admin, url, ADA, until=LATER, action="set")
    rows = admin.get(url + ".csv").text.splitlines()
    assert rows[0].endswith(",until")
    assert [row.rpartition(",")[2] for row in rows[1:]] == [LATER, "", ""]


def test_what_was_downloaded_is_uploaded_with_its_days(admin, url, ending):
    text = f"address,until\nnew@example.net,{LATER}\nbroken one,{LATER}\nold@example.net,{EARLIER}"
    file = {"file": (io.BytesIO(text.encode()), "members.csv")}
    answer = admin.submit(url + "/add", form="upload", files=file)
    assert ending() == {"new@example.net": LATER}
    assert re.findall(r'name="day" value="([^"]*)"', answer.text) == [LATER, EARLIER]
    assert 'aria-label="Last day of line 3"' in answer.text
    passed = date.fromisoformat(EARLIER)
    assert f"{passed.day} {passed:%B %Y} has passed" in text_of(answer)
    fields = [
        *((name, "") for name in ("fault", "proposal") for _ in range(2)),
        *(("number", each) for each in "23"),
        *(("text", each) for each in ("mended@example.net", "old@example.net")),
        *(("day", each) for each in (LATER, EARLIER)),
    ]
    values = {name: [text for each, text in fields if each == name] for name, _ in fields}
    values["csrf_token"] = [admin.form_on(url, "members").values["csrf_token"]]
    again = admin.client.post(url + "/corrected", data=values)
    assert ending() == {"new@example.net": LATER, "mended@example.net": LATER}
    assert f"{passed.day} {passed:%B %Y} has passed" in text_of(again)
    assert "old@example.net" not in admin.get(url + ".csv").text
    admin.client.post(url + "/corrected", data={**values, "day": ["", LATER]})
    assert ending()["old@example.net"] == LATER


def test_the_question_before_another_kind_says_that_nobody_comes_back(
    admin, core, find, url, monkeypatch
):
    """Where all typed members have ended meanwhile; no hint promises them."""
    team = find("team").uuid
    found = read_found_members(core.database, OPERATOR, team, MemberFilter())
    set_for(admin, url, *(each.address for each in found), until=LATER, action="set")
    settings, rule = f"/admin/groups/{team}", 'domain = "example.org"'
    asked = admin.submit(settings, kind="dynamic", rule=rule)
    agreed = re.findall(r'name="confirmed_kind" value="([^"]*)"', asked.text)
    values = {**read_forms(asked.text)[-1].values, "confirmed_kind": agreed}
    assert admin.client.post(settings, data=values).status_code == 303
    assert "kept from before" in admin.get(settings).text
    after = today() + timedelta(days=21)
    monkeypatch.setattr("contactsgroups.services.groups.last_days.today", lambda: after)
    assert "kept from before" not in admin.get(settings).text
    asked = admin.submit(settings, kind="static")
    assert asked.status_code == 409
    assert "Nobody comes back" in text_of(asked)


def test_who_is_pinned_in_a_group_of_a_department_gets_a_last_day(admin, core):
    add_account(core.database, "sol@example.org", department="Choir")
    group = add_group(
        core.database,
        "choir@example.org",
        kind="department",
        department="Choir",
        members=None,
        always_members=(ADA,),
    )
    url = f"/admin/groups/{group.uuid}/members"
    page = admin.get(url)
    assert f'href="/admin/groups/{group.uuid}/members/until?member={ADA}' in page.text
    asked = admin.get(f"{url}/until?member={ADA}")
    assert "only if the department or the rule names them" in text_of(asked)
    assert set_for(admin, url, ADA, until=LATER, action="set").status_code == 303
    assert f'<time datetime="{LATER}">' in admin.get(url).text
    assert f'value="{LATER}"' in admin.get(f"{url}/until?member={ADA}").text
    history = text_of(admin.get(f"/admin/groups/{group.uuid}/history"))
    assert "changed the last day of ada@example.org" in history
    assert "the last day of 2 members" not in history

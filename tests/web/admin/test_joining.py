"""The pages that add many members: pasted, uploaded, corrected, a department."""

import io
import re

import pytest

from contactsgroups.domain.errors import Unavailable
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.groups import member_pieces
from contactsgroups.services.groups.member_filtering import MemberFilter
from contactsgroups.services.groups.member_listing import addresses_found
from contactsgroups.web.admin import joining
from tests.directories import add_account
from tests.web.forms import as_people_read

TEAM = ["ada@example.org", "bob@example.org", "guest@example.net"]


@pytest.fixture
def url(find):
    return f"/admin/groups/{find('team').uuid}/members"


@pytest.fixture
def listed(core, find):
    """The direct members of the team."""
    uuid = find("team").uuid
    return lambda: addresses_found(core.database, OPERATOR, uuid, MemberFilter())


def paste(admin, url, *lines):
    return admin.submit(url + "/add", form="lines", lines="\r\n".join(lines))


def upload(admin, url, data, name="members.csv"):
    return admin.submit(url + "/add", form="upload", files={"file": (io.BytesIO(data), name)})


def text_of(answer):
    return " ".join(as_people_read(answer.text).split())


def test_five_hundred_pasted_lines_give_a_report_with_numbers(admin, url, listed):
    lines = [f"p{number}@example.net" for number in range(490)]
    lines += ["ada@example.org", "p1@example.net", "broken one", "two@@example.net", ""]
    lines += ["nobody@example.org", "team@example.org"]
    answer = paste(admin, url, *lines)
    text = text_of(answer)
    assert answer.status_code == 200
    assert "490 of 496 added." in text
    assert "1 was a member already." in text
    assert "1 was named twice." in text
    assert "4 need a look" in text
    assert "4 lines to look at" in text
    assert re.findall(r'name="number" value="(\d+)"', answer.text) == ["493", "494", "496", "497"]
    assert "There is no such account, alias or group in example.org." in text
    assert "The group cannot be in itself." in text
    assert "Use two@example.net" in text
    assert len(listed()) == 493


def test_corrected_lines_are_added_and_the_others_stay(admin, url, listed):
    add_account_page = paste(admin, url, "eev@example.org", "new@@gmail.com", "broken", "x@")
    form = _form(add_account_page.text)
    texts = [*form["text"]]
    assert texts == ["eev@example.org", "new@@gmail.com", "broken", "x@"]
    form["text"] = ["eve@example.org", texts[1], "", texts[3]]
    answer = admin.client.post(f"{url}/corrected", data={**form, "use": ["1"]})
    assert "2 of 3 added." in text_of(answer)
    assert _form(answer.text)["text"] == ["x@"]
    assert _form(answer.text)["number"] == ["4"]
    assert listed() == sorted([*TEAM, "eve@example.org", "new@gmail.com"])


def test_a_doubtful_domain_is_taken_when_it_is_sent_once_more(admin, url, listed):
    page = paste(admin, url, "x@xeample.org")
    assert "xeample.org is nearly example.org" in page.text
    answer = admin.client.post(f"{url}/corrected", data=_form(page.text))
    assert answer.status_code == 303
    assert "x@xeample.org" in listed()


def test_more_lines_than_have_fields_stand_below_them(admin, url, listed):
    page = paste(admin, url, *(f"broken {number}" for number in range(250)))
    assert page.status_code == 422
    form = _form(page.text)
    assert len(form["text"]) == 100
    assert "150 further lines" in text_of(page)
    assert page.text.count("broken 249") == 1
    again = admin.client.post(f"{url}/corrected", data=form)
    assert "0 of 250 added." in text_of(again)
    assert "From line 101." in text_of(again)


def _form(html):
    """The form of the lines, fields of one name as a list."""
    part = html[html.index('class="corrections"') :]
    found = {}
    for name, value in re.findall(r'<input(?: type="hidden")? name="(\w+)" value="([^"]*)"', part):
        found.setdefault(name, []).append(value)
    if rest := re.search(r"<textarea[^>]*>\n(.*?)</textarea>", part, re.DOTALL):
        found["rest"] = rest[1]
    return found


@pytest.mark.parametrize(
    "data",
    [
        b"Email address,Name\neve@example.org,Eve\nzoe@example.org,Zoe\n",
        "E-Mail-Adresse;Name\neve@example.org;Ève\nzoe@example.org;Zoë\n".encode("cp1252"),
        "eve@example.org\r\nZoe <zoe@example.org>".encode("utf-16"),
    ],
)
def test_a_file_is_read(admin, url, listed, data):
    answer = upload(admin, url, data)
    assert "Added 2 members." in admin.get(answer.location).text
    assert listed() == sorted([*TEAM, "eve@example.org", "zoe@example.org"])


def test_a_guessed_encoding_is_said(admin, url):
    answer = upload(admin, url, "Ève <eve@example.org>\nzoe@example.org".encode("cp1252"))
    assert "it was read as Windows-1252" in admin.get(answer.location).text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"PK\x03\x04\x00\x00", "The file is no text"),
        (b"", "Choose a file"),
        (b"a@side.example\n" * 10_000, "The file is larger than"),
        (b"x\n" * 50_001, "More than 50,000"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_beside_its_field(
    admin, url, listed, data, text, monkeypatch
):
    monkeypatch.setattr(joining, "TEXT_LIMIT", 140_000)
    answer = upload(admin, url, data)
    assert answer.status_code == 422
    assert text in answer.text[answer.text.index('id="file-fault"') :]
    assert listed() == TEAM


def test_too_many_pasted_lines_are_refused_and_kept(admin, url, listed):
    answer = paste(admin, url, *(f"p{number}@example.net" for number in range(50_001)))
    assert answer.status_code == 422
    assert "p50000@example.net" in answer.text
    assert listed() == TEAM


def test_an_interrupted_paste_says_how_far_it_came_and_keeps_the_rest(
    admin, url, listed, monkeypatch
):
    whole, calls = member_pieces.add_in, []

    def fail_later(*args, **named):
        calls.append(args)
        if len(calls) == 2:
            raise Unavailable("the database does not answer")
        return whole(*args, **named)

    monkeypatch.setattr(member_pieces, "add_in", fail_later)
    page = paste(admin, url, "broken", *(f"p{number}@example.net" for number in range(700)))
    assert page.status_code == 503
    text = text_of(page)
    assert "500 of 701 added." in text
    assert "It stopped before line 502" in text
    assert "200 lines are not done yet" in text
    answer = admin.client.post(f"{url}/corrected", data=_form(page.text))
    assert "200 of 201 added." in text_of(answer)
    assert len(listed()) == 703


@pytest.mark.parametrize("form", ["lines", "upload", "corrected", "members"])
def test_an_expired_form_keeps_what_was_typed(admin, url, listed, form):
    path = {"lines": "/add", "members": ""}.get(form, f"/{form}")
    sent = {"csrf_token": "old", "text": "typed@x.example", "number": "7", "seen": ""}
    sent |= {"lines": "typed@x.example", "members": "typed@x.example"}
    answer = admin.client.post(url + path, data=sent)
    assert answer.status_code == 403
    assert ("typed@x.example" in answer.text) is (form != "upload")
    assert listed() == TEAM


def test_a_department_is_counted_before_it_is_added(admin, url, core, listed):
    add_account(core.database, "new@example.org", department="Sales/Asia")
    asked = admin.get(f"{url}/department?department=example.org/Sales&below=yes")
    assert "3 active accounts are in Sales and below." in text_of(asked)
    assert "2 are members already." in text_of(asked)
    answer = admin.submit(
        f"{url}/department?department=example.org/Sales&below=yes", form="department"
    )
    assert "Added new@example.org of Sales, 2 already there." in admin.get(answer.location).text
    assert "new@example.org" in listed()
    again = admin.get(f"{url}/department?department=example.org/Sales&below=no")
    assert "1 active account is in Sales." in text_of(again)
    assert "now</button>" not in again.text


def test_a_department_that_is_not_there_is_told_beside_its_field(admin, url):
    answer = admin.get(f"{url}/department?department=example.org/Nowhere")
    assert answer.status_code == 422
    assert 'id="department-fault"' in answer.text


def test_an_owner_is_offered_no_departments_and_may_add_none(ada, url):
    page = ada.get(f"{url}/add").text
    assert "Paste members" in page
    assert "Add everyone" not in page
    assert ada.get(f"{url}/department?department=example.org/Sales").status_code == 403


def test_members_that_follow_a_rule_are_not_added_to(admin, find):
    assert admin.get(f"/admin/groups/{find('sales').uuid}/members/add").status_code == 409


def test_the_field_above_the_list_is_bounded_like_the_others():
    assert joining.ROWS * 5 < 1000  # Werkzeug takes no more parts of a form.


def test_a_line_that_needs_a_look_is_explained_in_the_language_of_the_page(admin, url):
    """Beside the address, it is said once: what is wrong, without the address."""
    admin.client.set_cookie("contactsgroups_language", "de", path="/")
    typed = "nobody@example.org\nbroken\nnew@example.net"
    answer = text_of(admin.submit(url, form="members", members=typed))
    assert "1 von 3 hinzugefügt." in answer
    assert "2 müssen geprüft werden." in answer
    assert "Ein solches Konto, einen solchen Alias" in answer
    assert "2 Zeilen zu prüfen" in answer

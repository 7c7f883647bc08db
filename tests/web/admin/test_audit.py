"""The page of the audit log, and its files."""

import csv
import io
import json

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.groups import members
from contactsgroups.web.admin import audit
from tests.directories import add_account
from tests.web.forms import Visitor


def rows_of(answer):
    text = answer.data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_change_is_shown_with_who_when_what_and_from_where(admin, find):
    group = find("team")
    admin.submit(f"/admin/groups/{group.uuid}", posting_policy="anyone")
    html = admin.get("/admin/audit?q=team").text
    row = html[html.index("<tbody>") : html.index("</tr>", html.index("<tbody>"))]
    for text in (
        "Changed “Who may send”",
        "<bdi>Same domain</bdi></del>",
        "<bdi>Anyone</bdi></ins>",
        "admin@example.org",
        "127.0.0.1",
        f"/admin/groups/{group.uuid}/history",
    ):
        assert text in row
    assert "command line" in html


def test_an_address_behind_a_proxy_that_is_not_trusted_is_not_believed(admin, find):
    url = f"/admin/groups/{find('team').uuid}"
    values = admin.form_on(url).values | {"posting_policy": "anyone"}
    headers = {"X-Forwarded-For": "203.0.113.66"}
    admin.client.post(url, data=values, headers=headers)
    assert "203.0.113.66" not in admin.get("/admin/audit").text


def test_a_domain_administrator_sees_its_domain_only(app):
    local = Visitor(app.test_client()).take_session("admin@example.com")
    html = local.get("/admin/audit").text
    assert "com@example.com" in html
    assert "team@example.org" not in html
    assert "team@example.org" not in local.get("/admin/audit?domain=example.org&q=team").text
    assert {row["domain"] for row in rows_of(local.get("/admin/audit.csv"))} == {"example.com"}


@pytest.mark.parametrize("path", ["audit", "audit.csv", "audit.jsonl"])
def test_others_may_not(ada, visitor, path):
    assert ada.get(f"/admin/{path}").status_code == 403
    assert visitor.get(f"/admin/{path}").status_code == 303


def test_pages_keep_the_question(admin, monkeypatch):
    monkeypatch.setattr(audit, "PAGE", 2)
    seen, url = [], "/admin/audit?what=create+account&domain=example.org"
    while url:
        html = admin.get(url).text
        seen += [part.partition("</th>")[0] for part in html.split('<span class="what">')[1:]]
        url = html.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert len(seen) == 5
    assert all(each.startswith("Created the account") for each in seen)


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("since=yesterday", ["This is no date"]),
        ("since=2026-02-30&until=9999-12-31", ["since-fault", "until-fault"]),
        ("since=2026-02-02&until=2026-02-01", ["This is before the first day"]),
    ],
)
def test_faults_stand_beside_their_fields_with_what_was_typed(admin, query, texts):
    answer = admin.get(f"/admin/audit?{query}")
    assert answer.status_code == 422
    for text in (*texts, f'value="{query.partition("=")[2].partition("&")[0]}"'):
        assert text in answer.text


@pytest.mark.parametrize("file", ["audit.csv", "audit.jsonl"])
@pytest.mark.parametrize(
    "query", ["since=foo", "until=2026-02-30&q=team", "since=2026-02-02&until=2026-02-01"]
)
def test_a_file_with_a_faulty_filter_is_refused_and_not_sent_whole(admin, file, query):
    answer = admin.get(f"/admin/{file}?{query}")
    assert (answer.status_code, answer.mimetype) == (422, "text/html")
    assert "Content-Disposition" not in answer.headers
    assert "Nothing was exported." in answer.text
    assert "team@example.org" not in answer.text


def test_the_page_says_more_than_only_if_there_are_more(admin, monkeypatch):
    query = "what=create+account&domain=example.org"
    for limit, text in ((5, ">5 entries found"), (6, ">5 entries found"), (4, "more than 4 ent")):
        monkeypatch.setattr(audit.audit_log, "COUNT_LIMIT", limit)
        assert text in admin.get(f"/admin/audit?{query}").text


@pytest.mark.parametrize(
    "query",
    [
        "who=@&on=@@&domain=%00..&what=zz&before=x",
        "q=%25_%5C%27&on=a@b@c&domain=xn--&before=-1",
        "q=" + "%F0%9F%98%80" * 400,
    ],
)
def test_an_odd_question_finds_nothing_and_is_no_fault(admin, query):
    answer = admin.get(f"/admin/audit?{query}")
    assert answer.status_code == 200
    assert "Nothing was found" in answer.text


def test_days_are_whole(admin, core):
    with core.database.read():
        pass
    today = json.loads(admin.get("/admin/audit.jsonl").text.splitlines()[0])["at"][:10]
    assert "Created the group" in admin.get(f"/admin/audit?since={today}&until={today}").text
    assert "Nothing was found" in admin.get("/admin/audit?until=2020-01-01").text


def test_a_filter_is_dropped_by_its_link(admin):
    html = admin.get("/admin/audit?q=team&what=group&who=operator@localhost").text
    assert 'href="/admin/audit?q=team&amp;what=group"' in html


def test_csv_has_a_row_for_each_field_and_member_and_no_formula(admin, core, find):
    add_account(core.database, "ada@example.org", display_name="=2+5 cmd", title="@SUM(A1)")
    members.add_members(core.database, OPERATOR, find("team").uuid, ["a@x.example", "+b@x.example"])
    answer = admin.get("/admin/audit.csv")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = rows_of(answer)
    added = {row["after"] for row in rows if row["what"] == "Added 2 members"}
    assert added == {"a@x.example", "'+b@x.example"}
    changed = {row["field"]: row["after"] for row in rows if row["what"] == "Changed 2 fields"}
    assert changed["Name"] == "'=2+5 cmd"
    assert changed["Title"] == "'@SUM(A1)"
    for row in rows:
        assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


def test_json_lines_are_what_the_page_asks_for(admin):
    lines = admin.get("/admin/audit.jsonl?what=create+group&domain=example.com").text.splitlines()
    (entry,) = map(json.loads, lines)
    assert entry["subject"] == "com@example.com"
    assert entry["action"] == "create group"
    assert entry["origin"] == "command line"


def test_files_are_sent_piece_by_piece(admin, core, monkeypatch):
    asked = []
    read_page = audit.audit_log.read_page

    def note(session, conditions, *, before, limit):
        asked.append(limit)
        return read_page(session, conditions, before=before, limit=limit)

    monkeypatch.setattr(audit.audit_log, "read_page", note)
    for number in range(60):
        add_account(core.database, f"p{number}@example.org")
    answer = admin.client.get("/admin/audit.csv")
    pieces = answer.iter_encoded()
    next(pieces)
    assert asked == []
    next(pieces)
    assert asked == [50]
    list(pieces)
    assert len(asked) > 1

"""The form of a group says whom a rule selects, with JavaScript and without."""

import json
from html import unescape

import pytest
from werkzeug.test import TestResponse

from tests.directories import add_account, add_group
from tests.web.forms import Visitor

NEW = "/admin/groups/new"


def count(visitor: Visitor, **sent: str) -> TestResponse:
    """Ask as the page does while one types."""
    token = visitor.form_on(NEW).values["csrf_token"]
    return visitor.client.post("/admin/groups/preview", data={"csrf_token": token, **sent})


@pytest.fixture
def group(core):
    for name in ("kim", "lee"):
        add_account(
            core.database, f"{name}@example.org", display_name=name.title(), title="Captain"
        )
    rule = 'title = "Captain" and name = "kim"'
    return add_group(core.database, "tech@example.org", members=None, kind="dynamic", rule=rule)


def test_it_is_counted_as_json(admin, group):
    answer = count(admin, group=group.uuid, kind="dynamic", rule='title = "Captain"').get_json()
    assert (answer["people"], answer["added"], answer["removed"]) == ("2 people", "+1", "")
    assert answer["among"].startswith("Was 1. Counted among ")
    assert answer["entering"] == [{"name": "Lee", "address": "lee@example.org"}]


def test_a_fault_is_told_with_its_place(admin, group):
    response = count(admin, group=group.uuid, kind="dynamic", rule="title =")
    assert response.status_code == 200
    assert response.get_json()["fault"].endswith("(line 1, column 8).")


def test_it_is_counted_in_the_language_of_the_page(admin, group):
    admin.client.set_cookie("contactsgroups_language", "de", path="/")
    answer = count(admin, group=group.uuid, kind="dynamic", rule='title = "Captain"').get_json()
    assert answer["people"] == "2 Personen"
    assert answer["among"].startswith("Vorher 1. Gezählt ")
    page = admin.get(f"/admin/groups/{group.uuid}").text
    texts = json.loads(unescape(page.partition("data-texts='")[2].partition("'")[0]))
    assert texts["fields"]["department"] == "Abteilung"
    assert "{join}" in texts["accounts"]


def test_it_is_counted_only_so_often(admin):
    asked = {"address": "@example.org", "kind": "dynamic", "rule": "name is set"}
    statuses = {count(admin, **asked).status_code for _ in range(30)}
    assert statuses == {200, 429}


def test_without_javascript_a_button_counts_and_nothing_typed_is_lost(admin):
    response = admin.submit(
        NEW,
        address="new@example.org",
        kind="dynamic",
        rule="name is set",
        display_name="Not saved yet",
        count="yes",
    )
    assert response.status_code == 200
    assert "people</strong>" in response.text
    assert "Not saved yet" in response.text


def test_without_javascript_one_lands_where_it_was_counted(admin, group):
    for page in (NEW, f"/admin/groups/{group.uuid}"):
        text = admin.get(page).text
        assert 'formaction="#preview"' in text
        assert text.count('id="preview"') == 1


def test_the_page_of_a_group_counts_too_and_saves_nothing(admin, group, find):
    url = f"/admin/groups/{group.uuid}"
    text = admin.submit(url, rule='title = "Captain"', count="yes").text
    assert "<strong>2 people</strong>" in text
    assert '<span class="added">+1</span>' in text
    assert "Lee" in text
    assert find("tech").recipient_count == 1
    assert "(line 1, column 8)" in admin.submit(url, rule="title =", count="yes").text


def test_enter_saves_and_does_not_count(admin, group):
    text = admin.get(f"/admin/groups/{group.uuid}").text
    form = text[text.index('<form method="post" enctype') :]
    first = form[form.index("<button") :].split(">")[0]
    assert 'name="count"' not in first


def test_an_attribute_that_nobody_has_is_said_and_is_no_fault(admin, group):
    rule = 'title = "Captain" and attribute.nobody is not set'
    answer = count(admin, group=group.uuid, kind="dynamic", rule=rule).get_json()
    said = "No account here has the attribute nobody (line 1, column 23)."
    assert (answer["people"], answer["remarks"]) == ("2 people", [said])
    text = admin.submit(f"/admin/groups/{group.uuid}", rule=rule, count="yes").text
    assert said in text


def test_attributes_in_use_are_offered_to_the_builder(admin, core, group):
    add_account(core.database, "kim@example.org", attributes={"floor": "3", "badge": "7"})
    assert 'data-attributes="badge floor"' in admin.get(f"/admin/groups/{group.uuid}").text
    assert 'data-attributes="badge floor"' in admin.get(NEW).text

"""Groups over the API: lists in pages, changes under conditions, rights of tokens."""

import pytest

from contactsgroups.domain.domain_settings import DomainSettings
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from contactsgroups.services.accounts.domain_settings import change_domain_settings
from contactsgroups.web.api.groups import draft_like
from tests.directories import add_account, add_group, changed_draft

NEW = {"address": "New@Example.org", "display_name": "New", "members": ["ada@example.org"]}


def addresses(found):
    return [each["address"] for each in found["items"]]


def problem(answer, status):
    """The problem that an answer is."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == status
    assert status != 422 or answer.json["errors"], "a 422 says what is wrong"
    return answer.json


def test_who_only_reads_lists_what_its_address_book_has(reader, manager):
    assert addresses(reader.get("/groups")) == ["sales@example.org", "team@example.org"]
    assert addresses(manager.get("/groups")) == [
        "com@example.com",
        "sales@example.org",
        "secret@example.org",
        "team@example.org",
    ]


def test_a_group_in_a_list(reader):
    (team,) = reader.get("/groups?q=blue")["items"]
    picture = team.pop("picture")
    id_ = team.pop("id")
    assert picture.startswith(f"groups/{id_}/picture.png?v=")
    assert reader("GET", f"/{picture}").mimetype == "image/png"
    assert team == {
        "address": "team@example.org",
        "domain": "example.org",
        "display_name": "Team Blue",
        "description": "",
        "kind": "static",
        "posting_policy": "same_domain",
        "show_in_contacts": True,
        "disabled": False,
        "moderated": False,
        "recipient_count": 3,
        "external_count": 1,
    }


def test_pages_follow_each_other(core, manager):
    for number in range(7):
        add_group(core.database, f"ä{number}@example.org", "ada@example.org")
    found, cursor = [], ""
    while cursor is not None:
        page = manager.get(f"/groups?limit=3&cursor={cursor}")
        assert len(page["items"]) <= 3
        found += addresses(page)
        cursor = page.get("next_cursor")
    assert len(found) == len(set(found)) == 11
    assert sorted(found) == sorted(addresses(manager.get("/groups?limit=200")))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=secret", ["secret@example.org"]),
        ("kind=department", ["sales@example.org"]),
        ("domain=example.com", ["com@example.com"]),
        ("member=carl@example.com", ["com@example.com"]),
        ("owner=ada@example.org", ["team@example.org"]),
        ("shown=false", ["secret@example.org"]),
        ("disabled=true", []),
        ("moderated=false&q=team", ["team@example.org"]),
    ],
)
def test_filters(manager, query, found):
    assert addresses(manager.get(f"/groups?{query}")) == found


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("limit=0", ["limit"]),
        ("limit=201&shown=yes&colour=red", ["limit", "shown", "colour"]),
        ("limit=1&limit=2", ["limit"]),
        ("kind=list", ["kind"]),
        ("cursor=%21", ["cursor"]),
        ("cursor=AA", ["cursor"]),
        ("cursor=_w", ["cursor"]),
        ("q=%00", ["q"]),
    ],
)
def test_everything_that_is_wrong_with_a_query_is_named(manager, query, fields):
    refused = problem(manager("GET", f"/groups?{query}"), 422)
    assert sorted(each["field"] for each in refused["errors"]) == sorted(fields)


def test_settings_are_for_who_may_see_them(reader, manager, find):
    path = f"/groups/{find('team').uuid}"
    assert "owners" not in reader.get(path)
    shown = manager.get(path)
    assert shown["owners"] == ["ada@example.org"]
    assert shown["show_members"] is True
    assert shown["updated_by"] == "operator@localhost"
    problem(reader("GET", f"/groups/{find('secret').uuid}"), 404)


def test_a_group_that_is_known_is_not_sent_again(manager, find):
    path = f"/groups/{find('team').uuid}"
    tag = manager("GET", path).headers["ETag"]
    again = manager("GET", path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_a_group_is_created_where_location_says(manager, find):
    answer = manager("POST", "/groups", json={**NEW, "owners": ["bob@example.org"]})
    assert answer.status_code == 201, answer.text
    made = find("new")
    assert answer.headers["Location"] == f"/api/v1/groups/{made.uuid}"
    assert manager.get(f"/groups/{made.uuid}") == answer.json
    assert manager("GET", f"/groups/{made.uuid}").headers["ETag"] == answer.headers["ETag"]
    assert (made.original, made.owners) == ("New@Example.org", ("bob@example.org",))
    assert made.settings.show_in_contacts is True


def test_a_new_group_begins_with_what_its_domain_says(core, manager, find):
    settings = DomainSettings(new_groups={"show_members": False, "posting_policy": "members"})
    change_domain_settings(core.database, OPERATOR, "example.org", settings)
    assert manager("POST", "/groups", json=NEW).status_code == 201
    named = {**NEW, "address": "other@example.org", "posting_policy": "anyone"}
    assert manager("POST", "/groups", json=named).status_code == 201
    found = [find(name).settings for name in ("new", "other")]
    assert [each.posting_policy for each in found] == ["members", "anyone"]
    assert [each.show_members for each in found] == [False, False]


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"address": "team@example.org"}, 409, "address"),
        ({"address": "x@nowhere.example"}, 422, "address"),
        ({"members": []}, 422, "members"),
        ({"kind": "dynamic", "members": [], "rule": "(("}, 422, "rule"),
        ({"members": ["nobody@example.org"]}, 422, "members"),
        ({"owners": ["@"]}, 422, "owners"),
        ({"kind": "dynamic", "members": []}, 422, "rule"),
        ({"display_name": "a\0"}, 422, "display_name"),
        ({"kind": "dynamic", "members": [], "rule": 'title = "\0"'}, 422, "rule"),
        *(({name: "a\0"}, 422, name) for name in ("address", "description", "department", "rule")),
        ({"display_name": "x" * 5000}, 422, "display_name"),
        ({"colour": "red"}, 422, "colour"),
        ({"disabled": "yes"}, 422, "disabled"),
        ({"display_name": None}, 422, "display_name"),
    ],
)
def test_what_cannot_be_created_is_a_problem(manager, changes, status, field):
    refused = problem(manager("POST", "/groups", json={**NEW, **changes}), status)
    assert refused.get("field") == field
    assert [each["field"] for each in refused["errors"]] == [field]
    assert addresses(manager.get("/groups?q=new")) == []


@pytest.mark.parametrize("name", ["address", "display_name", "description", "department", "rule"])
def test_half_a_character_is_no_json(manager, name):
    problem(manager("POST", "/groups", json={**NEW, name: "a\ud800"}), 400)


def test_everything_that_is_wrong_with_a_group_is_named(manager, find):
    """For a new one and for a change: the same rules, each with its field."""
    wrong = {"display_name": "a\0", "owners": ["@", "nobody@example.org"], "moderated": True}
    found = [problem(manager("POST", "/groups", json={**NEW, **wrong}), 422)]
    path = f"/groups/{find('sales').uuid}"
    found.append(problem(manager.change("PATCH", path, json=wrong), 422))
    for refused in found:
        assert sorted(each["field"] for each in refused["errors"]) == [
            "display_name",
            "moderators",
            "owners",
            "owners",
        ]
        for each in refused["errors"]:
            assert each["detail"] in refused["detail"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"data": b"{"}, 400),
        ({"data": b"\xff"}, 400),
        ({"data": b"[]"}, 422),
        ({"data": b'{"address": "\\ud800"}'}, 400),
        ({"data": b"[" * 100_000}, 400),
        ({"data": b"{}", "content_type": "text/plain"}, 415),
    ],
)
def test_a_body_that_cannot_be_read(manager, sent, status):
    problem(manager("POST", "/groups", **{"content_type": "application/json", **sent}), status)


def test_what_is_named_is_changed_and_nothing_else(manager, find):
    before = find("team")
    path = f"/groups/{before.uuid}"
    answer = manager.change(
        "PATCH", path, json={"display_name": "Blue", "moderators": ["ada@example.org"]}
    )
    assert answer.status_code == 200, answer.text
    after = find("team")
    assert after.settings == before.settings.changed({"display_name": "Blue"})
    assert (after.owners, after.moderators) == (before.owners, ("ada@example.org",))
    assert answer.json == manager.get(path)
    assert after.recipient_count == before.recipient_count


def test_every_field_may_be_changed_back(manager, find):
    path = f"/groups/{find('team').uuid}"
    for change in ({"disabled": True, "address": "T@example.org"}, {"disabled": False}):
        assert manager.change("PATCH", path, json=change).status_code == 200
    assert find("t").settings.disabled is False


def test_a_change_needs_what_was_read(manager, find, core):
    team = find("team")
    path = f"/groups/{team.uuid}"
    tag = manager("GET", path).headers["ETag"]
    for method, more in (("PATCH", {"json": {"disabled": True}}), ("DELETE", {})):
        problem(manager(method, path, **more), 428)
        problem(manager(method, path, headers={"If-Match": '"other"'}, **more), 412)
    draft = changed_draft(draft_like(team), display_name="Theirs")
    groups.update_group(core.database, OPERATOR, team.uuid, team.version, draft)
    refused = manager("PATCH", path, headers={"If-Match": tag}, json={"disabled": True})
    problem(refused, 412)
    assert find("team").settings.display_name == "Theirs"
    kept = manager("PATCH", path, headers={"If-Match": "*"}, json={"disabled": True})
    assert kept.status_code == 200


def test_who_saves_just_between_is_not_overwritten(manager, find, core, monkeypatch):
    team = find("team")
    update = groups.update_group

    def update_after_another(database, actor, uuid, version, draft):
        theirs = changed_draft(draft_like(team), display_name="Theirs")
        update(core.database, OPERATOR, uuid, version, theirs)
        return update(database, actor, uuid, version, draft)

    monkeypatch.setattr(groups, "update_group", update_after_another)
    refused = manager.change("PATCH", f"/groups/{team.uuid}", json={"disabled": True})
    assert "changed by operator@localhost" in problem(refused, 412)["detail"]
    assert find("team").settings.display_name == "Theirs"


def test_what_another_saved_just_between_is_not_removed(manager, find, core, monkeypatch):
    team = find("team")
    remove = groups.remove_group

    def remove_after_another(*args, **more):
        theirs = changed_draft(draft_like(team), display_name="Theirs")
        groups.update_group(core.database, OPERATOR, team.uuid, team.version, theirs)
        remove(*args, **more)

    monkeypatch.setattr(groups, "remove_group", remove_after_another)
    refused = manager.change("DELETE", f"/groups/{team.uuid}")
    assert "changed by operator@localhost" in problem(refused, 412)["detail"]
    assert find("team").settings.display_name == "Theirs"


def test_a_group_is_removed(manager, find):
    path = f"/groups/{find('team').uuid}"
    answer = manager.change("DELETE", path)
    assert (answer.status_code, answer.data) == (204, b"")
    problem(manager("GET", path), 404)


def test_a_browser_session_removes_no_group_without_the_password(admin, find):
    path = f"/api/v1/groups/{find('team').uuid}"
    token = admin.form_on("/compose").values["csrf_token"]
    headers = {"X-CSRF-Token": token, "If-Match": "*"}
    problem(admin.client.delete(path, headers=headers), 403)
    changed = admin.client.patch(path, headers=headers, json={"disabled": True})
    assert changed.status_code == 200
    problem(admin.client.patch(path, headers={"If-Match": "*"}, json={"disabled": False}), 403)


@pytest.mark.parametrize(
    "scope", [{}, {"may_write": True}, {"manages": True}], ids=["read", "write", "manage"]
)
def test_a_token_changes_only_what_its_scope_says(caller, find, scope):
    weak = caller("admin@example.org", **scope)
    path = f"/groups/{find('team').uuid}"
    problem(weak("POST", "/groups", json=NEW), 403)
    for method, more in (("PATCH", {"json": {"disabled": True}}), ("DELETE", {})):
        problem(weak(method, path, headers={"If-Match": "*"}, **more), 403)
    assert find("team").settings.disabled is False


def test_an_administrator_manages_its_own_domain_only(caller, find):
    local = caller("admin@example.com", may_write=True, manages=True)
    assert addresses(local.get("/groups")) == ["com@example.com"]
    problem(local("POST", "/groups", json=NEW), 403)
    path = f"/groups/{find('team').uuid}"
    assert local("PATCH", path, headers={"If-Match": "*"}, json={}).status_code in {403, 404}


@pytest.mark.parametrize("path", ["/groups", "/accounts", "/audit", "/groups/x", "/nothing"])
def test_without_a_token_nothing_is_told(visitor, path):
    answer = visitor.get(f"/api/v1{path}")
    assert answer.status_code in {401, 404}
    problem(answer, answer.status_code)


def test_a_large_move_must_be_confirmed(core, manager):
    add_account(core.database, "boss@example.org", display_name="Boss", title="Boss")
    group = add_group(
        core.database, "bosses@example.org", members=None, kind="dynamic", rule='title = "Boss"'
    )
    path = f"/groups/{group.uuid}"
    headers = {"If-Match": manager("GET", path).headers["ETag"]}
    change = {"rule": 'title = "Nobody"'}
    refused = problem(manager("PATCH", path, json=change, headers=headers), 409)
    (move,) = refused["moves"]
    assert (move["before"], move["added"], move["removed"]) == (1, 0, 1)
    assert move["leaving"] == ["Boss"]
    again = manager("PATCH", f"{path}?confirmed=true", json=change, headers=headers)
    problem(again, 409)
    sealed = f"{path}?confirmed={refused['seal']}"
    changed = manager("PATCH", sealed, json=change, headers=headers)
    assert changed.json["recipient_count"] == 0

"""Accounts, aliases and departments over the API."""

import pytest

from tests.web.api.test_groups import addresses, problem


def test_accounts_are_those_that_one_sees_or_manages(reader, manager, caller):
    assert addresses(reader.get("/accounts")) == [
        "ada@example.org",
        "admin@example.org",
        "bob@example.org",
        "eve@example.org",
        "zoe@example.org",
    ]
    assert len(addresses(manager.get("/accounts"))) == 7
    assert len(addresses(caller("carl@example.com").get("/accounts"))) == 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=EVE", ["eve@example.org"]),
        ("department=Sales", ["ada@example.org", "bob@example.org"]),
        ("domain=example.com&q=carl", ["carl@example.com"]),
        ("active=false", []),
    ],
)
def test_filters(manager, query, found):
    assert addresses(manager.get(f"/accounts?{query}")) == found


def test_pages_follow_each_other(manager):
    found, cursor = [], ""
    while cursor is not None:
        page = manager.get(f"/accounts?limit=2&cursor={cursor}")
        found += addresses(page)
        cursor = page.get("next_cursor")
    assert found == addresses(manager.get("/accounts"))


def test_an_account_says_more_to_who_manages_it(reader, manager):
    assert reader.get("/accounts/Ada@example.org") == {
        "address": "ada@example.org",
        "display_name": "Ada Example",
        "domain": "example.org",
        "active": True,
    }
    assert manager.get("/accounts/ada@example.org") == {
        "address": "ada@example.org",
        "display_name": "Ada Example",
        "domain": "example.org",
        "active": True,
        "department": "Sales/Europe",
        "title": "",
        "location": "",
        "aliases": ["ada.alias@example.org"],
        "attributes": {},
    }
    problem(reader("GET", "/accounts/carl@example.com"), 404)
    problem(reader("GET", "/accounts/rubbish"), 422)


def test_aliases_and_departments_are_for_administrators(reader, manager, caller):
    assert manager.get("/aliases")["items"] == [
        {"address": "ada.alias@example.org", "account": "ada@example.org"}
    ]
    first = manager.get("/departments?limit=2")
    rest = manager.get(f"/departments?limit=2&cursor={first['next_cursor']}")
    assert [each["path"] for each in [*first["items"], *rest["items"]]] == [
        "IT",
        "Sales",
        "Sales/Europe",
    ]
    local = caller("admin@example.com", manages=True)
    for path in ("/aliases", "/departments"):
        problem(reader("GET", path), 403)
        assert local.get(path)["items"] == []
        assert manager.get(f"{path}?domain=example.com")["items"] == []


def test_an_alias_is_made_moved_and_removed(manager):
    path = "/aliases/Bob.Alias@example.org"
    for account in ("bob@example.org", "eve@example.org", "eve@example.org"):
        assert manager("PUT", path, json={"account": account}).status_code == 204
        assert {"address": "Bob.Alias@example.org", "account": account} in manager.get("/aliases")[
            "items"
        ]
    assert manager("DELETE", path).status_code == 204
    problem(manager("DELETE", path), 404)


@pytest.mark.parametrize(
    ("address", "account", "status"),
    [
        ("ada@example.org", "bob@example.org", 409),
        ("x@nowhere.example", "bob@example.org", 422),
        ("x@example.org", "nobody@example.org", 404),
        ("rubbish", "bob@example.org", 422),
    ],
)
def test_an_alias_that_cannot_be(manager, address, account, status):
    problem(manager("PUT", f"/aliases/{address}", json={"account": account}), status)


def test_aliases_are_changed_by_administrators_of_both_domains(reader, caller):
    local = caller("admin@example.com", may_write=True, manages=True)
    sent = {"json": {"account": "ada@example.org"}}
    problem(local("PUT", "/aliases/x@example.org", **sent), 403)
    problem(local("PUT", "/aliases/x@example.com", **sent), 403)
    problem(local("DELETE", "/aliases/ada.alias@example.org"), 403)
    problem(reader("PUT", "/aliases/x@example.org", **sent), 403)

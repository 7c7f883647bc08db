"""Owners, moderators and allowed senders over the API."""

import pytest

from tests.web.api.test_groups import problem

ROLES = ("owners", "moderators", "allowed_senders")


@pytest.fixture
def team(find):
    """Where the team is."""
    return f"/groups/{find('team').uuid}"


@pytest.mark.parametrize("role", ROLES)
def test_an_address_gets_a_role_and_loses_it(manager, team, role):
    path = f"{team}/{role}"
    before = manager.get(path)["addresses"]
    assert manager("PUT", f"{path}/Bob@example.org").status_code == 204
    assert manager("PUT", f"{path}/bob@EXAMPLE.org").status_code == 204
    assert manager.get(path)["addresses"] == sorted([*before, "Bob@example.org"], key=str.lower)
    assert manager("DELETE", f"{path}/bob@example.org").status_code == 204
    problem(manager("DELETE", f"{path}/bob@example.org"), 404)
    assert manager.get(path)["addresses"] == before
    problem(manager("PUT", f"{path}/rubbish"), 422)


@pytest.mark.parametrize("role", ROLES)
def test_a_list_is_replaced_by_who_has_read_it(manager, team, role, find):
    path, wanted = f"{team}/{role}", {"addresses": ["eve@example.org", "zoe@example.org"]}
    problem(manager("PUT", path, json=wanted), 428)
    problem(manager("PUT", path, json=wanted, headers={"If-Match": '"x"'}), 412)
    answer = manager.change("PUT", path, json=wanted)
    assert answer.json == wanted == manager.get(path)
    assert manager("GET", path).headers["ETag"] == answer.headers["ETag"]
    assert list(getattr(find("team"), role)) == wanted["addresses"]
    problem(manager.change("PUT", path, json={"addresses": ["@"]}), 422)


def test_roles_are_for_who_may_see_settings(reader, caller, team):
    for role in ROLES:
        problem(reader("GET", f"{team}/{role}"), 403)
        weak = caller("admin@example.org", manages=True)
        assert weak("GET", f"{team}/{role}").status_code == 200
        problem(weak("PUT", f"{team}/{role}/bob@example.org"), 403)
    problem(reader("GET", f"{team}/rulers"), 404)

"""Last days over the API: of members, and of accounts pinned in groups of departments."""

import pytest

from tests.directories import add_account, add_group
from tests.web.api.test_groups import problem

BOB, ZOE = "bob@example.org", "zoe@example.org"
DAY = "2999-01-31"


@pytest.fixture
def sales(core):
    """Where a group of a department is, with Bob pinned in it, and Zoe by her department."""
    add_account(core.database, ZOE, department="Night")
    settings = {"kind": "department", "department": "Night", "members": None}
    group = add_group(
        core.database,
        "sellers@example.org",
        always_members=(BOB,),
        owners=("ada@example.org",),
        **settings,
    )
    return f"/groups/{group.uuid}"


@pytest.fixture
def ending(manager):
    """Ask which members of a group have a last day."""

    def ask(group):
        items = manager.get(f"{group}/members?kind=ends")["items"]
        return {each["address"]: each["until"] for each in items}

    return ask


def test_a_pinned_account_gets_a_last_day_that_is_taken_away_again(manager, sales, ending):
    url = f"{sales}/last-days"
    dated = manager("POST", url, json={"members": [BOB, ZOE], "until": DAY})
    assert (dated.status_code, dated.json) == (200, {"changed": [BOB], "missing": [ZOE]})
    assert ending(sales) == {BOB: DAY}
    again = manager("POST", url, json={"members": [BOB], "until": DAY})
    assert again.json == {"changed": [], "missing": []}
    never = manager("POST", url, json={"members": [BOB], "until": "never"})
    assert never.json == {"changed": [BOB], "missing": []}
    assert ending(sales) == {}


def test_members_of_other_groups_get_one_as_well(manager, find, ending):
    team = f"/groups/{find('team').uuid}"
    dated = manager("POST", f"{team}/last-days", json={"members": [BOB, ZOE], "until": DAY})
    assert dated.json == {"changed": [BOB], "missing": [ZOE]}
    assert ending(team) == {BOB: DAY}


@pytest.mark.parametrize("until", ["", " ", "2020-01-31", "soon", None])
def test_what_is_no_last_day_changes_nothing(manager, sales, ending, until):
    answer = manager("POST", f"{sales}/last-days", json={"members": [BOB], "until": until})
    assert "until" in str(problem(answer, 422))
    assert ending(sales) == {}


def test_an_owner_sets_those_of_members_and_not_those_of_pins(core, caller, manager, sales, ending):
    team = add_group(core.database, "own@example.org", BOB, ZOE, owners=("ada@example.org",))
    owner = caller("ada@example.org", may_write=True)
    body = {"members": [BOB], "until": DAY}
    assert owner("POST", f"/groups/{team.uuid}/last-days", json=body).json["changed"] == [BOB]
    problem(owner("POST", f"{sales}/last-days", json=body), 403)
    assert ending(sales) == {}

"""Cursors: each leads on in its own list, whatever stands in it, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.domain.text import DEPARTMENT_PATH_LIMIT
from contactsgroups.services.accounts.departments import ensure_department_in
from contactsgroups.services.accounts.domains import require_domain
from contactsgroups.services.unit_of_work import write
from contactsgroups.web.api.paging import cursor_of, place_of
from contactsgroups.web.api.requests import InvalidRequest
from contactsgroups.web.api.schemas import PageQuery
from tests.directories import add_alias
from tests.web.api.test_groups import problem

PLACES = st.text(
    st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=DEPARTMENT_PATH_LIMIT
)
LISTS = ("groups", "accounts", "aliases", "departments", "audit", "members")
ZWNJ = "\u200c"


@given(PLACES)
def test_a_cursor_leads_to_its_place_in_its_list_only(place):
    cursor = cursor_of("groups", place)
    assert PageQuery(cursor=cursor).cursor == cursor
    assert place_of("groups", cursor) == place
    for other in ("group", "accounts"):
        with pytest.raises(InvalidRequest, match="not a next_cursor of this list"):
            place_of(other, cursor)


@pytest.mark.parametrize("place", ["a\0", "\n", "x\x7f", "\x85", ""])
def test_what_no_place_has_is_refused(place):
    with pytest.raises(InvalidRequest):
        place_of("groups", cursor_of("groups", place))


@given(st.text("abcYZ019-_", min_size=1, max_size=40))
def test_whatever_else_is_sent_is_refused(cursor):
    with pytest.raises(InvalidRequest):
        place_of("groups", cursor)


def test_the_longest_place_of_another_script_fits():
    place = "example.org/" + "\U0002000b" * DEPARTMENT_PATH_LIMIT
    cursor = PageQuery(cursor=cursor_of("departments", place)).cursor
    assert place_of("departments", cursor) == place


def test_pages_go_on_behind_long_paths_and_joined_letters(manager, core):
    long = "/".join(["部" * 99] * 6)
    paths = [long, long[:-1] + "a", f"می{ZWNJ}خواهم"]
    with write(core.database, OPERATOR) as work:
        domain = require_domain(work.session, "example.org")
        for path in paths:
            ensure_department_in(work, domain, path)
    found, cursor = [], ""
    while cursor is not None:
        page = manager.get(f"/departments?limit=1&cursor={cursor}")
        found += [each["path"] for each in page["items"]]
        cursor = page.get("next_cursor")
    assert set(paths) <= set(found)
    assert len(found) == len(set(found))
    assert manager.get("/accounts", query_string={"department": long})["items"] == []


def test_a_cursor_of_one_list_is_refused_by_every_other(manager, core, find):
    add_alias(core.database, "bob.alias@example.org", "bob@example.org")
    paths = {each: f"/{each}" for each in LISTS}
    paths["members"] = f"/groups/{find('team').uuid}/members"
    for name, path in paths.items():
        cursor = manager.get(f"{path}?limit=1")["next_cursor"]
        for other, another in paths.items():
            answer = manager("GET", f"{another}?cursor={cursor}")
            if other == name:
                assert answer.status_code == 200
            else:
                assert problem(answer, 422)["field"] == "cursor"

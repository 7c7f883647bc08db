"""What the list of groups is asked for stands in its URL, and comes back from it."""

from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from contactsgroups.domain.group import GroupKind
from contactsgroups.services.groups.filtering import GroupFilter
from contactsgroups.services.groups.findings import Finding
from contactsgroups.services.groups.listing import Place
from contactsgroups.services.groups.ordering import GroupOrder, Sorting
from contactsgroups.web.admin.group_query import GroupQuery

FULL = GroupQuery(
    wanted=GroupFilter(
        search="chœur & co",
        kinds=frozenset({GroupKind.TEAM, GroupKind.STATIC}),
        domains=frozenset({"example.org", "xn--bcher-kva.example"}),
        owner="ada@example.org",
        shown=True,
        disabled=False,
        finding=Finding.NO_OWNER,
    ),
    sorting=Sorting(GroupOrder.RECIPIENTS, is_falling=True),
    place=Place(text="7 a+b@example.org", is_backwards=True),
)


@pytest.mark.parametrize("query", [GroupQuery(), FULL])
def test_a_url_says_all_of_it(app: Flask, query: GroupQuery) -> None:
    with app.test_request_context():
        assert GroupQuery.parse(urlsplit(query.here).query) == query
        assert GroupQuery.parse(query.text) == query


def test_a_change_goes_to_the_first_page_and_keeps_the_rest(app: Flask) -> None:
    with app.test_request_context():
        changed = GroupQuery.parse(urlsplit(FULL.url(owner=None)).query)
    assert changed.place == Place()
    assert (changed.wanted.owner, changed.wanted.kinds) == (None, FULL.wanted.kinds)


@pytest.mark.parametrize(
    "text",
    [
        "kind=rubbish",
        "sort=rubbish",
        "sort=-",
        "shown=maybe",
        "after=a%00b",
        "before=%0a",
        "x=y",
        "&=",
    ],
)
def test_what_no_page_asks_for_counts_as_left_out(text: str) -> None:
    assert GroupQuery.parse(text) == GroupQuery()


def test_a_column_sorts_the_other_way_round_if_it_sorts_already(app: Flask) -> None:
    with app.test_request_context():
        assert GroupQuery().sorted_by("name") == "/admin/groups?sort=-name"
        assert GroupQuery().sorted_by("recipients") == "/admin/groups?sort=-recipients"
        falling = GroupQuery.read(MultiDict({"sort": "-recipients"}))
        assert falling.sorted_by("recipients") == "/admin/groups?sort=recipients"
        assert (falling.direction("recipients"), falling.direction("name")) == ("descending", None)

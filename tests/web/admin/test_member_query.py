"""What the list of members is asked for, and its URL."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from contactsgroups.services.groups.member_filtering import MemberKind
from contactsgroups.web.admin.member_query import MemberQuery

UUID = "5f0c8a6e-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def request_context(app: Flask):
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    "text",
    ["", "q=ada", "kind=account&kind=inactive", "q=a+b&kind=group&after=x@y.example", "before=é@x"],
)
def test_a_url_says_the_same_again(text):
    query = MemberQuery.parse(UUID, text)
    assert MemberQuery.parse(UUID, query.text) == query


def test_odd_parameters_count_as_left_out():
    query = MemberQuery.read(UUID, MultiDict([("kind", "spy"), ("q", "\0a"), ("x", "1")]))
    assert query.wanted.kinds == frozenset()
    assert query.wanted.search == "a"


def test_of_two_places_the_page_before_one_counts():
    query = MemberQuery.parse(UUID, "after=a@x.example&before=b@x.example")
    assert (query.after, query.before) == ("", "b@x.example")


def test_a_kind_is_added_and_dropped_and_begins_at_the_first_page():
    query = MemberQuery.parse(UUID, "q=a&kind=group&after=b@x.example")
    both = MemberQuery.parse(UUID, query.url_with("external").partition("?")[2])
    assert both.wanted.kinds == {MemberKind.GROUP, MemberKind.EXTERNAL}
    assert not both.is_placed
    none = MemberQuery.parse(UUID, query.url_with("group").partition("?")[2])
    assert none.wanted.kinds == frozenset()
    assert none.wanted.search == "a"

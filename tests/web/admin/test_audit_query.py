"""What the URL of the audit log's page asks for."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.web.admin.audit_query import Asked, choices_of_what


def test_days_are_whole_and_in_utc():
    wanted = Asked(since="2026-02-27", until="2026-02-28").filter()
    assert wanted.since == datetime(2026, 2, 27, tzinfo=UTC)
    assert wanted.until == datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "name", "value"),
    [
        (Asked(who="Ada@BÜCHER.example"), "actor", "ada@xn--bcher-kva.example"),
        (Asked(who="nobody @ all"), "actor", "nobody @ all"),
        (Asked(who="operator"), "actor", "operator@localhost"),
        (Asked(on="Sales (example.org)"), "subject", "Sales (example.org)"),
        (Asked(domain="Bücher.example"), "domain", "xn--bcher-kva.example"),
        (
            Asked(what="group"),
            "actions",
            ("create group", "change group", "remove group", "restore group"),
        ),
        (Asked(what="address"), "actions", ("release address",)),
        (Asked(what="remove alias"), "actions", ("remove alias",)),
        (Asked(), "actions", ()),
        (Asked(), "actor", None),
    ],
)
def test_what_is_typed_is_asked_for_as_entries_have_it(asked, name, value):
    assert getattr(asked.filter(), name) == value


def test_every_choice_is_named_where_it_is_set():
    for options in choices_of_what().values():
        for value, text in options.items():
            assert Asked(what=value).chosen == {"what": text}


def test_one_filter_is_dropped_and_the_rest_stays():
    asked = Asked(q="a", who="b", until="c")
    assert asked.without("who") == {"q": "a", "until": "c"}
    assert asked.parameters == {"q": "a", "who": "b", "until": "c"}


texts = st.text(max_size=20) | st.dates().map(str)


@given(*[texts] * 7)
def test_whatever_is_typed_is_a_question(q, who, what, on, domain, since, until):
    asked = Asked(q, who, what, on, domain, since, until)
    asked.filter()
    for name, fault in asked.faults().items():
        assert name in {"since", "until"}
        assert fault

"""The statements of a preview take what people type as it is."""

from contactsgroups.persistence import Database
from contactsgroups.services.groups.preview_rows import (
    Question,
    Shown,
    addresses_left_out,
    addresses_reached,
    count_left_out,
    count_reached_twice,
)
from tests.directories import add_group


def test_signs_of_patterns_stand_for_themselves(small: Database) -> None:
    add_group(small, "team@example.org", "a_b@side.example", "acb@side.example")
    asked = Question(group_id=1, open_ids=[1], search="a_b", readable=None)
    with small.read() as session:
        assert addresses_reached(session, asked, Shown.ALL, "", 9) == ["a_b@side.example"]


def test_no_open_group_is_no_row(small: Database) -> None:
    add_group(small, "team@example.org", "bob@example.org")
    asked = Question(group_id=1, open_ids=[], search="", readable=None)
    with small.read() as session:
        assert addresses_reached(session, asked, Shown.ALL, "", 9) == []
        assert addresses_left_out(session, asked, "", 9) == []
        assert count_left_out(session, []) == count_reached_twice(session, asked) == 0

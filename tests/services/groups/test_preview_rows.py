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
from tests.directories import add_account, add_alias, add_group
from tests.statements import statements_of


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


def test_a_page_walks_through_recipients_where_nothing_is_hidden(small: Database) -> None:
    add_account(small, "nia@example.net")
    add_alias(small, "desk@example.org", "bob@example.org")
    add_alias(small, "far@example.org", "nia@example.net")
    add_group(small, "open@example.org", "ada@example.org", "desk@example.org", "x@side.example")
    add_group(small, "mixed@example.org", "ada@example.org", "far@example.org", "x@side.example")

    def page(group: int, readable: list[str] | None, shown: Shown) -> tuple[list[str], bool]:
        asked = Question(
            group_id=group, open_ids=[group], search="", readable=readable, is_whole=True
        )
        with small.read() as session, statements_of(small) as found:
            rows = addresses_reached(session, asked, shown, "", 9)
        return rows, "GROUP BY" not in found[-1]

    own, outside = ["example.org"], ["x@side.example"]
    for readable in (None, own):
        rows = ["ada@example.org", "bob@example.org", "x@side.example"]
        assert page(1, readable, Shown.ALL) == (rows, True)
        assert page(1, readable, Shown.EXTERNAL) == (outside, True)
        assert page(1, readable, Shown.TWICE) == ([], False)
    everybody = ["ada@example.org", "nia@example.net", "x@side.example"]
    assert page(2, None, Shown.ALL) == (everybody, True)
    assert page(2, own, Shown.ALL) == (["ada@example.org", "far@example.org", *outside], False)

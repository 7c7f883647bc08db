"""Rules follow a department that gets another path."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.rule_moves import follow_move, moved_path
from contactsgroups.domain.rule_text import parse_rule
from contactsgroups.domain.text import fold

MOVED = ("Sales/Europe", "Markets/EMEA")
NAMES = st.sampled_from(["Sales", "sales", "Europe", "Asia", "Bonn", "Été"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
COMPARISONS = st.sampled_from(["=", "!=", "under"])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('department = "Sales/Europe"', 'department = "Markets/EMEA"'),
        ('department under "sales/EUROPE"', 'department under "Markets/EMEA"'),
        ('department under "Sales/Europe/Bonn"', 'department under "Markets/EMEA/Bonn"'),
        ('department starts with "Sales/Europe/B"', 'department starts with "Markets/EMEA/B"'),
        (
            'department one of ("Legal", "Sales/Europe")',
            'department one of ("Legal", "Markets/EMEA")',
        ),
        (
            'not (department != "Sales/Europe" or title = "Sales/Europe") and name is set',
            'not (department != "Markets/EMEA" or title = "Sales/Europe") and name is set',
        ),
    ],
)
def test_what_names_the_department_names_its_new_path(before, after):
    assert str(follow_move(parse_rule(before), *MOVED)) == after


@pytest.mark.parametrize(
    "rule",
    [
        'department under "Sales"',
        'department = "Sales/Europeans"',
        'department contains "Sales/Europe"',
        "department is set",
        'location = "Sales/Europe"',
    ],
)
def test_everything_else_stays(rule):
    assert str(follow_move(parse_rule(rule), *MOVED)) == rule


@given(COMPARISONS, PATHS, PATHS, PATHS, st.booleans())
def test_everybody_is_selected_as_before(comparison, asked, person, old, negated):
    """In a tree of departments, one of which moves to where none was."""
    new = "Elsewhere/New"
    rule = parse_rule(f'{"not " * negated}department {comparison} "{asked}"')
    names_one_above = fold(old).startswith(fold(asked) + "/")
    if comparison == "under" and names_one_above:
        return  # Who has left from under it, is not under it any more.
    before = rule.selects({"department": fold(person)})
    after = follow_move(rule, old, new).selects({"department": fold(moved_path(person, old, new))})
    assert after == before

"""What is worked out for a query is kept where many will ask the same."""

import pytest

from contactsgroups.autocomplete.question import Question
from contactsgroups.autocomplete.words.query import parse_query


def ask(text: str) -> Question:
    return Question(parse_query(text), 8, None, corrections=True)


@pytest.mark.parametrize("text", ["a", "müller", "ada byron", "ada@example.org", "", "!"])
def test_a_short_query_is_worked_out_once(text: str) -> None:
    assert ask(text).key == ask(text).key


@pytest.mark.parametrize("text", ["a" * 100, "ada byron " * 10 + "x" * 25, "!" * 100, "ж" * 100])
def test_a_long_query_is_not_kept_and_demands_the_same(text: str) -> None:
    one, other = ask(text), ask(text)
    assert one.key != other.key
    assert [one.terms(demand) for demand in range(2)] == [other.terms(each) for each in range(2)]
    assert not one.is_short

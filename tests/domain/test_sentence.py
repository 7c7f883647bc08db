"""Sentences read as English and can be taken apart."""

import copy
import pickle
from datetime import UTC, datetime

import pytest

from contactsgroups.domain.errors import InvalidInput, SeveralFaults, TooManyAttempts
from contactsgroups.domain.sentence import COMMA, Day, Moment, PlainDay, Sentence, in_a_row


def test_a_sentence_reads_as_any_text_and_knows_its_parts() -> None:
    sentence = Sentence("{address} is taken", address="ada@example.org")

    assert sentence == "ada@example.org is taken"
    assert sentence.message == "{address} is taken"
    assert sentence.values == {"address": "ada@example.org"}


@pytest.mark.parametrize(("number", "text"), [(0, "0 days"), (1, "a day"), (2, "2 days")])
def test_a_sentence_that_counts_has_a_form_for_one_and_one_for_many(number: int, text: str) -> None:
    assert Sentence("a day", many="{number} days", number=number) == text


def test_braces_in_values_and_in_texts_without_values_stay() -> None:
    assert Sentence("{text} is bad", text="{x}") == "{x} is bad"
    assert Sentence("a { alone") == "a { alone"


def test_a_copy_knows_its_parts_too() -> None:
    sentence = Sentence("a day", many="{number} days", number=2)

    for each in (copy.copy(sentence), pickle.loads(pickle.dumps(sentence))):  # noqa: S301
        assert (each, each.message, each.many) == ("2 days", "a day", "{number} days")


def test_an_error_takes_a_message_with_its_values_or_a_sentence() -> None:
    error = InvalidInput("{text} is bad", field="name", text="{x}")

    assert (str(error), error.field) == ("{x} is bad", "name")
    assert error.sentence.message == "{text} is bad"
    assert InvalidInput(error.sentence).sentence is error.sentence
    assert type(str(error)) is str


def test_an_error_about_values_of_others_contains_them_whole() -> None:
    several = SeveralFaults([InvalidInput("{text} is bad", text="{x}"), InvalidInput("b")])

    assert str(several) == "{x} is bad; b"


def test_waiting_is_told_in_minutes() -> None:
    assert str(TooManyAttempts(61)).endswith("try again in 2 minutes")
    assert str(TooManyAttempts(60)).endswith("try again in a minute")


def test_a_time_is_english_and_is_itself_there_for_other_languages() -> None:
    time = datetime(2026, 12, 3, 8, 5, tzinfo=UTC)
    assert Sentence("until {day}", day=Day(time)) == "until 3 December 2026"
    assert Moment(time) == "2026-12-03 08:05:00 UTC"
    assert PlainDay(time) == "2026-12-03"
    assert pickle.loads(pickle.dumps(Day(time))).time == time  # noqa: S301 - our own bytes


def test_a_row_is_flat_however_long_and_a_copy_is_the_same() -> None:
    assert (in_a_row([]), in_a_row(["{a}"])) == ("", "{a}")
    assert in_a_row(["a", InvalidInput("{text} is bad", text="{x}")], COMMA) == "a, {x} is bad"
    row = in_a_row(Sentence("a {place}", place=place) for place in range(5_000))
    assert row.startswith("a 0; a 1; ")
    assert pickle.loads(pickle.dumps(row)) == row  # noqa: S301 - our own bytes

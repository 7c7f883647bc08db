"""A last day is read as ISO 8601 writes it, and the membership lasts through it."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.last_day import is_over, read_last_day, require_open


@given(st.dates())
def test_each_day_is_read_as_it_is_written(day: date) -> None:
    assert read_last_day(f" {day.isoformat()} ") == day


@given(st.text().filter(str.strip))
def test_other_texts_are_days_or_refused(text: str) -> None:
    with suppress(InvalidInput):
        read = read_last_day(text)
        assert read is not None
        assert str(read.year) in text


@pytest.mark.parametrize("text", ["2027-02-30", "20270131", "2027-W05-7", "31.13.2027", "soon"])
def test_what_only_looks_like_a_day_is_none(text: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        read_last_day(text)
    assert raised.value.field == "until"


@given(st.dates())
def test_a_day_before_its_month_is_read_only_where_it_can_be_no_month(day: date) -> None:
    text = f"{day.day}.{day:%m}.{day.year:04}"
    if day.day > 12:
        assert read_last_day(text) == day
    else:
        with pytest.raises(InvalidInput):
            read_last_day(text)


def test_nothing_is_no_last_day() -> None:
    assert read_last_day("  ") is None


@given(st.dates(max_value=date.max - timedelta(days=1)))
def test_the_last_day_counts_and_the_next_one_does_not(day: date) -> None:
    assert not is_over(day, day)
    require_open(day, day)
    assert is_over(day, day + timedelta(days=1))
    with pytest.raises(InvalidInput):
        require_open(day, day + timedelta(days=1))
    assert not is_over(None, day)

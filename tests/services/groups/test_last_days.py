"""What is said of the last day, where nothing said leaves it as it is."""

from datetime import date, timedelta

import pytest

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.services.groups.last_days import Stay, last_days_of, read_until, today


def test_nothing_leaves_it_never_takes_it_away_and_a_day_is_one() -> None:
    assert read_until(" ") is Stay.AS_IT_IS
    assert read_until("never") is None
    assert read_until("2027-01-31") == date(2027, 1, 31)
    with pytest.raises(InvalidInput):
        read_until("Never")


def test_all_get_the_same_day_unless_nothing_is_said() -> None:
    assert last_days_of(["a@b.c", "d@e.f"], Stay.AS_IT_IS) == {}
    assert last_days_of(["a@b.c"], None) == {"a@b.c": None}
    assert last_days_of(["a@b.c"], today()) == {"a@b.c": today()}
    with pytest.raises(InvalidInput):
        last_days_of(["a@b.c"], today() - timedelta(days=1))

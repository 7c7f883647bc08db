"""A line goes through once in a while, however often its cause comes back."""

from contactsgroups.sparingly import Sparingly


def test_a_line_is_logged_once_a_minute() -> None:
    now = 100.0
    sparingly = Sparingly(clock=lambda: now)
    assert [sparingly.is_due() for _ in range(3)] == [True, False, False]
    now = 159.0
    assert not sparingly.is_due()
    now = 160.0
    assert [sparingly.is_due() for _ in range(2)] == [True, False]

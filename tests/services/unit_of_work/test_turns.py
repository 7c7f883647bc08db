"""Between two pieces, a writer in another process gets its turn."""

from time import monotonic

from contactsgroups.services.unit_of_work.turns import let_others_write

ASKED_EVERY = 0.1  # seconds: the longest pause of SQLite's busy handler


def test_the_pause_is_longer_than_the_one_between_two_questions_for_the_lock() -> None:
    began = monotonic()
    let_others_write()
    assert monotonic() - began > ASKED_EVERY

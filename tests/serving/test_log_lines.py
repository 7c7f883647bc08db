"""Nothing that a client sends begins a line of the log."""

import logging
import sys

from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.serving.log_lines import OneLine

FORMATTER = OneLine("%(name)s: %(message)s")


def record(message, *args, exc_info=None):
    return logging.LogRecord("a.b", logging.ERROR, "x.py", 1, message, args, exc_info)


@given(st.text())
def test_a_message_is_one_line_of_visible_characters(text):
    line = FORMATTER.format(record("GET %s", text))
    assert line.startswith("a.b: GET ")
    assert line.isprintable()


def test_letters_stay_and_line_ends_are_written_out():
    line = FORMATTER.format(record("%s", "é\r\nb: forged\u2028\x1b[2J"))
    assert line == r"a.b: é\r\nb: forged\u2028\x1b[2J"


def test_a_traceback_is_indented_with_what_its_error_says():
    try:
        raise ValueError("first\na.b: forged\n\nb: forged")
    except ValueError:
        text = FORMATTER.format(record("failed", exc_info=sys.exc_info()))
    first, *others = text.split("\n")
    assert first == "a.b: failed"
    assert "    a.b: forged" in others
    assert all(line.startswith("    ") for line in others)

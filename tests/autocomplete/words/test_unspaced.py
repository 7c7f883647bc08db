"""Chinese and Korean runs: what is typed for them, from each of their characters on."""

import pytest

from contactsgroups.autocomplete.words.unspaced import (
    unspaced_runs,
    words_apart_in_run,
    words_of_run,
)


def test_runs_are_found_between_other_letters() -> None:
    assert unspaced_runs("Li李小龙-김민수x") == ["李小龙", "김민수"]
    assert unspaced_runs("Anna") == []


@pytest.mark.parametrize(
    ("run", "typed"),
    [
        ("李小龙", ["lixiaolong", "xiaolong", "long", "lxl", "李小龙", "小龙"]),
        ("单雄信", ["shanxiongxin", "danxiongxin"]),
        ("김민수", ["gimminsu", "kimminsu", "minsu"]),
    ],
)
def test_what_people_type_is_among_the_words(run: str, typed: list[str]) -> None:
    assert set(typed) <= words_of_run(run)


def test_a_long_run_has_a_bounded_number_of_words() -> None:
    """A department may have any number of characters with several readings."""
    assert len(words_of_run("行" * 200)) < 2000


def test_the_words_of_a_run_begin_one_after_the_other() -> None:
    first, *_, last = words_apart_in_run("李小龙")
    assert {"李小龙", "lixiaolong"} <= first
    assert last >= {"龙", "long"}

"""What is written as it is typed comes first, however popular its transliterations are."""

import pytest

from contactsgroups.autocomplete import Entry, EntryKind
from tests.autocomplete.test_ranking import Answer, names, people

__all__ = ["names"]

OF_OTHER_SCRIPTS = [
    ("ольга", "Ольга", "Olga"),
    ("оль", "Ольга", "Olga"),
    ("olga", "Olga", "Ольга"),
    ("ol", "Olga", "Ольга"),
    ("хрущев", "Хрущёв", "Khrushchev"),
    ("γιωργος", "Γιώργος", "Giorgos"),
    ("giorgos", "Giorgos", "Γιώργος"),
    ("محمد", "مُحَمَّد", "Mohammed"),
    ("mohammed", "Mohammed", "محمد"),
    ("ali", "Ali", "علي"),
    ("علي", "علي", "Ali"),
    ("שלום", "שָׁלוֹם", "Slvm"),
    ("משה", "משה", "Mshh"),
    ("さとう", "サトウ", "Satou"),
    ("ｻﾄｳ", "さとう", "Satou"),
    ("sato", "Sato", "さとう"),
    ("kim", "Kim", "김민수"),
    ("beijing", "Beijing", "北京"),
    ("bei", "Beijing", "北京"),
    ("ольга", "Ольга", "Όλγα"),
    ("αννα", "Άννα", "Анна"),
    ("საბა", "საბა", "Saba"),
    ("արամ", "Արամ", "Aram"),
    ("राम", "राम", "Ram"),
    ("olga sm", "Olga Smith", "Ольга Smith"),
    ("ольга смит", "Ольга Смит", "Ольга Smith"),
    ("иван ив", "Иван Иванов", "Ivan Ivanov"),
    ("smith ольга", "Ольга Smith", "Olga Smith"),
]


@pytest.mark.parametrize(("typed", "written", "transliterated"), OF_OTHER_SCRIPTS)
def test_ones_own_script_comes_first_and_the_other_is_found_too(
    names: Answer, typed: str, written: str, transliterated: str
) -> None:
    assert names(people(written, *[transliterated] * 12), typed)[:2] == [written, transliterated]


def test_a_beginning_as_written_comes_before_a_whole_word_of_another_script(names: Answer) -> None:
    assert names(people("Лидия", *["Li"] * 12), "ли")[:2] == ["Лидия", "Li"]


def test_a_thousand_others_make_no_difference(names: Answer) -> None:
    assert names(people("Ольга", *["Olga"] * 1_000), "ольга")[0] == "Ольга"
    assert names(people("Olga", *["Ольга"] * 1_000), "olga")[0] == "Olga"


def test_among_transliterations_the_order_is_the_usual_one(names: Answer) -> None:
    assert names(people("李", *["林"] * 12), "li")[0] == "李"
    assert names(people("王 李", "李 王", *["李小 王明"] * 12), "li wang")[:2] == ["李 王", "王 李"]
    assert names(people("Мартин", *["Анна Мартин"] * 12), "mar")[0] == "Мартин"


def test_accents_are_no_other_script(names: Answer) -> None:
    entries = people("Muller", "Mueller", "Müller")
    for typed in ("muller", "müller", "mueller"):
        assert names(entries, typed)[0] == "Müller"


def test_an_address_counts_as_written(names: Answer) -> None:
    wanted = Entry("w", EntryKind.ACCOUNT, "Ольга", "olga.s@host.invalid", 0, "{}")
    assert names([*people(*["Ольга"] * 12), wanted], "olga")[0] == "Ольга"
    entries = [*people(*["Olga Popular"] * 12), wanted]
    assert names(entries, "ольга")[0] == "Ольга"
    assert names(entries, "olga s")[0] == "Ольга"


def test_an_account_named_alike_in_latin_is_not_what_is_meant(names: Answer) -> None:
    """Its local part is the transliteration, not what was typed."""
    latin = Entry("l", EntryKind.ACCOUNT, "Olga", "olga@host.invalid", 9, "{}")
    assert names([*people("Ольга"), latin], "ольга") == ["Ольга", "Olga"]


def test_a_transliteration_comes_before_whom_only_the_domain_matches(names: Answer) -> None:
    entries = [
        Entry(f"{n}", EntryKind.ACCOUNT, "Nobody", f"q{n}@olga.invalid", n, "{}") for n in range(12)
    ]
    assert names([*people("Ольга"), *entries], "olga")[0] == "Ольга"


def test_of_those_one_writes_to_ones_own_script_comes_first_too(names: Answer) -> None:
    entries = people("Ольга", "Olga")
    used = {"q0@host.invalid": 1, "q1@host.invalid": 1_000}
    assert names(entries, "ольга", used) == ["Ольга", "Olga"]


def test_words_of_several_scripts_each_need_a_word_of_their_own(names: Answer) -> None:
    entries = people("Mari Мартин", *["Mari Smith"] * 12)
    assert names(entries, "mari ma") == ["Mari Мартин"]
    assert names(people("Мари Мартин", *["Мари Смит"] * 12), "мари ма") == ["Мари Мартин"]

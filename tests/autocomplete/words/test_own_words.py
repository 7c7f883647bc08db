"""Each typed word needs a word of the entry's own."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.autocomplete import Entry, EntryKind
from contactsgroups.autocomplete.words.query import parse_query
from tests.autocomplete.reference import candidate, match_of

words = st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=3)


def finds(text: str, name: str, address: str = "q9@host.invalid") -> bool:
    entry = Entry("id", EntryKind.ACCOUNT, name, address, 0, "{}")
    found = match_of(candidate(entry), parse_query(text), personal=False)
    return found is not None


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Mari Martin", "mari ma|ma mari|mari m|martin mari"),
        ("Ann Anna Annabel", "a an ann|ann anna annabel"),
        ("Юлия Юрьева", "yuliya yu|iuliia iu|юлия ю"),
        ("Jörg Jäger", "jörg j|joerg j|jorg j|j jäger"),
        ("王婉", "wang wan|王 wang"),
    ],
)
def test_two_words_of_which_one_begins_the_other_are_found(name: str, typed: str) -> None:
    for text in typed.split("|"):
        assert finds(text, name), text


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Mari Smith", "mari ma|mari m|ma mari"),
        ("Jörg Smith", "jörg j|joerg j"),
        ("Ann Anna", "a an ann"),
    ],
)
def test_one_word_does_not_count_twice_nor_do_its_spellings(name: str, typed: str) -> None:
    for text in typed.split("|"):
        assert not finds(text, name), text


def test_an_address_that_repeats_the_name_adds_no_words() -> None:
    assert not finds("mari ma", "Mari Smith", "mari.smith@host.invalid")
    assert not finds("jorg j", "Jörg Smith", "joerg@host.invalid")
    assert finds("mari ma", "Mari Smith", "martin@host.invalid")


def test_a_label_of_the_domain_may_be_meant_by_a_word_that_begins_another() -> None:
    assert finds("anna ann", "Anna", "a@annaberg.example")


@given(typed=words, name=words)
def test_counting_finds_what_an_assignment_of_words_to_words_finds(
    typed: list[str], name: list[str]
) -> None:
    typed, own = list(dict.fromkeys(typed)), list(dict.fromkeys(name))
    is_assignable = any(
        all(word.startswith(prefix) for word, prefix in zip(some, typed, strict=True))
        for some in permutations([*own, "q9"], len(typed))
    )
    # Words with a colon between them are never joined.
    assert finds(" ".join(typed), ": ".join(name)) == is_assignable

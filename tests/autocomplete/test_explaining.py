"""How a query matches what is shown, and in which letters."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactsgroups.autocomplete import (
    Entry,
    EntryKind,
    Explanation,
    Match,
    MatchKind,
    PersonalTable,
    explain,
    parse_query,
    scan,
)
from tests.autocomplete import material, reference
from tests.autocomplete.words.test_tokens import KINDS, LETTERS_OF_MANY_SCRIPTS, TABLE


def explained(typed: str, name: str, address: str) -> Explanation | None:
    """Return the explanation of an entry that is shown as it is; None if it is not found."""
    query = parse_query(typed)
    entry = Entry("id", EntryKind.ACCOUNT, name, address, 0, "{}")
    found = reference.complete([entry], typed)
    return explain(query, found[0].match, name, address) if found else None


def slices(text: str, ranges: tuple[tuple[int, int], ...]) -> list[str]:
    """Cut a text as JavaScript does; half of a pair of surrogates fails."""
    units = text.encode("utf-16-le", "surrogatepass")
    return [units[2 * begin : 2 * end].decode("utf-16-le") for begin, end in ranges]


@pytest.mark.parametrize(
    ("typed", "name", "address", "kind", "in_name", "in_address"),
    [
        ("anna", "Anna Weber", "anna@host.invalid", "exact", "Anna", "anna"),
        ("anna@ho", "Anna Weber", "anna@host.invalid", "exact", "Anna", "anna ho"),
        ("anna", "Anna Weber", "anna.weber@host.invalid", "word", "Anna", "anna"),
        ("web an", "Anna Weber", "q@host.invalid", "prefix", "An Web", ""),
        ("mari ma", "Mari Martin", "q@host.invalid", "prefix", "Mari Ma", ""),
        ("olg", "Ольга", "q@host.invalid", "transliterated", "Ольг", ""),
        ("olg", "Ольга", "olga.i@host.invalid", "prefix", "Ольг", "olg"),
        ("ольга", "Olga", "olga@host.invalid", "transliterated", "Olga", "olga"),
        ("hos", "Anna", "q@host.invalid", "domain", "", "hos"),
        ("ann hos", "Anna", "q@host.invalid", "domain", "Ann", "hos"),
        ("invalid", "In Valid", "q@host.invalid", "domain", "", "invalid"),
        ("münchen", "Info", "q@xn--mnchen-3ya.invalid", "domain", "", ""),
        ("mün", "Info", "q@münchen.invalid", "domain", "", "mün"),
        ("andersn", "Anna Anderson", "q@host.invalid", "corrected", "Anderson", ""),
        ("anna andersn", "Anna Anderson", "aa@host.invalid", "corrected", "Anna Anderson", ""),
        ("andersn", "Anna", "anderson@host.invalid", "corrected", "", "anderson"),
        ("jm nunez", "José María Núñez", "q@host.invalid", "prefix", "J M Núñez", ""),
        ("jan vd berg", "Jan van der Berg", "q@host.invalid", "word", "Jan van der Berg", ""),
        ("vdberg", "Jan van der Berg", "q@host.invalid", "word", "van Berg", ""),
        ("hamdan", "حمدان علي", "q@host.invalid", "transliterated", "حمدان", ""),
        ("abdulrahman", "محمد عبد الرحمن", "q@h.invalid", "transliterated", "عبد الرحمن", ""),
        ("abdurrahman", "محمد عبدالرحمن", "q@h.invalid", "transliterated", "عبدالرحمن", ""),
        ("吉", "👩‍🚀 吉田", "q@host.invalid", "prefix", "吉", ""),
        ("yoshid", "𠮷 Yoshida", "q@host.invalid", "prefix", "Yoshid", ""),
        ("𠮷", "a 𠮷", "q@host.invalid", "word", "𠮷", ""),
    ],
)
def test_the_kind_and_the_letters(
    typed: str, name: str, address: str, kind: str, in_name: str, in_address: str
) -> None:
    found = explained(typed, name, address)
    assert found is not None
    assert found.kind == kind
    assert " ".join(slices(name, found.name)) == in_name
    assert " ".join(slices(address, found.address)) == in_address


def test_ranges_count_code_units_and_join() -> None:
    found = explained("yos y", "𠮷 Yoshida", "q@host.invalid")
    assert found is None
    found = explained("mac leod", "𠮷 Macleod", "q@host.invalid")
    assert found is not None
    assert found.name == ((3, 10),)


def test_of_own_contacts_the_domain_is_told_as_well() -> None:
    """Ranking takes its labels for words, but a field must not take the first one unseen."""
    own = Entry("id", EntryKind.CONTACT, "Anna", "anna@partner.invalid", 0, "{}")
    [found] = scan([], "partner", personal=PersonalTable({}, [own]))
    assert found.match is Match.WORD
    explanation = explain(parse_query("partner"), found.match, found.name, found.address)
    assert explanation.kind is MatchKind.DOMAIN


def test_what_is_not_shown_is_not_emphasised() -> None:
    """An own contact is found by the names on its other cards too."""
    explanation = explain(parse_query("chef"), Match.WHOLE, "Anna", "anna@partner.invalid")
    assert explanation == (MatchKind.WORD, (), ())


@pytest.mark.parametrize(("kind", "name"), TABLE)
def test_every_usual_way_to_type_a_name_has_letters_in_it(kind: str, name: str) -> None:
    """Also those that no rule here knows of: then of all words that are found together."""
    found = {
        typed: explained(typed, name, "q9@host.invalid") for typed in KINDS[kind][name].split("|")
    }
    assert [typed for typed, each in found.items() if each is None or not each.name] == []


NAMES = st.lists(st.sampled_from(material.WORDS), min_size=1, max_size=3).map(" ".join) | st.text(
    LETTERS_OF_MANY_SCRIPTS | st.sampled_from("𠮷👩‍🚀ﬁ\u0301\u200d"), max_size=30
)
TYPED = st.text(LETTERS_OF_MANY_SCRIPTS, max_size=12) | material.queries


@settings(deadline=None)
@given(TYPED, NAMES, material.addresses, st.sampled_from(Match))
def test_ranges_are_in_order_and_whole_letters_whatever_is_asked(
    typed: str, name: str, address: str, match: Match
) -> None:
    query = parse_query(typed)
    if not query.words:
        return
    found = explain(query, match, name, address)
    for text, ranges in ((name, found.name), (address, found.address)):
        length = len(text.encode("utf-16-le", "surrogatepass")) // 2
        ends = [place for pair in ranges for place in pair]
        assert ends == sorted(set(ends))
        assert not ends or (ends[0] >= 0 and ends[-1] <= length)
        for letters in slices(text, ranges):
            assert letters


@settings(deadline=None)
@given(NAMES, st.data())
def test_a_name_that_is_found_by_its_letters_has_them_emphasised(
    name: str, data: st.DataObject
) -> None:
    pieces = [piece for piece in name.split() if parse_query(piece).words]
    if not pieces:
        return
    piece = data.draw(st.sampled_from(pieces))
    typed = piece[: data.draw(st.integers(1, len(piece)))]
    if not parse_query(typed).words:
        return
    found = explained(typed, name, "q9@host.invalid")
    assert found is not None
    if found.kind in (MatchKind.WORD, MatchKind.PREFIX, MatchKind.TRANSLITERATED):
        assert found.name
        for letters in slices(name, found.name):
            assert not unicodedata.category(letters[0]).startswith("Z")

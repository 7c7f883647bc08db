"""The letters of a shown text that a typed word stands for."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactsgroups.autocomplete.words.query import parse_query
from contactsgroups.autocomplete.words.spans import (
    Span,
    find_beginnings,
    find_forms,
    find_likest,
)
from tests.autocomplete.words.test_tokens import LETTERS_OF_MANY_SCRIPTS

BEGINNINGS = {
    "Anna Weber": "anna: [Anna] Weber; w: Anna [W]eber; nna: Anna Weber",
    "Anne-Marie": "marie: Anne-[Marie]; ann: [Ann]e-Marie",
    "Jörg Müller": "mu: Jörg [Mü]ller; mue: Jörg [Mü]ller; muel: Jörg [Mül]ler",
    "Mu\u0308ller": "mu: [Mu\u0308]ller; mul: [Mu\u0308l]ler",
    "Weiß": "weis: [Weiß]; weiss: [Weiß]",
    "Straßer": "strass: [Straß]er; stras: [Straß]er; stra: [Stra]ßer",
    "ﬁnn ℡": "f: [ﬁ]nn ℡; fin: [ﬁn]n ℡; t: ﬁnn [℡]",
    "Ольга": "olg: [Ольг]а; ol: [Ол]ьга; ольг: [Ольг]а; olha: [Ольга]",
    "Юля Щукина": "y: [Ю]ля Щукина; yul: [Юл]я Щукина; shchu: Юля [Щу]кина",
    "Γιώργος": "giorg: [Γιώργ]ος",
    "مُحَمَّد": "mh: [مُحَ]مَّد; محم: [مُحَمَّ]د",
    "单雄信": "shanx: [单雄]信; xiong: 单[雄]信; xx: 单[雄信]; 雄: 单[雄]信; sxx: [单雄信]",
    "김민수": "minsu: 김[민수]; ki: [김]민수",
    "さとう": "sa: [さ]とう; sato: [さと]う",
    "Pat O'Brien": "brien: Pat O'[Brien]; o: Pat [O]'Brien",
    "𠮷田": "𠮷: [𠮷]田; 吉田: [𠮷田]",
}
FORMS = {
    "Sergey X": "sergei: [Sergey] X; serg: [Serg]ey X",
    "Pat O'Brien": "obr: Pat [O'Br]ien",
    "Ian MacLeod": "leod: Ian Mac[Leod]; mcleo: Ian [MacLeo]d",
    "Ian Mac Leod": "mcleo: Ian [Mac] [Leod]",
    "Mueller": "mull: [Muell]er",
    "John Smith": "~jsmi: [J]ohn [Smi]th; ~jsmitt: John Smith",
    "Smith, John": "~jsmith: [Smith], [J]ohn",
    "Ludwig van Beethoven": "~lvanb: [L]udwig [van] [B]eethoven; ~lbee: [L]udwig van [Bee]thoven",
    "Maria de la Cruz": "delac: Maria [de] [la] [C]ruz; lacruz: Maria de [la] [Cruz]",
    "Юрий Щербаков": "~yshcher: [Ю]рий [Щер]баков",
    "さとう ゆうこ": "satoyu: [さとう] [ゆ]うこ",
}


def marked(text: str, spans: list[Span]) -> str:
    for begin, end in sorted(spans, reverse=True):
        text = f"{text[:begin]}[{text[begin:end]}]{text[end:]}"
    return text


def cases(table: dict[str, str]) -> list[tuple[str, str, str]]:
    pairs = [(name, case.split(": ")) for name, some in table.items() for case in some.split("; ")]
    return [(name, typed, expected) for name, (typed, expected) in pairs]


@pytest.mark.parametrize(("name", "typed", "expected"), cases(BEGINNINGS))
def test_letters_of_a_beginning_are_found(name: str, typed: str, expected: str) -> None:
    folded = parse_query(typed).written[0][:1]
    assert marked(name, find_beginnings(folded, name)) == expected


@pytest.mark.parametrize(("name", "typed", "expected"), cases(FORMS))
def test_letters_of_other_forms_and_of_joined_words_are_found(
    name: str, typed: str, expected: str
) -> None:
    assert marked(name, find_forms((typed,), name)) == expected


@pytest.mark.parametrize(
    ("typed", "name", "expected"),
    [
        ("andersn", "Anna Anderson", "Anna [Anderson]"),
        ("nadersen", "Anna Anderson", "Anna [Anderson]"),
        ("mlller", "Jörg Müller", "Jörg [Müller]"),
        ("andersn", "Bob Fischer", "Bob Fischer"),
        ("ande", "", ""),
    ],
)
def test_a_mistyped_word_stands_for_the_likest_one(typed: str, name: str, expected: str) -> None:
    share, spans = find_likest((typed,), name)
    assert marked(name, spans) == expected
    assert (share > 0) == bool(spans)


@settings(deadline=None)
@given(st.text(LETTERS_OF_MANY_SCRIPTS, max_size=40), st.data())
def test_what_begins_a_word_is_found_within_the_text(name: str, data: st.DataObject) -> None:
    """Whatever is typed; and a span takes whole letters with all their marks."""
    typed = data.draw(st.sampled_from(name.split() or ["x"]))
    for word in parse_query(typed[: data.draw(st.integers(1, 40))]).written:
        for begin, end in [*find_beginnings(word, name), *find_forms(word, name)]:
            assert 0 <= begin < end <= len(name)
            if end < len(name):
                assert not unicodedata.category(name[end]).startswith("M")

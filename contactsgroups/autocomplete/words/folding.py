"""Folding: typed text and names reduced to the same plain letters.

Latin, Greek, Cyrillic and every other alphabet become ASCII letters. Chinese characters stay what
they are, because people type them, in one of their forms; Hangul syllables are taken apart into
their letters, so that a half-typed syllable is a prefix of the whole. Readings in Latin letters are
added by ``tokens``.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

from anyascii import anyascii

from contactsgroups.autocomplete.words import (
    alphabets,
    burmese,
    cyrillic,
    ethiopic,
    indic,
    lao,
    thai,
)
from contactsgroups.autocomplete.words.han import base_form
from contactsgroups.autocomplete.words.japanese import SMALL_KANA, enlarge_kana, romanise_kana
from contactsgroups.autocomplete.words.semitic import has_vowel_marks, is_semitic, unmarked

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
HANGUL = "\uac00-\ud7a3"
JAMO = "\u1100-\u11ff"

_HAN = re.compile(f"[{HAN}]")
_KEPT = re.compile(f"[{JAMO}]")
# The iteration mark (佐々木) stands for the character before it.
_ITERATED = re.compile(f"([{HAN}])\u3005")
_KANA = re.compile("[\u3041-\u30ff]+")
_WORD = re.compile(f"[0-9a-z]+|[{HAN}]+|[{JAMO}]+")

# Small letters and digits stay, capitals become small, everything else separates. Translating bytes
# is several times as quick as translating text.
_PLAIN = bytes(
    ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else ord(" ")
    for code in range(256)
)

# What keyboards and typesetting offer for an apostrophe. Unicode's own normalisation takes the
# acute accent (U+00B4) for a space with a mark, so these come first. The last is a Hebrew mark.
_APOSTROPHES = str.maketrans(
    dict.fromkeys(
        "`\u00b4\u2018\u2019\u201b\u2032\uff07\uff40"
        "\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u055a\ua78c\u05f3",
        "'",
    )
)

# Where a letter has further usual spellings without its mark, they are here; the first is what
# plain transliteration gives (ü becomes u there and ue here).
_SECOND_SPELLING = {
    "ä": "ae", "ö": "oe", "ü": "ue", "ő": "oe", "ű": "ue", "å": "aa", "ø": "oe",
    "đ": "dj", "ð": "dh",
    "я": "ia", "ю": "iu", "й": "i", "ё": "yo", "х": "h",
    "φ": "ph", "χ": "h", "β": "b", "ə": "a", "ө": "u", "ξ": "ks",
    "џ": "dj",
}  # fmt: skip
_THIRD_SPELLING = {
    "ß": "s", "å": "aa", "æ": "a", "œ": "o", "ð": "th", "þ": "t", "đ": "dj",
    "č": "ch", "ć": "ch", "š": "sh", "ž": "zh", "ç": "ch", "ş": "sh", "ṣ": "sh",
    **cyrillic.SCHOLARLY,
}  # fmt: skip

# As Germans write Turkish and Slavic sibilants: Schükrü, Tschapek.
_IN_GERMAN = {"ş": "sch", "š": "sch", "č": "tsch", "ć": "tsch", "ç": "tsch", "ž": "sch"}
_SIBILANTS = frozenset(_IN_GERMAN)

# Greek pairs that sound as one letter at the beginning of a word: Bakogiannis, Dona, Gikas.
_GREEK_BEGINNINGS = re.compile(r"\b(?:μπ|ντ|γκ)")
_VOICED_BEGINNINGS = {"μπ": "b", "ντ": "d", "γκ": "g"}

# Greek pairs that sound as one; letter by letter they would give Papadopoylos and Eyaggelos.
_GREEK_PAIRS = re.compile("ου|γγ|[αεη]υ(?=[αεηιουωβγδζλμνρ])|[αεη]υ")
_GREEK_VOWEL = {"α": "a", "ε": "e", "η": "i"}


class _Transliteration(dict[int, str]):
    """A table for ``str.translate`` that works out each character once."""

    def __init__(self, overrides: dict[str, str]) -> None:
        super().__init__(str.maketrans(overrides))

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if unicodedata.category(character) in ("Cc", "Cs"):
            folded = " " if character.isspace() else ""
        elif _HAN.match(character):
            folded = base_form(character)
        elif _KEPT.match(character):
            folded = character
        elif "\uac00" <= character <= "\ud7a3":
            folded = unicodedata.normalize("NFD", character)
        else:
            folded = with_plain_apostrophes(anyascii(character).lower())
        self[code] = folded
        return folded


_FIRST = _Transliteration({})
_SECOND = _Transliteration(_SECOND_SPELLING)
_THIRD = _Transliteration(_THIRD_SPELLING)
_WITH_THIRD_SPELLING = frozenset("".join(_THIRD_SPELLING) + "е" + SMALL_KANA)
_SIBILANTS_IN_GERMAN = _Transliteration(_IN_GERMAN)
_GERMAN = _Transliteration(cyrillic.GERMAN)
_FRENCH = _Transliteration(cyrillic.FRENCH)
_UKRAINIAN = _Transliteration(cyrillic.UKRAINIAN)


def is_plain(text: str) -> bool:
    """Whether ``plain_words`` finds all words of ``text``."""
    return text.isascii() and "'" not in text and "`" not in text


def plain_words(text: str) -> list[str]:
    """Return the runs of letters and digits of an ASCII text, in small letters."""
    return text.encode().translate(_PLAIN).decode().split()


def fold(text: str) -> tuple[str, ...]:
    """Return the folded spellings of ``text``, the plain one first; there are at most 25.

    >>> fold("Jürgen Groß")
    ('jurgen gross', 'juergen gross', 'jurgen gros')
    """
    if text.isascii():
        return (text.lower(),)
    text = unicodedata.normalize("NFKC", with_plain_apostrophes(text)).lower()
    text = _ITERATED.sub(r"\1\1", text)
    return tuple(dict.fromkeys(_spellings(unicodedata.normalize("NFC", text))))


def with_plain_apostrophes(text: str) -> str:
    """Return ``text`` with every kind of apostrophe as U+0027."""
    return text.translate(_APOSTROPHES)


_ROMANISED: tuple[tuple[Callable[[str], bool], Callable[[str], Iterator[str]]], ...] = (
    (indic.is_indic, indic.romanise_indic),
    (thai.is_thai, thai.romanise_thai),
    (lao.is_lao, lao.romanise_lao),
    (burmese.is_burmese, burmese.romanise_burmese),
    (ethiopic.is_ethiopic, ethiopic.romanise_ethiopic),
)


def _spellings(text: str) -> Iterator[str]:
    if is_semitic(text):
        if has_vowel_marks(text):
            yield from (_plain(unmarked(text)), _plain(text))
        text = unmarked(text)
    for is_written_in, romanise in _ROMANISED:
        if is_written_in(text):
            yield from map(_plain, romanise(text))
    yield _plain(text)
    yield _transliterate(_voiced_at_beginnings(text), _SECOND, long_vowels=False)
    if not _WITH_THIRD_SPELLING.isdisjoint(text):
        third = enlarge_kana(cyrillic.scholarly(text))
        yield _transliterate(third, _THIRD, long_vowels=True)
    if cyrillic.is_cyrillic(text):
        yield _plain(cyrillic.popular(text))
        yield _transliterate(cyrillic.ukrainian(text), _UKRAINIAN, long_vowels=True)
        yield _transliterate(cyrillic.german(text), _GERMAN, long_vowels=True)
        yield _transliterate(cyrillic.french(text), _FRENCH, long_vowels=True)
        yield _plain(text.replace("щ", "sch"))
    yield from map(_plain, alphabets.usual_spellings(text))
    if not _SIBILANTS.isdisjoint(text):
        yield _transliterate(text, _SIBILANTS_IN_GERMAN, long_vowels=True)


def _plain(text: str) -> str:
    return _transliterate(text, _FIRST, long_vowels=True)


def _transliterate(text: str, table: _Transliteration, *, long_vowels: bool) -> str:
    text = _KANA.sub(lambda run: romanise_kana(run[0], long_vowels=long_vowels), text)
    if "υ" in text or "γγ" in text or "ύ" in text:
        text = _GREEK_PAIRS.sub(_romanise_greek_pair, _without_tonos(text))
    return text.translate(table)


def _voiced_at_beginnings(text: str) -> str:
    return _GREEK_BEGINNINGS.sub(lambda found: _VOICED_BEGINNINGS[found[0]], text)


def _without_tonos(text: str) -> str:
    # An accent decides that two vowels sound as one (εύ), a diaeresis that they do not (εϋ).
    return text.replace("ύ", "υ")


def _romanise_greek_pair(pair: re.Match[str]) -> str:
    if pair[0] == "ου":
        return "ou"
    if pair[0] == "γγ":
        return "ng"
    voiced = pair.string[pair.end() : pair.end() + 1]
    return _GREEK_VOWEL[pair[0][0]] + ("v" if voiced and voiced in _VOICED else "f")


_VOICED = frozenset("αεηιοωάέήίόώβγδζλμνρ")


def split_words(folded: str) -> list[str]:
    """Return the runs of letters and digits of a folded text; Chinese runs stand by themselves.

    Apostrophes join (O'Brien is one word), everything else separates.
    """
    return _WORD.findall(folded.replace("'", "").replace("`", ""))


@lru_cache(maxsize=16_384)
def fold_words(piece: str) -> tuple[str, ...]:
    """Return the distinct words of all folded spellings of ``piece``, in order of appearance."""
    return tuple(dict.fromkeys(word for folded in fold(piece) for word in split_words(folded)))

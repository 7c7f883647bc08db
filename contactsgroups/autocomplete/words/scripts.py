"""Scripts: what is written as it is typed, and what is only transliterated.

A word is found in its own script first. The words of an entry are tokens in the letters in which
they are written, and the spellings that transliteration gives them are marked: so a typed ``olga``
asks for Olga before it asks for Ольга too, and ``ольга`` the other way round. Accents and ligatures
are no script: ``muller`` and Müller are both in Latin letters.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby

from contactsgroups.autocomplete.words.folding import HAN, HANGUL, JAMO, with_plain_apostrophes
from contactsgroups.autocomplete.words.japanese import enlarge_kana
from contactsgroups.autocomplete.words.own_words import SEVERAL_MARK, plain_spelling
from contactsgroups.autocomplete.words.semitic import is_semitic, unmarked

TRANSLITERATED_MARK = "*"
"""Begins the spellings of words that are written in another script."""

# Latin letters, accents, and everything that is no letter.
_LATIN = re.compile(
    "[\x00-\u036f\u1d00-\u1dbf\u1e00-\u1eff\u2c60-\u2c7f\ua720-\ua7ff\uab30-\uab6f]"
)
_CHARACTER = re.compile(f"[{HAN}{HANGUL}{JAMO}]")

# What letters of one word may have between them: apostrophes, invisible joints, a Hebrew mark.
_JOINTS = dict.fromkeys(map(ord, "'\u200c\u200d\u05f4"))
_ACCENTED = re.compile("(?<=[\u0370-\u052f\u1f00-\u1fff])[\u0300-\u036f]+")
_ONE_FORM = str.maketrans({0x3C2: 0x3C3} | {code: code - 0x60 for code in range(0x30A1, 0x30F7)})


class _Kinds(dict[int, str]):
    """A table for ``str.translate`` from characters to one letter, worked out once for each."""

    def __missing__(self, code: int) -> str:
        self[code] = kind = _kind_of(unicodedata.normalize("NFKC", chr(code))[0])
        return kind


_IS_LATIN, _IS_CHARACTER, _IS_OTHER = "lco"


def _kind_of(character: str) -> str:
    """Return whether it is Latin or no letter, Chinese or Korean, or of another script.

    Folding keeps Chinese and Korean as they are, so they are tokens in their own letters anyway.
    """
    if _CHARACTER.match(character):
        return _IS_CHARACTER
    if _LATIN.match(character) or unicodedata.category(character)[0] not in "LM":
        return _IS_LATIN
    return _IS_OTHER


_KINDS = _Kinds()


def is_character(letter: str) -> bool:
    """Whether it is a Chinese or Korean character, which can be a whole word alone."""
    return not letter.isascii() and _KINDS[ord(letter)] == _IS_CHARACTER


def is_latin(text: str) -> bool:
    """Whether ``text`` has no letters but Latin ones."""
    return text.isascii() or set(text.translate(_KINDS)) <= {_IS_LATIN}


def latin_part(text: str) -> str:
    """Return ``text`` with a space for each letter that is not Latin."""
    return "".join(
        letter if kind == _IS_LATIN else " "
        for letter, kind in zip(text, text.translate(_KINDS), strict=True)
    )


def has_own_letters(text: str) -> bool:
    """Whether ``text`` has letters that folding transliterates."""
    return not text.isascii() and _IS_OTHER in text.translate(_KINDS)


def runs_of(piece: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a piece without spaces in turn, as what is transliterated and what is not.

    Of each pair, one is empty: a word in letters of its own, in the one form that stands for all
    ways to write them, or other text as it is.
    """
    text = with_plain_apostrophes(piece).translate(_JOINTS)
    text = unicodedata.normalize("NFC", _ACCENTED.sub("", unicodedata.normalize("NFD", text)))
    kinds = zip(text, text.translate(_KINDS), strict=True)
    for is_own, pairs in groupby(kinds, key=lambda pair: pair[1] == _IS_OTHER):
        run = "".join(letter for letter, _ in pairs)
        if is_own:
            yield _own_form(run), ""
        else:
            yield "", run


@lru_cache(maxsize=16_384)
def own_words_of(piece: str) -> tuple[str, ...]:
    """Return the words of a piece that are in letters of their own."""
    if piece.isascii():
        return ()
    return tuple(own for own, _ in runs_of(piece) if own)


def _own_form(run: str) -> str:
    """Return letters without what is often left out: case, accents, vowel marks, small kana."""
    text = unicodedata.normalize("NFKC", run).lower()
    if is_semitic(text):
        text = unmarked(text).replace("a", "\u0627")  # What it takes for alef and ayin.
    text = enlarge_kana(text).translate(_ONE_FORM)
    return "".join(letter for letter in text if _KINDS[ord(letter)] == _IS_OTHER)


def with_marks(spellings: Iterable[str], latin: Iterable[str]) -> set[str]:
    """Return the folded spellings of a text, marked except those of its ``latin`` words.

    What is left of other letters in a folded spelling is as it was written.
    """
    as_written = frozenset(latin)
    return {
        spelling
        if spelling in as_written or not spelling.isascii()
        else TRANSLITERATED_MARK + spelling
        for spelling in spellings
    }


def without_mark(spelling: str) -> str:
    """Return a spelling without the mark of transliteration."""
    return spelling.removeprefix(TRANSLITERATED_MARK)


def in_any_script(word: tuple[str, ...]) -> tuple[str, ...]:
    """Return the spellings of a typed word so that transliterated ones count as well."""
    return (*word, *transliterated(word))


def transliterated(word: tuple[str, ...]) -> list[str]:
    """Return the spellings of a typed word by which it finds words in other scripts."""
    return [_transliterated(spelling) for spelling in word if spelling.isascii()]


def _transliterated(spelling: str) -> str:
    if not spelling.startswith(SEVERAL_MARK):
        return TRANSLITERATED_MARK + spelling
    plain = plain_spelling(spelling)
    return spelling[: len(spelling) - len(plain)] + TRANSLITERATED_MARK + plain

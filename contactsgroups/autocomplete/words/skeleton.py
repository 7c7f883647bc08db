"""Consonants only: how an Arabic or Hebrew name is found by its Latin spelling.

Their scripts do not write most vowels, so no table gives Khaled for خالد. What both spellings have
in common is the consonants, in classes of those that are written alike. Semi-vowels and the glottal
letters are left out: one spelling or the other does not write them.
"""

import re
from functools import lru_cache

SKELETON_MARK = "%"
"""Begins the token of a skeleton, which is never mistaken for a word."""

_VOWEL = "a"
"""Stands before the consonants of a word that begins with a vowel, so that Mary is not Omar."""
# The first two are how alef and ayin come here; y and w may be a vowel at the beginning.
_BEGINNING_VOWELS = {
    "a": (_VOWEL,), "آ": (_VOWEL,), **dict.fromkeys("ويוי", ("", _VOWEL))
}  # fmt: skip
_SHORTEST = 3
"""What begins with fewer consonants would be too many names: two must be all that a name has."""
_END = "."
_LONGEST = 32

_LETTERS = str.maketrans(
    {
        **dict.fromkeys("بپב", "b"),
        **dict.fromkeys("تطثٹתט", "t"),
        **dict.fromkeys("جژג", "g"),
        **dict.fromkeys("غگ", "g"),
        **dict.fromkeys("حخهہھەچחה", "h"),
        **dict.fromkeys("دذضظزڈדזץצ", "d"),
        **dict.fromkeys("رڑר", "r"),
        **dict.fromkeys("سصشסש", "s"),
        **dict.fromkeys("فפף", "f"),
        **dict.fromkeys("قكکקכך", "k"),
        **dict.fromkeys("لל", "l"),
        **dict.fromkeys("مםמ", "m"),
        **dict.fromkeys("نںןנ", "n"),
    }
)
_SECOND = str.maketrans({"ش": "خ", "פ": "ב", "ث": "س"})
_DIGRAPHS = (
    ("sch", "s"), ("sh", "s"), ("kh", "h"), ("ch", "h"), ("gh", "g"), ("dh", "d"), ("th", "t"),
    ("zh", "g"), ("tz", "d"), ("ts", "d"), ("ph", "f"), ("dj", "g"), ("ck", "k"),
)  # fmt: skip
_LATIN = str.maketrans("bcdfgjklmnpqrstvxzh", "bkdfggklmnbkrstbhdh", "aeiouyw'")
# Rabinovich, Rabinowitz and Rabinovitsch end alike in Hebrew letters.
_YIDDISH_ENDING = re.compile("[vw]i(?:tsch|tch|ch|tz|ts)$")
_NO_CONSONANTS = re.compile("[^bdfghklmnrst]")
_DOUBLED = re.compile(r"(.)\1+")
# At the end of a word h is not always spoken and written: Fatima, Fatimah.
_SILENT = re.compile("[ةهہھەה]$")
_SPOKEN = re.compile("(?<=[aeiou])h$")


def skeletons_of_semitic(word: str) -> list[str]:
    """Return the marked skeletons of a word in Arabic or Hebrew letters, none if it is too short.

    Some letters have a second sound: sh as the French write it, Hebrew's p, Persian's s. What
    stands there twice is a double letter (Abdullah), or has a vowel between (Layla).
    """
    word = _SILENT.sub("", word)
    vowels = _BEGINNING_VOWELS.get(word[:1], ("",))
    spelt = (word.translate(_LETTERS), word.translate(_SECOND).translate(_LETTERS))
    single = [_NO_CONSONANTS.sub("", each) for each in spelt]
    both = (*single, *[_DOUBLED.sub(r"\1", each) for each in single])
    marked = (_marked(vowel, each) for each in both for vowel in vowels)
    return list(dict.fromkeys(filter(None, marked)))


@lru_cache(maxsize=4_096)
def skeletons_of_latin(word: str, shortest: int = _SHORTEST) -> tuple[str, ...]:
    """Return the marked skeletons of a folded typed word, none if it is too short.

    Args:
        word: the word.
        shortest: with so many consonants it may be the beginning of a longer one.

    >>> skeletons_of_latin("khaled"), skeletons_of_semitic("خالد")
    (('%hld',), ['%hld'])
    """
    if len(word) <= _SHORTEST or not (word.isascii() and word.isalpha()):
        return ()
    begins_with_vowel = word[0] in "aeiou"
    word = _YIDDISH_ENDING.sub("bd", _SPOKEN.sub("", word))
    for digraph, letter in _DIGRAPHS:
        word = word.replace(digraph, letter)
    word = _DOUBLED.sub(r"\1", word)
    # Hebrew's v is a b, that of Arabic letters a semi-vowel.
    letters = [word.translate(_LATIN)]
    if "v" in word:
        letters.append(word.replace("v", "").translate(_LATIN))
    vowel = _VOWEL if begins_with_vowel else ""
    marked = (_marked(vowel, _NO_CONSONANTS.sub("", each), shortest) for each in letters)
    return tuple(filter(None, marked))


def _marked(vowel: str, consonants: str, shortest: int = _SHORTEST) -> str | None:
    if len(consonants) < _SHORTEST - 1:
        return None
    end = "" if len(consonants) >= shortest else _END
    return SKELETON_MARK + vowel + consonants[:_LONGEST] + end

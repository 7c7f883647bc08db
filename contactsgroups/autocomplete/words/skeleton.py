"""Consonants only: how an Arabic or Hebrew name is found by its Latin spelling.

Their scripts do not write most vowels, so no table gives Khaled for خالد. What both spellings have
in common is the consonants, in classes of those that are written alike. Semi-vowels and the glottal
letters are left out: one spelling or the other does not write them.
"""

import re

SKELETON_MARK = "%"
"""Begins the token of a skeleton, which is never mistaken for a word."""

_SHORTEST = 3
"""What begins with fewer consonants would be too many names: two must be all that a name has."""
_END = "."
_LONGEST = 32

_LETTERS = str.maketrans(
    {
        **dict.fromkeys("بپב", "b"),
        **dict.fromkeys("تطثתט", "t"),
        **dict.fromkeys("جژג", "g"),
        **dict.fromkeys("غگ", "g"),
        **dict.fromkeys("حخهہھەچחה", "h"),
        **dict.fromkeys("دذضظزדזץצ", "d"),
        **dict.fromkeys("رڑר", "r"),
        **dict.fromkeys("سصشסש", "s"),
        **dict.fromkeys("فפף", "f"),
        **dict.fromkeys("قكکקכך", "k"),
        **dict.fromkeys("لל", "l"),
        **dict.fromkeys("مםמ", "m"),
        **dict.fromkeys("نںןנ", "n"),
    }
)
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


def skeleton_of_semitic(word: str) -> str | None:
    """Return the marked skeleton of a word in Arabic or Hebrew letters, None if it is too short."""
    return _marked(_SILENT.sub("", word).translate(_LETTERS))


def skeletons_of_latin(word: str) -> list[str]:
    """Return the marked skeletons of a folded typed word, none if it is too short.

    >>> skeletons_of_latin("khaled"), skeleton_of_semitic("خالد")
    (['%hld'], '%hld')
    """
    if len(word) <= _SHORTEST or not (word.isascii() and word.isalpha()):
        return []
    word = _YIDDISH_ENDING.sub("bd", _SPOKEN.sub("", word))
    for digraph, letter in _DIGRAPHS:
        word = word.replace(digraph, letter)
    # Hebrew's v is a b, that of Arabic letters a semi-vowel.
    letters = [word.translate(_LATIN)]
    if "v" in word:
        letters.append(word.replace("v", "").translate(_LATIN))
    return [skeleton for each in letters if (skeleton := _marked(each))]


def _marked(letters: str) -> str | None:
    skeleton = _DOUBLED.sub(r"\1", _NO_CONSONANTS.sub("", letters))[:_LONGEST]
    if len(skeleton) < _SHORTEST - 1:
        return None
    return SKELETON_MARK + (skeleton if len(skeleton) >= _SHORTEST else skeleton + _END)

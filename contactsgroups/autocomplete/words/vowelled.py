"""Beginnings of Arabic and Hebrew names with vowels, which their scripts mostly do not write.

Three consonants find a name by its skeleton. Before so many are typed there is a beginning up to
the second consonant, with each vowel that it may have; and a name of few letters is written out.
"""

from collections.abc import Iterator
from itertools import islice, product

_CONSONANTS = {
    each: tuple(sounds.split())
    for each, sounds in {
        "ب": "b", "پ": "p", "ت": "t", "ط": "t", "ث": "th", "ج": "j g", "چ": "ch", "ح": "h",
        "خ": "kh ch", "د": "d", "ذ": "dh z", "ر": "r", "ز": "z", "ژ": "zh j", "س": "s",
        "ش": "sh ch", "ص": "s", "ض": "d z", "ظ": "z d", "غ": "gh g", "ف": "f", "ق": "q k",
        "ك": "k", "گ": "g",
        "ل": "l", "م": "m", "ن": "n", "ه": "h", "ٹ": "t", "ڈ": "d", "ڑ": "r", "ں": "n", "ھ": "h",
        "ב": "b v", "ג": "g", "ד": "d", "ז": "z", "ח": "h ch", "ט": "t", "כ": "k ch",
        "ל": "l", "מ": "m", "נ": "n", "ס": "s", "פ": "p f", "צ": "tz ts z", "ק": "k", "ר": "r",
        "ש": "sh s", "ת": "t",
    }.items()
}  # fmt: skip
_VOWELS = ("a", "e", "i", "o", "u")
_ALEF = ("a", "e", "ae")
_BETWEEN = {"w": ("u", "o", "aw", "av", "ou"), "y": ("i", "ay", "ei", "ee")}
_BEFORE_VOWEL = {"w": ("aw", "w", "v", "av", "aou"), "y": ("i", "iy", "ay")}
_AT_BEGINNING = {
    "a": _VOWELS,
    "aw": ("o", "u", "aw"),
    "ay": ("i", "ei", "e"),
    "w": ("w", "v"),
    "y": ("y",),
}
_AT_END = {"w": ("o", "u"), "y": ("i", "y"), "h": ("a", "ah"), "a": ("a",)}
_LETTERS = str.maketrans("وויيה", "wwyyه")
_SEMIVOWELS = "way"

_SHORT, _FEW = 3, 5
_MOST = 64


def beginnings_of_semitic(word: str) -> Iterator[str]:
    """Yield what may be typed for the first letters of a word without vowel marks.

    The word is one of ``semitic.unmarked``; a short one is taken to its end.

    >>> {"sal", "ziad"} <= {*beginnings_of_semitic("سلمي"), *beginnings_of_semitic("زيaد")}
    True
    """
    letters = word.translate(_LETTERS)
    places = [place for place, letter in enumerate(letters) if letter in _CONSONANTS]
    if len(letters) <= _SHORT or (len(places) < 2 and len(letters) <= _FEW):
        yield from islice(map("".join, product(*_sounds(letters, to_end=True))), _MOST)
    elif len(places) > 1:
        yield from islice(map("".join, product(*_sounds(letters[: places[1] + 1]))), _MOST)


def _sounds(letters: str, *, to_end: bool = False) -> Iterator[tuple[str, ...]]:
    """Yield the ways to spell each letter and, where none is written, the vowel before it."""
    beginning = letters[:2] if letters[:2] in _AT_BEGINNING else letters[:1]
    yield _AT_BEGINNING.get(beginning) or _CONSONANTS.get(beginning, ())
    last = len(letters) - 1
    for place in range(len(beginning), len(letters)):
        letter, before = letters[place], letters[place - 1]
        if to_end and place == last and place > 1 and (ending := _AT_END.get(_latin(letter))):
            yield ending
        elif letter in _CONSONANTS:
            if before in _CONSONANTS:
                yield ("", *_VOWELS) if to_end else _VOWELS
            yield _CONSONANTS[letter][:2]
        elif letter == "a":
            yield _ALEF
        else:
            before_vowel = letters[place + 1 : place + 2] in (*_SEMIVOWELS,)
            yield (_BEFORE_VOWEL if before_vowel else _BETWEEN).get(letter, ())


def _latin(letter: str) -> str:
    return "h" if letter == "ه" else letter

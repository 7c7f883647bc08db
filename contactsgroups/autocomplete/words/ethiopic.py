"""Ethiopian names as their bearers write them in Latin letters: Tirunesh, Haile, Yohannes.

Each character is a consonant with one of seven vowels, of which the sixth is spoken only where
consonants would meet.
"""

import re
import unicodedata
from collections.abc import Iterator

_RUN = re.compile("[\u1200-\u135a]+")
_VOWELS = ("E", "u", "i", "a", "e", "I", "o", "wa")
_CONSONANTS = {
    "SZ": "s", "X": "h", "HH": "h", "TH": "t", "C": "ch", "PH": "p", "TZ": "ts", "Q": "k",
    "KX": "h", "NY": "gn", "QH": "k",
}  # fmt: skip
_C = r"[^aeiouEI\W]{1,2}"
# Where three consonants would meet, a vowel stands behind the first of them, or the second.
_AT_FIRST = re.compile(rf"(\b{_C}|{_C}(?=I{_C}I{_C}))I(?={_C})")
_AT_SECOND = re.compile(rf"((?:\b|I){_C})I(?={_C})")
_AS_VOWEL = re.compile("(?<=[^aeiou ])y(?=a)|(?<=a)y(?![aeiou])")
_WAYS = (
    (_AT_FIRST, "i", "we"),
    (_AT_SECOND, "i", "we"),
    (_AT_FIRST, "e", "wo"),
    (_AT_FIRST, "", "wo"),
)


def is_ethiopic(text: str) -> bool:
    """Whether ``text`` has letters of Ethiopia and Eritrea."""
    return _RUN.search(text) is not None


def romanise_ethiopic(text: str) -> Iterator[str]:
    """Yield the usual spellings of ``text``; other scripts stay.

    >>> next(romanise_ethiopic("ጥሩነሽ"))
    'tirunesh'
    """
    letters = _RUN.sub(lambda run: "".join(map(_letter, run[0])), text)
    letters = letters.replace("hE", "ha").replace("'E", "a").replace("'I", "i").replace("'", "")
    for meeting, sixth, we in _WAYS:
        spelt = meeting.sub(rf"\1{sixth}", letters).replace("I", "").replace("wE", we).lower()
        yield from (spelt, _AS_VOWEL.sub("i", spelt))


def _letter(character: str) -> str:
    """Return a consonant, an apostrophe for none, and its vowel."""
    name = unicodedata.name(character, "")
    if not name.startswith("ETHIOPIC SYLLABLE"):
        return ""
    consonant = name.split()[-1].rstrip("AEIOU")
    labial = consonant.removesuffix("W") if len(consonant) > 1 else consonant
    vowel = _VOWELS[ord(character) % 8] if labial == consonant else "wa"
    return (_CONSONANTS.get(labial, labial).lower() or "'") + vowel

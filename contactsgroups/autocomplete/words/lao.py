"""Lao names as they are written in Latin letters, as the French or the English do: Bounmy Sisavat.

Lao is written as Thai is, with letters at the same places of their blocks, but leaves no vowel out.
"""

import re
from collections.abc import Iterator

from contactsgroups.autocomplete.words.thai import Syllable, cuts_of, spelt

_LAO = re.compile("[\u0e81-\u0edf]+")
_BLOCK = 0x80

_FORMS = str.maketrans(
    {"ໜ": "ຫນ", "ໝ": "ຫມ", "ໍ": "ອ", "ຍ": "ຢ", **dict.fromkeys("\u0ec8\u0ec9\u0eca\u0ecb", "")}
)
_SHORT = re.compile("(?<=[ເແ])([ກ-ຮ]+)\u0eb1(?!ວ)")
_SHORT_AO = re.compile("(?<=ເ)([ກ-ຮ]+)\u0ebb(?=າ)")
_IA = re.compile("((?:ຫ(?=[ກ-ຮ]))?[ກ-ຮ])ຽ")


def is_lao(text: str) -> bool:
    """Whether ``text`` has Lao letters."""
    return _LAO.search(text) is not None


def romanise_lao(text: str) -> Iterator[str]:
    """Yield the usual spellings of ``text``; other scripts stay.

    >>> list(romanise_lao("ບຸນມີ"))[:2]
    ['bounmi', 'bounmy']
    """
    text = text.replace("\u0ecd\u0eb2", "\u0eb3")  # Normalisation takes a vowel apart.
    for french, final_y, sibilant in ((True, "i", "s"), (True, "y", "x"), (False, "i", "s")):

        def written(run: re.Match[str], french: bool = french, sibilant: str = sibilant) -> str:
            syllables = cuts_of(_in_thai(run[0]))[0]
            return "".join(_spelt(each, sibilant, french=french) for each in syllables)

        yield re.sub(r"(?<=[^aeiou])i\b", final_y, _LAO.sub(written, text))


def _in_thai(run: str) -> str:
    run = _SHORT_AO.sub(r"\1", run.translate(_FORMS))
    run = _SHORT.sub(r"\1", run)
    run = _IA.sub("ເ\\1ີຢ", run).replace("\u0ebbວ", "\u0eb1ວ").replace("\u0ebb", "ອ")
    return "".join(chr(ord(each) - _BLOCK) for each in run)


def _spelt(syllable: Syllable, sibilant: str, *, french: bool) -> str:
    found = spelt(syllable, "on").replace("w", "v")
    if syllable.onset == "ช":
        found = found.replace("ch", sibilant, 1)
    found = re.sub("c(?!h)", "ch", found).replace("aeo", "eo")
    return re.sub("u(?!e)", "ou", found) if french else found

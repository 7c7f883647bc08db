"""Sounds: words that are spelt differently and sound alike get one key.

The key is the spelling with whatever is written in several ways for one sound written in one: ph as
f, ck and c as k, doubled letters once, ie and ee as i. It belongs to no one language, as names in a
directory do not; so it only unites what is usual in some language for the same name (Schmidt and
Shmit, Philipp and Filip, Meyer and Maier), and keeps vowels apart that differ.
"""

import re
from collections.abc import Sequence

# In this order; capitals are sounds that no single letter stands for, a line's end is a word's.
_STEPS = (
    ("\nkn", "\nn"), ("\nwr", "\nr"), ("\nx", "\ns"), ("\npf", "\nf"),
    ("tsch", "C"), ("tch", "C"), ("cz", "C"), ("sch", "S"), ("sh", "S"), ("sz", "S"), ("zh", "S"),
    ("ph", "f"), ("th", "t"), ("dt", "t"), ("dh", "d"), ("bh", "b"), ("rh", "r"),
    ("gh", "g"), ("kh", "k"), ("ch", "k"), ("ck", "k"), ("qu", "kv"), ("q", "k"), ("x", "ks"),
    ("ce", "se"), ("ci", "si"), ("cy", "si"), ("c", "k"),
    ("tz", "z"), ("ts", "z"), ("z", "s"), ("dj", "j"), ("w", "v"),
    ("ah", "a"), ("eh", "e"), ("ih", "i"), ("oh", "o"), ("uh", "u"),
    ("ij", "y"),
    ("eu", "O"), ("oi", "O"), ("oy", "O"), ("ei", "E"), ("ai", "E"), ("ey", "E"), ("ay", "E"),
    ("ae", "e"), ("oe", "o"), ("ue", "u"), ("ie", "i"), ("ee", "i"), ("ea", "i"),
    ("ou", "u"), ("oo", "u"), ("j", "i"), ("y", "i"),
    *[(letter + letter, letter) for letter in "abdefgiklmnoprstuvCSEO"],
    ("v\n", "f\n"),
)  # fmt: skip

_LONGEST_HEARD = 64
"""No name is longer; it keeps the work bounded."""

_HEARD = re.compile(f"[a-z]{{3,{_LONGEST_HEARD}}}")


def may_sound_like_others(word: str) -> bool:
    """Whether a word, typed or of an entry, has a sound: Latin letters only, and enough of them."""
    return _HEARD.fullmatch(word) is not None


def sounds_of(words: Sequence[str]) -> list[str]:
    """Return the keys of the words, for all of which ``may_sound_like_others`` must hold.

    >>> sounds_of(["philipp", "filip"])
    ['filip', 'filip']
    """
    # Replacing in one long text is many times as quick as in each word.
    text = "\n" + "\n\n".join(words) + "\n"
    for written, heard in _STEPS:
        if written in text:
            text = text.replace(written, heard)
    return text[1:-1].split("\n\n")


def share_letters(word: str, other: str) -> bool:
    """Whether half of the letters of two words that sound alike are the same."""
    letters, others = set(word), set(other)
    return 2 * len(letters & others) >= max(len(letters), len(others))

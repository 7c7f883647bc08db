"""Sounds: words that are spelt differently and sound alike get one key.

The key is the spelling with whatever is written in several ways for one sound written in one: ph as
f, ck and c as k, doubled letters once, ie and ee as i. It belongs to no one language, as names in a
directory do not; so it only unites what is usual in some language for the same name (Schmidt and
Shmit, Philipp and Filip, Meyer and Maier), and keeps vowels apart that differ.
"""

import re
from collections.abc import Sequence
from itertools import product

# In this order; a line's end is a word's. When c, w and y have been written otherwise, they stand
# for the sounds of tch, oi and ei, so that a key is all small letters, as a word is.
_STEPS = (
    ("\nxia", "\nsa"), ("\nxio", "\nso"),
    ("\nkn", "\nn"), ("\nwr", "\nr"), ("\nx", "\ns"), ("\npf", "\nf"), ("\nll", "\ni"),
    ("\nhj", "\nj"), ("skj", "s"), ("kj", "k"), ("sj", "s"),
    ("szcz", "s"), ("shch", "s"), ("zsch", "s"), ("tsch", "C"), ("tch", "C"), ("cz", "C"),
    ("ksh", "ks"), ("sch", "s"), ("sh", "s"), ("sz", "s"), ("zh", "s"),
    *[(before + "rz", before + "s") for before in "\nbdgkpt"],
    ("ph", "f"), ("th", "t"), ("dt", "t"), ("d\n", "t\n"), ("dh", "d"), ("bh", "b"), ("rh", "r"),
    ("ig\n", "ik\n"), ("augh", "au"), ("gli", "li"), ("gh", "g"), ("kh", "k"),
    ("cch", "k"), ("chs", "ks"), ("ch", "k"), ("ck", "k"), ("qu", "k"), ("kw", "k"), ("kv", "k"),
    ("q", "k"), ("x", "ks"), ("ce", "se"), ("ci", "si"), ("cy", "si"), ("c", "k"),
    ("tz", "z"), ("ts", "z"), ("z", "s"), ("dj", "j"), ("w", "f"), ("v", "f"),
    ("dsi", "j"), ("gia", "ja"), ("gio", "jo"), ("giu", "ju"), ("gue", "ge"), ("gui", "gi"),
    ("ah", "a"), ("eh", "e"), ("ih", "i"), ("oh", "o"), ("uh", "u"),
    ("ij", "y"), ("illa\n", "ia\n"), ("illo\n", "io\n"),
    ("eaux\n", "o\n"), ("eaud\n", "o\n"), ("ault\n", "o\n"), ("eau", "o"), ("au", "o"),
    ("eu", "O"), ("oi", "O"), ("oy", "O"), ("ei", "E"), ("ai", "E"), ("ey", "E"), ("ay", "E"),
    ("ae", "e"), ("oe", "o"), ("ue", "u"), ("ie", "i"), ("ee", "i"), ("ea", "i"),
    ("ou", "u"), ("oo", "u"), ("j", "i"), ("y", "i"), ("C", "c"), ("O", "w"), ("E", "y"),
    *[(letter + letter, letter) for letter in "abcdefgiklmnoprstuwy"],
)  # fmt: skip

_SIMILAR = ("aeiouwy", "bfp", "dt", "cghiks", "mn", "lr")
"""Letters of a key that are heard for one another: w and y are vowels there, and i a consonant."""

_SIMILAR_PAIRS = frozenset(
    one + other for some in _SIMILAR for one, other in product(some, repeat=2)
)

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


def are_similar(two: str) -> bool:
    """Whether two letters of keys are heard for one another."""
    return two in _SIMILAR_PAIRS

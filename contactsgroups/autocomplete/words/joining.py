"""Names that are written in one word or in several: de la Cruz and Delacruz, MacLeod and Mac Leod.

An entry is found by its words joined, and typed words are also tried joined. Neither takes a word
apart that is written in one, except where capitals or a prefix show its parts.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

INITIAL_MARK = "~"
"""Begins the token of a first letter and a surname (jsmith), which no shorter prefix shall find."""

INITIALS_MARK = "!"
"""Begins the token of the first letters of several given names (jm), found beside a surname only:
alone it would be looked for in vain by all who type as much of another name."""

SEPARATORS = " -._()/&"
"""What may stand between words that are joined, besides apostrophes and a comma."""

# A typed word of this length may be an initial and a surname; a shorter one only if it begins with
# two consonants with which no name begins. Every typed word that may be one costs a look-up.
_LONG_WITH_INITIAL = 6
_SHORTEST_WITH_INITIAL = 4
SHORTEST_SURNAME = _SHORTEST_WITH_INITIAL - 1
"""With a first letter, a shorter surname would be a word that is never asked for like that."""

MOST_INITIALS = 3
"""Of a name with more words before the surname, the first letters of so many count."""

_MOST_WITH_INITIAL = 2
_ENOUGH_BESIDE = 4
"""Initials count where another typed word has so many letters, since they alone say little."""
_AND = frozenset(("and", "et", "und"))
_INITIALS = re.compile("[a-z]{2}|[b-df-hj-np-tv-z]{3}|and|und")
"""What is typed for initials; three letters with a vowel are the beginning of a name."""
_CONSONANTS = frozenset("bcdfghjklmnpqrstvwxz")
_BEGINNINGS = frozenset(
    "bh bj bl br ch cl cr cs cz dh dj dm dr dv dw fj fl fr gh gj gl gn gr gw hj hl hr hs kh kj kl "
    "kn kr kv kw lh ll mb mc ml nd ng nj nk ph pl pr ps pt rh sc sh sj sk sl sm sn sp sq sr st sv "
    "sw sz th tj tl tr ts tw tz vl vr wh wl wr xh zb zd zh zl zs zw".split()
)

_PARTICLES = frozenset(
    "abd abdel abder abdes abdul abdur abdus abu af al ap auf bar bat ben bin bint d da dal dalla "
    "das de degli dei del dela della delle den der des di do dos du el fitz ibn l la las le les "
    "lo los m mac mc n o op os saint san santa st t te ten ter ul um und van vande vanden vander "
    "vd vom von vonder y zu zum zur".split()
)  # fmt: skip
VAN_DER = "vd"
"""What stands for van der and van den, and is written v.d. as well."""
# Also typed apart: the first syllables of Korean and Chinese given names, and double names, those
# of Persia as well (Gholamreza).
_SYLLABLES = frozenset(
    "ali amir ann anna bo chang chul dong eun gholam gi hee ho hwa hye hyo hyun in jae jean jeong "
    "ji jin jo joo joon ju jun jung ki kwang kyu kyung lee maria marie mary mi min mohammad myung "
    "sang seo seung so soo su sun sung tae woo xiao ye yeon yong yoo yoon young zhi zi".split()
)
_FIRST_PARTS = _PARTICLES | _SYLLABLES
_MOST_JOINED = 4
_MOST_WORDS = 16

# An inner capital begins a part, as in MacLeod, DeAngelo and ONeill.
_INNER_CAPITAL = re.compile("\\b(?:[A-Z][a-z]{1,4}|O)([A-Z][a-z]+)")
_JOINABLE = re.compile(f"[A-Za-z0-9,'`{re.escape(SEPARATORS)}]*|.*[^\\x00-\\x7f].*", re.DOTALL)
# Servant of the Merciful: Abdul Rahman, Abdelrahman; with its article assimilated Abdurrahman.
_SERVANT = re.compile("abd(?>[aeiou]{0,2}(?:l(?!l)|(sh|[dnrstz])(?=\\1))?)(?=[a-z]{2})")
_GAELIC = re.compile("mac(?=[b-df-hj-np-tv-z][a-z]{2})|mc(?=[a-z]{3})")


_TITLES = frozenset(
    "dipl dr drs frau fr graf herr hr ii iii ing jr mag med miss mr mrs ms phd prof rev sir "
    "sr".split()
)
"""What stands before or behind a name and counts for no initial."""


def without_titles(words: Sequence[str]) -> list[str]:
    """Return the words of a name without Dr., Prof. and Jr."""
    return [word for word in words if word.strip(".,()").lower() not in _TITLES]


def joined_letters(words: Sequence[str]) -> Iterator[str]:
    """Yield single letters that stand in a row as one word: jrr of J. R. R. Tolman."""
    for is_letter, run in groupby(words, key=lambda word: len(word) == 1):
        letters = "".join(run)
        if is_letter and len(letters) > 1:
            yield letters


def is_particle(word: str) -> bool:
    """Whether ``word`` stands before a name and is often written in one with it."""
    return word in _PARTICLES


def may_be_joined(text: str) -> bool:
    """Whether nothing in ``text`` keeps its words apart, such as a colon."""
    return _JOINABLE.fullmatch(text) is not None


def inner_parts(text: str) -> list[str]:
    """Return the second parts of words that are written in one, such as ``leod`` of MacLeod."""
    return [part.lower() for part in _INNER_CAPITAL.findall(text)]


def gaelic_forms(word: str) -> tuple[str, ...]:
    """Return the forms of a name that begins with Mac or Mc, and what stands behind that."""
    prefix = _GAELIC.match(word)
    if prefix is None:
        return ()
    rest = word[prefix.end() :]
    return (rest, "mac" + rest, "mc" + rest)


def servant_forms(word: str) -> tuple[str, ...]:
    """Return the forms that a name with Abdul has in common with its other spellings.

    >>> servant_forms("abderrahman"), servant_forms("abdulrahman")
    (('abdrahman', 'abdulrahman'), ('abdrahman', 'abdulrahman'))
    """
    servant = _SERVANT.match(word)
    if servant is None:
        return ()
    rest = word[servant.end() :]
    return ("abd" + rest, "abdul" + rest)


def initials_token(letters: str) -> str:
    """Return the token of the first letters of several names; no typed word is the whole of it."""
    return f"{INITIALS_MARK}{letters}."


TOKENS_OF_AMPERSAND = tuple(map(initials_token, _AND))
"""What a sign in a name is read as: ``r and d``."""


def add_joined(found: set[str], words: Sequence[str], *, everywhere: bool) -> None:
    """Add to ``found`` what several folded words of a name make when they are joined.

    Args:
        everywhere: whether any two neighbours may be written in one, as with a hyphen.
    """
    count = min(len(words), _MOST_WORDS)
    everywhere = everywhere or count > 2
    for place in range(count - 1):
        is_particle = words[place] in _PARTICLES
        if everywhere or is_particle:
            found.add(words[place] + words[place + 1])
            found.update(servant_forms(words[place] + words[place + 1]))
        if is_particle:
            _add_run(found, words, place)


def _add_run(found: set[str], words: Sequence[str], place: int) -> None:
    """Add a particle joined with all words up to the first that is none (vandenberg)."""
    end = place + 1
    last = min(len(words) - 1, place + _MOST_JOINED - 1)
    while end < last and words[end] in _PARTICLES:
        end += 1
    run = "".join(words[place : end + 1])
    found.add(run)
    found.update(gaelic_forms(run))
    if end > place + 1:
        particles = "".join([word[0] for word in words[place:end]])
        found.add(INITIAL_MARK + particles + words[end])
    if place:
        found.add(words[place - 1] + run)
        initials = "".join([word[0] for word in words[:place]])
        found.update(
            INITIAL_MARK + begun + run for begun in (initials[0], initials[:MOST_INITIALS])
        )


def joined_spellings(words: Sequence[tuple[str, ...]], place: int) -> list[str]:
    """Return what else a typed word may be: joined with those before it, or with an initial.

    A typed ``mac leod`` finds Macleod: ``mac`` begins it, and so does ``leod`` joined with ``mac``.
    """
    found = []
    before = ""
    for earlier in reversed(words[max(0, place - _MOST_JOINED + 1) : place]):
        if earlier[0] not in _FIRST_PARTS:
            break
        before = earlier[0] + before
        found.append(before + words[place][0])
    found += [
        INITIAL_MARK + spelling
        for spelling in words[place][:_MOST_WITH_INITIAL]
        if _may_begin_with_initial(spelling)
    ]
    if _may_be_initials(words, place):
        found.append(INITIALS_MARK + words[place][0])
    return found


def _may_be_initials(words: Sequence[tuple[str, ...]], place: int) -> bool:
    """Whether a typed word may be initials (or an ampersand) beside the others."""
    word = words[place][0]
    # In a text of more words nobody looks for a name, and each would be compared with all others.
    if len(words) > _MOST_WORDS or not _INITIALS.fullmatch(word):
        return False
    others = [other[0] for other in words if other[0] != word]
    if not others or word in _AND:
        return bool(others)
    # What begins another word is its beginning, and demands a word of its own.
    is_beginning = any(other.startswith(word) for other in others)
    return not is_beginning and max(map(len, others)) >= _ENOUGH_BESIDE


def _may_begin_with_initial(word: str) -> bool:
    if len(word) < _SHORTEST_WITH_INITIAL or not (word.isascii() and word.isalpha()):
        return False
    if len(word) >= _LONG_WITH_INITIAL:
        return True
    return _CONSONANTS.issuperset(word[:2]) and word[:2] not in _BEGINNINGS

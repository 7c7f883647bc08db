"""Japanese names in Chinese characters, as they are read: 佐藤 is Satou, and typed sato or satoh.

The readings of characters do not tell that of a name, so names and their readings are taken from a
dictionary (``japanese_names.tsv``). A given name that it does not have is read character by
character, as characters are mostly read in the given names that it has.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice, product
from pathlib import Path

from marisa_trie import Trie

from contactsgroups.autocomplete.words.han import base_form

SURNAME, GIVEN, CHARACTER = "sgc"
FILE = Path(__file__).with_name("japanese_names.tsv")
"""Lines of what it is, how it is written, and its readings with long vowels written out."""

# Frequent readings that the dictionary lacks.
_FURTHER = """
s	奈々瀬	nanase
g	大翔	haruto
g	陽菜	hina
g	陽葵	himari
g	結菜	yuna
g	結弦	yuzuru
g	健	takeshi
g	翔	kakeru
g	颯太	souta
g	聡	satoshi
c	凪	nagi
c	颯	sou,haya
c	葵	aoi
c	碧	aoi
c	蓮	ren
c	莉	ri
c	琉	ryuu,ru
"""
_LONGEST_SURNAME = 4
_LONGEST_UNKNOWN = 3
_MOST_UNKNOWN = 6
_SHORT = (("ou", "o"), ("oo", "o"), ("uu", "u"))
_LABIALS = (("nb", "mb"), ("np", "mp"), ("nm", "mm"))


def words_of_japanese_name(run: str) -> set[str]:
    """Return the readings of a run of Chinese characters as far as it is a Japanese name.

    The surname stands first; the given name follows it or stands alone.
    """
    base = "".join(map(base_form, run))
    found = set(_spellings(_readings(GIVEN, base)))
    for end in range(min(len(base), _LONGEST_SURNAME), 0, -1):
        surnames, given = _readings(SURNAME, base[:end]), _readings(GIVEN, base[end:])
        # A single character is a Chinese surname as well.
        if surnames and (end > 1 or given or end == len(base)):
            given = given or list(_read_by_character(base[end:]))
            found.update(_spellings(surnames))
            found.update(_spellings(given))
            found.update(_spellings(one + other for one in surnames for other in given))
            break
    return found


def _read_by_character(given: str) -> Iterator[str]:
    """Yield the likeliest readings of a given name that no dictionary has."""
    if 1 < len(given) <= _LONGEST_UNKNOWN:
        for end in range(len(given) - 1, 0, -1):
            if known := _readings(GIVEN, given[:end]):
                rest = [_readings(CHARACTER, each) for each in given[end:]]
                yield from islice(map("".join, product(known, *rest)), _MOST_UNKNOWN)
                break
        parts = [_readings(CHARACTER, each) for each in given]
        yield from islice(map("".join, product(*parts)), _MOST_UNKNOWN)


def _spellings(readings: Iterable[str]) -> Iterator[str]:
    """Yield readings with long vowels, with short ones, and with an h: satou, sato, satoh.

    And as passports have an n before a labial: Homma, Namba.
    """
    for reading in readings:
        short, with_h = reading, reading
        for long, vowel in _SHORT:
            short = short.replace(long, vowel)
            with_h = with_h.replace(long, vowel + "h" if vowel == "o" else vowel)
        for spelling in (reading, short, with_h):
            yield spelling
            yield _with_labials(spelling)


def _with_labials(reading: str) -> str:
    for written, passport in _LABIALS:
        reading = reading.replace(written, passport)
    return reading


def _readings(kind: str, written: str) -> list[str]:
    """Return the readings of a name or a character, which is in its base form."""
    if not written:
        return []
    lines = _names().keys(f"{kind}\t{written}\t")
    return [reading for line in lines for reading in line.rpartition("\t")[2].split(",")]


@cache
def _names() -> Trie:
    """Return the lines of the file with the base forms of characters; a few hundred kilobytes."""
    lines = FILE.read_text(encoding="utf-8").splitlines() + _FURTHER.split("\n")
    return Trie([_with_base_forms(line) for line in lines if line and not line.startswith("#")])


def _with_base_forms(line: str) -> str:
    kind, written, readings = line.split("\t")
    return f"{kind}\t{''.join(map(base_form, written))}\t{readings}"

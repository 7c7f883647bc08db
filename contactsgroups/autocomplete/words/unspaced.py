"""Words of Chinese and Korean runs, which have no spaces between family and given name."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import product

from contactsgroups.autocomplete.words.chinese import readings_of_name, readings_of_text
from contactsgroups.autocomplete.words.folding import HAN, HANGUL, fold_words
from contactsgroups.autocomplete.words.han import base_form
from contactsgroups.autocomplete.words.japanese_names import words_of_japanese_name
from contactsgroups.autocomplete.words.korean import (
    initials_of_hangul,
    readings_of_hangul,
    readings_of_surname,
)

_SCRIPT_WITHOUT_SPACES = re.compile(f"[{HAN}]+|[{HANGUL}]+")

# A run this short is taken for a person's name, of which every reading of every character counts;
# in a longer one (a department) the context decides how a character is read.
_LONGEST_NAME = 4
_MOST_SPELLINGS = 64
_MOST_VARIED = 8
_MOST_STARTS = 32


def unspaced_runs(piece: str) -> list[str]:
    """Return the runs of Chinese and of Korean characters in a piece without spaces."""
    return _SCRIPT_WITHOUT_SPACES.findall(unicodedata.normalize("NFKC", piece))


def words_apart_in_run(run: str) -> Iterator[frozenset[str]]:
    """Yield what begins at each character of a Chinese or Korean run, in its first reading."""
    syllables = _spellings_of_run(run, chinese=not "\uac00" <= run[0] <= "\ud7a3")[0]
    for start in range(min(len(run), _MOST_STARTS)):
        yield frozenset((*fold_words(run[start:]), "".join(syllables[start:]))) - {""}


def words_of_run(run: str) -> set[str]:
    """Return what people type for a Chinese or Korean run, from each of its characters on.

    Such a run has no spaces, and the given name starts anywhere in it.
    """
    chinese = not "\uac00" <= run[0] <= "\ud7a3"
    starts = range(min(len(run), _MOST_STARTS))
    words = {word for start in starts for word in fold_words(run[start:])}
    if chinese:
        words |= words_of_japanese_name(run)
    else:
        initials = initials_of_hangul(run)
        words.update(initials[start:] for start in starts)
    for spelling in _spellings_of_any_form(run, chinese=chinese):
        if chinese:
            words.update(_surnames_with_initials(spelling))
        for start in starts:
            words.add("".join(spelling[start:]))
            if chinese and start + 1 < len(spelling):
                words.add("".join(syllable[0] for syllable in spelling[start:]))
    return words - {""}


def _surnames_with_initials(spelling: Sequence[str]) -> Iterator[str]:
    """Yield a surname with the first letters of a given name: zhangjl, and of two characters."""
    for end in range(1, min(len(spelling), _LONGEST_NAME) - 1):
        yield "".join((*spelling[:end], *[syllable[0] for syllable in spelling[end:]]))


def _spellings_of_any_form(run: str, *, chinese: bool) -> list[tuple[str, ...]]:
    """Return the spellings of a run; a character's forms may be read differently (芸, 藝)."""
    spellings = _spellings_of_run(run, chinese=chinese)
    if chinese and (base := "".join(map(base_form, run))) != run:
        spellings = [*spellings, *_spellings_of_run(base, chinese=True)]
    return spellings


def _spellings_of_run(run: str, *, chinese: bool) -> list[tuple[str, ...]]:
    """Return the run's syllables in every combination of readings, as far as that is sensible."""
    if not chinese:
        readings = [readings_of_surname(run[0]), *map(readings_of_hangul, run[1:])]
    elif len(run) <= _LONGEST_NAME:
        readings = readings_of_name(run)
    else:
        in_context = readings_of_text(run)
        readings = readings_of_name(run[:2])[:2] + in_context[2:]
    readings = [reading for reading in readings if reading]
    combinations = 1
    for reading in readings:
        combinations *= len(reading)
    if combinations <= _MOST_SPELLINGS:
        return list(product(*readings))
    return _one_reading_varied(readings)[:_MOST_VARIED]


def _one_reading_varied(readings: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the first reading of everything, and each other reading among those."""
    first = tuple(reading[0] for reading in readings)
    spellings = [first]
    for place, reading in enumerate(readings[:_MOST_VARIED]):
        spellings += [(*first[:place], other, *first[place + 1 :]) for other in reading[1:]]
    return spellings

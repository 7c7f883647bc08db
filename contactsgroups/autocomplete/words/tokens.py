"""Tokens: the strings of which a query word must be a prefix for an entry to be found.

Words of the name and of the local part are tokens as they are. Marks, which no word can contain,
keep other tokens apart from them: ``@`` before the labels of the domain, ``#`` before the kind of
entry, ``&`` before what several words of the entry begin with, ``^`` before the first word of the
name and of the local part, which are tokens twice. ``$`` ends each word, so that the prefix
``kim$`` means the whole word, and ``^kim$`` the whole first one.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product

from contactsgroups.autocomplete.entry import Entry, EntryKind
from contactsgroups.autocomplete.words.chinese import readings_of_name, readings_of_text
from contactsgroups.autocomplete.words.folding import HAN, HANGUL, fold, fold_words, split_words
from contactsgroups.autocomplete.words.korean import readings_of_hangul
from contactsgroups.autocomplete.words.own_words import SEVERAL_MARK, begun_several_times, distinct

DOMAIN_MARK = "@"
KIND_MARK = "#"
FIRST_MARK = "^"
WHOLE_MARK = "$"
MARKS = DOMAIN_MARK + KIND_MARK + SEVERAL_MARK + FIRST_MARK
"""What the tokens that are no words begin with."""

# Small letters and digits stay, capitals become small, everything else separates. Translating bytes
# is several times as quick as translating text.
_PLAIN = bytes(
    ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else ord(" ")
    for code in range(256)
)

_SCRIPT_WITHOUT_SPACES = re.compile(f"[{HAN}]+|[{HANGUL}]+")

# A run this short is taken for a person's name, of which every reading of every character counts;
# in a longer one (a department) the context decides how a character is read.
_LONGEST_NAME = 4
_MOST_SPELLINGS = 64


def tokens_of(entry: Entry) -> set[str]:
    """Return every token of ``entry``, marked ones included."""
    local_part, _, domain = entry.address.rpartition("@")
    if entry.name.isascii():
        words = words_of(f"{entry.name} {local_part}")
    else:
        words = words_of(entry.name) | words_of(local_part)
    tokens = {word + WHOLE_MARK for word in words}
    apart, local = words_apart(entry.name), words_apart(local_part)
    tokens.update([f"{FIRST_MARK}{word}{WHOLE_MARK}" for word in first_words(apart, local)])
    tokens |= begun_several_times(distinct(apart, local))
    tokens |= domain_tokens(domain)
    tokens.add(kind_token(entry.kind))
    return tokens


def first_words(
    name: Sequence[frozenset[str]], local_part: Sequence[frozenset[str]]
) -> frozenset[str]:
    """Return the spellings of the first word of a name and of a local part."""
    return frozenset().union(*name[:1], *local_part[:1])


def kind_token(kind: EntryKind) -> str:
    """Return the token that all entries of this kind share."""
    return KIND_MARK + kind


def exact_key(text: str) -> str:
    """Return the form in which a query is compared with whole local parts."""
    return text.lower() if text.isascii() else fold(text)[0]


def local_key(address: str) -> str:
    """Return the key by which an entry with this address is found as an exact local part."""
    return exact_key(address.rpartition("@")[0])


def is_plain(text: str) -> bool:
    """Whether ``plain_words`` finds all words of ``text``."""
    return text.isascii() and "'" not in text


def plain_words(text: str) -> list[str]:
    """Return the runs of letters and digits of an ASCII text, in small letters."""
    return text.encode().translate(_PLAIN).decode().split()


def words_of(text: str) -> set[str]:
    """Return the words of a name or a local part, in every spelling that people may type."""
    if is_plain(text):
        return set(plain_words(text))
    words: set[str] = set()
    for piece in text.split():
        words.update(_words_of_piece(piece))
    return words


def words_apart(text: str) -> list[frozenset[str]]:
    """Return the words of a name or a local part one by one, each with its usual spellings."""
    if is_plain(text):
        return [frozenset((word,)) for word in plain_words(text)]
    return [word for piece in text.split() for word in _words_apart_in_piece(piece)]


@lru_cache(maxsize=16_384)
def _words_apart_in_piece(piece: str) -> tuple[frozenset[str], ...]:
    runs = _SCRIPT_WITHOUT_SPACES.findall(unicodedata.normalize("NFKC", piece))
    words = [word for run in runs for word in _words_apart_in_run(run)]
    spellings = [split_words(folded) for folded in fold(piece)]
    if len(spellings[0]) != len(spellings[-1]):
        del spellings[1:]
    return (*words, *[frozenset(word) for word in zip(*spellings, strict=True)])


def _words_apart_in_run(run: str) -> Iterator[frozenset[str]]:
    """Yield what begins at each character of a Chinese or Korean run, in its first reading."""
    syllables = _spellings_of_run(run, chinese=not "\uac00" <= run[0] <= "\ud7a3")[0]
    for start in range(len(run)):
        yield frozenset((*fold_words(run[start:]), "".join(syllables[start:]))) - {""}


@lru_cache(maxsize=16_384)
def _words_of_piece(piece: str) -> tuple[str, ...]:
    words = set(fold_words(piece))
    words.update(fold_words(re.sub("['’ʼ`]", " ", piece)))
    for run in _SCRIPT_WITHOUT_SPACES.findall(unicodedata.normalize("NFKC", piece)):
        words.update(_words_of_run(run))
    return tuple(words)


def _words_of_run(run: str) -> set[str]:
    """Return what people type for a Chinese or Korean run, from each of its characters on.

    Such a run has no spaces, and the given name starts anywhere in it.
    """
    chinese = not "\uac00" <= run[0] <= "\ud7a3"
    words = {word for start in range(len(run)) for word in fold_words(run[start:])}
    for spelling in _spellings_of_run(run, chinese=chinese):
        for start in range(len(spelling)):
            words.add("".join(spelling[start:]))
            if chinese and start + 1 < len(spelling):
                words.add("".join(syllable[0] for syllable in spelling[start:]))
    return words


def _spellings_of_run(run: str, *, chinese: bool) -> list[tuple[str, ...]]:
    """Return the run's syllables in every combination of readings, as far as that is sensible."""
    if not chinese:
        readings = [readings_of_hangul(syllable) for syllable in run]
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
    return _one_reading_varied(readings)


def _one_reading_varied(readings: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the first reading of everything, and each other reading among those."""
    first = tuple(reading[0] for reading in readings)
    spellings = [first]
    for place, reading in enumerate(readings):
        spellings += [(*first[:place], other, *first[place + 1 :]) for other in reading[1:]]
    return spellings


@lru_cache(maxsize=4_096)
def domain_tokens(domain: str) -> frozenset[str]:
    """Return the marked labels of ``domain``; internationalised ones also as people read them."""
    words = set(fold_words(domain.replace("-", " "))) | set(fold_words(_in_letters(domain)))
    return frozenset(DOMAIN_MARK + word for word in words)


def _in_letters(domain: str) -> str:
    """Return ``domain`` with its ``xn--`` labels decoded where that is possible."""
    if "xn--" not in domain:
        return domain
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain

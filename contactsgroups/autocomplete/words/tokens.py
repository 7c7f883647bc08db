"""Tokens: the strings of which a query word must be a prefix for an entry to be found.

Words of the name and of the local part are tokens as they are. Marks, which no word can contain,
keep other tokens apart from them: ``@`` before the labels of the domain, ``#`` before the kind of
entry, ``&`` before what several words of the entry begin with, ``^`` before the first word of the
name and of the local part, which are tokens twice. ``$`` ends each word, so that the prefix
``kim$`` means the whole word, and ``^kim$`` the whole first one. ``~`` stands before a first letter
and a surname, ``!`` before the first letters of given names, ``%`` before the consonants of an
Arabic or Hebrew word, ``*`` before what is a transliteration of what is written.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from contactsgroups.autocomplete.entry import Entry, EntryKind, wanted_as
from contactsgroups.autocomplete.words.burmese import beginnings_of_burmese, words_of_burmese
from contactsgroups.autocomplete.words.folding import (
    HAN,
    HANGUL,
    fold,
    fold_words,
    is_plain,
    plain_words,
    split_words,
    with_plain_apostrophes,
)
from contactsgroups.autocomplete.words.joining import (
    INITIAL_MARK,
    INITIALS_MARK,
    MOST_INITIALS,
    SHORTEST_SURNAME,
    TOKENS_OF_AMPERSAND,
    VAN_DER,
    add_joined,
    initials_token,
    inner_parts,
    is_particle,
    joined_letters,
    may_be_joined,
    without_titles,
)
from contactsgroups.autocomplete.words.own_words import SEVERAL_MARK, begun_several_times, distinct
from contactsgroups.autocomplete.words.scripts import (
    TRANSLITERATED_MARK,
    has_own_letters,
    is_latin,
    latin_part,
    own_words_of,
    runs_of,
    with_marks,
    without_mark,
)
from contactsgroups.autocomplete.words.semitic import (
    is_semitic,
    may_begin_another,
    unmarked,
    with_assimilated_article,
    without_article,
)
from contactsgroups.autocomplete.words.skeleton import SKELETON_MARK, skeletons_of_semitic
from contactsgroups.autocomplete.words.syllables import words_of_syllables
from contactsgroups.autocomplete.words.unspaced import (
    unspaced_runs,
    words_apart_in_run,
    words_of_run,
)
from contactsgroups.autocomplete.words.variants import other_forms
from contactsgroups.autocomplete.words.vowelled import beginnings_of_semitic

DOMAIN_MARK = "@"
KIND_MARK = "#"
FIRST_MARK = "^"
WHOLE_MARK = "$"
MARKS = "".join(
    (
        DOMAIN_MARK,
        KIND_MARK,
        SEVERAL_MARK,
        FIRST_MARK,
        INITIAL_MARK,
        INITIALS_MARK,
        SKELETON_MARK,
        TRANSLITERATED_MARK,
    )
)
"""What the tokens that are no words begin with."""

_KANA = "\u3041-\u30ff\uff66-\uff9f"
_SPACED_NAME = re.compile(f"[{HAN}{HANGUL}{_KANA}]+(?: [{HAN}{HANGUL}{_KANA}]+){{1,2}}")

# What joins two parts that may be typed alone: an apostrophe, or Persian's invisible joint.
_JOINTS = re.compile("['\u200c]")


def tokens_of(entry: Entry) -> set[str]:
    """Return every token of ``entry``, marked ones included."""
    local_part, _, domain = entry.address.rpartition("@")
    name = "" if entry.kind is EntryKind.ALIAS else entry.name
    words = words_of(name) | words_of(local_part)
    # Whoever types an initial and a surname asks for the word itself as well.
    words.discard(INITIAL_MARK + local_part)
    tokens = {word + WHOLE_MARK for word in words}
    apart, local = words_apart(name), words_apart(local_part)
    tokens.update([f"{FIRST_MARK}{word}{WHOLE_MARK}" for word in first_words(apart, local)])
    tokens |= _begun_several_times(apart, local, latin=is_latin(name + local_part))
    tokens |= domain_tokens(domain)
    tokens.add(kind_token(entry.kind))
    return tokens


def first_words(
    name: Sequence[frozenset[str]], local_part: Sequence[frozenset[str]]
) -> frozenset[str]:
    """Return the spellings of the first word of a name and of a local part."""
    return frozenset().union(*name[:1], *local_part[:1])


def _begun_several_times(
    name: Sequence[frozenset[str]], local_part: Sequence[frozenset[str]], *, latin: bool
) -> set[str]:
    """Return the tokens for what several words have in common, as written and transliterated."""
    if latin:
        return begun_several_times(distinct(name, local_part))
    found = begun_several_times(distinct(as_written(name), as_written(local_part)))
    in_latin = [
        frozenset(filter(str.isascii, word))
        for word in distinct(in_any_script(name), in_any_script(local_part))
    ]
    return found | begun_several_times(in_latin, TRANSLITERATED_MARK)


def as_written(words: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """Return words without transliterations, and without those of which nothing else is known."""
    written = [
        frozenset(spelling for spelling in word if not spelling.startswith(TRANSLITERATED_MARK))
        for word in words
    ]
    return [word for word in written if word]


def in_any_script(words: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """Return words with all spellings, transliterated or not, as plain ones."""
    return [frozenset(map(without_mark, word)) for word in words]


def kind_token(kind: EntryKind) -> str:
    """Return the token that all entries share that are wanted as this kind."""
    return KIND_MARK + wanted_as(kind)


def exact_key(text: str) -> str:
    """Return the form in which a query is compared with whole local parts."""
    if text.isascii():
        return text.lower()
    if has_own_letters(text):
        return "".join(own or fold(other)[0] for own, other in runs_of(text))
    return fold(text)[0]


def local_key(address: str) -> str:
    """Return the key by which an entry with this address is found as an exact local part."""
    return exact_key(address.rpartition("@")[0])


def words_of(text: str) -> set[str]:
    """Return the words of a name or a local part, in every spelling that people may type.

    Spellings in other letters than those of the text are marked as transliterated.
    """
    words = _folded_words_of(text)
    if is_latin(text):
        return words
    found = with_marks(words, words & _folded_words_of(latin_part(text)))
    found.update(word for piece in _pieces_of(text) for word in own_words_of(piece))
    return found


def _pieces_of(text: str) -> Iterator[str]:
    """Yield what the words of a text in its own letters are made from."""
    for piece in text.split():
        yield from (piece, _JOINTS.sub(" ", with_plain_apostrophes(piece)), without_article(piece))
        yield from beginnings_of_burmese(piece)
    if _SPACED_NAME.fullmatch(text):
        yield "".join(text.split())


def _folded_words_of(text: str) -> set[str]:
    if "," in text:
        text = _given_name_first(text)
    found = _words_of_plain(text) if is_plain(text) else _words_of_pieces(text)
    if "&" in text:
        found.update(TOKENS_OF_AMPERSAND)
    return found


def _words_of_pieces(text: str) -> set[str]:
    found: set[str] = set()
    pieces = text.split()
    for piece in pieces:
        found.update(_words_of_piece(piece))
    if len(pieces) > 1:
        _add_words_of_several(found, pieces, text)
    elif "-" in text:
        _add_joined(found, text)
    return found


def _words_of_plain(text: str) -> set[str]:
    words = plain_words(text)
    found = set(words)
    for word in words:
        if forms := other_forms(word):
            found |= forms
    if not (text.islower() or text.istitle()):
        found.update(inner_parts(text))
    if len(words) > 1:
        if len(words) > 2:
            found |= _with_initials(text.split())
            if may_be_joined(text):
                found |= _words_of_letters(words)
        else:
            found |= words_of_syllables(words)
            if len(words[-1]) >= SHORTEST_SURNAME and words[-1].isalpha():
                found.add(INITIAL_MARK + words[0][0] + words[-1])
        several = len(words) > 2 or "-" in text or is_particle(words[0])
        if several and may_be_joined(text):
            add_joined(found, words, everywhere="-" in text)
    return found


def _words_of_letters(words: Sequence[str]) -> set[str]:
    """Return single letters in a row as a word; they are initials, or a particle (v.d.)."""
    joined = set(joined_letters(words))
    return joined | other_forms(VAN_DER) if VAN_DER in joined else joined


def _add_words_of_several(found: set[str], pieces: list[str], text: str) -> None:
    """Add to the words of each piece of a name what several make together."""
    found.update(_initials_and_surnames(pieces[0], pieces[-1]))
    found |= _with_initials(pieces)
    if len(pieces) > 2 or "-" in text or is_particle("".join(fold_words(pieces[0])[:1])):
        _add_joined(found, text)
    if is_semitic(text):
        for one, other in pairwise(pieces):
            if may_begin_another(one, other):
                found.update(_skeletons(one + other))
    if _SPACED_NAME.fullmatch(text):
        found.update(_words_of_piece("".join(pieces)))


def _with_initials(pieces: Sequence[str]) -> set[str]:
    """Return initials with each part of a surname, and with all: jlpicot, msmith, msmithjones.

    Of several given names also their own: jl, for a double name as a word. The last piece of the
    name is the surname.
    """
    pieces = without_titles(pieces)
    if len(pieces) < 2:
        return set()
    *given, surname = [split_words(fold(piece)[0]) for piece in pieces]
    initials = "".join([word[0] for piece in given for word in piece])[:MOST_INITIALS]
    if not (initials.isascii() and initials.isalpha()):
        return set()
    if len(surname) > 1 and may_be_joined(pieces[-1]):
        surname = [*surname, "".join(surname)]
    found = {
        INITIAL_MARK + begun + part
        for begun in (initials[0], initials)
        for part in surname
        if len(part) >= SHORTEST_SURNAME and part.isascii() and part.isalpha()
    }
    if len(initials) > 1:
        found.add(initials_token(initials))
    if "-" in pieces[0] and len(given[0]) > 1:
        found.add(initials[: len(given[0])])
    return found


def _initials_and_surnames(given: str, surname: str) -> list[str]:
    """Return the first letter with each spelling of the surname; also a letter that is two (ю)."""
    surnames = [
        word
        for word in fold_words(surname)
        if len(word) >= SHORTEST_SURNAME and word.isascii() and word.isalpha()
    ]
    first, letter = fold_words(given)[:1], fold_words(given[:1])[:1]
    if not (surnames and first and first[0].isascii()):
        return []
    found = [INITIAL_MARK + first[0][0] + surname for surname in surnames]
    if letter and len(letter[0]) > 1:
        found.append(INITIAL_MARK + letter[0] + surnames[0])
    return found


def _add_joined(found: set[str], text: str) -> None:
    for folded in fold(text):
        words = split_words(folded)
        if len(words) > 1:
            add_joined(found, words, everywhere="-" in text)
            found |= _words_of_letters(words)


def _given_name_first(text: str) -> str:
    """Return ``Berg, Jan`` as ``Jan Berg``."""
    family, _, given = text.partition(",")
    return f"{given} {family}"


def words_apart(text: str) -> list[frozenset[str]]:
    """Return the words of a name or a local part one by one, each with its usual spellings."""
    if is_plain(text):
        return [frozenset((word,)) for word in plain_words(text)]
    return [word for piece in text.split() for word in _words_apart_in_piece(piece)]


@lru_cache(maxsize=16_384)
def _words_apart_in_piece(piece: str) -> tuple[frozenset[str], ...]:
    runs = unspaced_runs(piece)
    words = [word for run in runs for word in words_apart_in_run(run)]
    spellings = [split_words(folded) for folded in fold(piece)]
    alike = [words for words in spellings if len(words) == len(spellings[0])]
    spelt = [frozenset(word) for word in zip(*alike, strict=True)]
    if is_latin(piece):
        return (*words, *spelt)
    latin = fold_words(latin_part(piece))
    return tuple(
        frozenset(with_marks(word, latin)) for word in (*words, *_with_own_letters(piece, spelt))
    )


def _with_own_letters(piece: str, words: Sequence[frozenset[str]]) -> Sequence[frozenset[str]]:
    """Return the words of a piece also as they are written, where it is clear which is which."""
    written: list[frozenset[str]] = []
    for own, other in runs_of(piece):
        written += [frozenset((own,))] if own else [frozenset()] * len(split_words(fold(other)[0]))
    if len(written) != len(words):
        return words
    return [word | own for word, own in zip(words, written, strict=True)]


def spellings_of_piece(piece: str) -> tuple[str, ...]:
    """Return the words of a piece without spaces, in every script and without marks."""
    return (*_words_of_piece(piece), *own_words_of(piece))


@lru_cache(maxsize=16_384)
def _words_of_piece(piece: str) -> tuple[str, ...]:
    words = set(fold_words(piece))
    apart = _JOINTS.sub(" ", with_plain_apostrophes(piece))
    if apart != piece:
        words.update(fold_words(apart))
    words.update(fold_words(without_article(piece)))
    if is_semitic(piece):
        words.update(_skeletons(piece))
        if without_article(piece) != piece:
            words.add("el")  # The beginning "al" is in the word itself.
    for run in unspaced_runs(piece):
        words.update(words_of_run(run))
    words |= words_of_burmese(piece)
    for word in fold_words(piece):
        words.update(other_forms(word))
    words.update(inner_parts(piece))
    return tuple(words)


def _skeletons(piece: str) -> Iterator[str]:
    """Yield the consonants of each word of a piece, and what it begins with in Latin letters.

    With its article and without; of parts with an invisible joint between also together.
    """
    text = piece.replace("-", " ").replace("\u05be", " ")
    for word in {*text.split(), *_JOINTS.sub(" ", text).split()}:
        for each in {word, without_article(word), with_assimilated_article(word)}:
            yield from skeletons_of_semitic(unmarked(each))
        yield from beginnings_of_semitic(unmarked(without_article(word)))


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

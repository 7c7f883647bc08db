"""Building a generation: from a stream of entries to sealed files.

Entries are read once and their records spooled to disk, so that the memory needed depends on the
vocabulary and not on the records; all sorting is done by numpy on plain numbers.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, count, islice
from pathlib import Path
from typing import NamedTuple

import marisa_trie
import numpy as np
import numpy.typing as npt

from contactsgroups.autocomplete.disk.documents import (
    KINDS,
    Frames,
    encode_record,
    tie_key,
    write_frames,
)
from contactsgroups.autocomplete.disk.files import (
    Manifest,
    map_file,
    seal,
    write_array,
    write_numbers,
)
from contactsgroups.autocomplete.disk.hot_prefixes import write_hot_prefixes
from contactsgroups.autocomplete.disk.keys import hash_key, write_key_table
from contactsgroups.autocomplete.disk.lexicon import Lexicon
from contactsgroups.autocomplete.disk.sounds import write_sounds
from contactsgroups.autocomplete.entry import Entry
from contactsgroups.autocomplete.thresholds import Thresholds
from contactsgroups.autocomplete.words.scripts import without_mark
from contactsgroups.autocomplete.words.spelling import PrefixFilter, hash_letter_prefixes
from contactsgroups.autocomplete.words.tokens import WHOLE_MARK, local_key, tokens_of

# Small enough that a progress callback can yield to other threads often enough.
_BATCH = 128
_RECORDS_PER_WRITE = 4_096
_LOWEST_SCORE, _HIGHEST_SCORE = -(1 << 62), 1 << 62
_MOST_POSTINGS = 0xFFFF_FFFE
_SPOOL = "records.spool"


class Progress(NamedTuple):
    """How far a build has come."""

    stage: str
    """``reading``, ``sorting``, ``tokens``, ``postings``, ``prefixes`` or ``sealing``."""
    entries: int
    """Entries read so far."""


Report = Callable[[Progress], None]


def write_generation(
    directory: Path,
    entries: Iterable[Entry],
    *,
    position: int,
    epoch: str,
    progress: Report | None,
    thresholds: Thresholds,
) -> None:
    """Write a sealed generation of ``entries`` into the empty ``directory``.

    Raises ValueError if an entry cannot be stored.
    """
    report = progress or _ignore
    spool = _read(entries, directory, report)
    total = len(spool.kinds)

    report(Progress("sorting", total))
    ranks = _write_in_order(directory, spool)
    report(Progress("tokens", total))
    lexicon, token_ranks = _write_tokens(directory, spool.vocabulary)
    _write_spellings(directory, lexicon, spool.vocabulary)
    report(Progress("postings", total))
    postings, offsets = _sort_postings(spool, ranks, token_ranks)
    report(Progress("prefixes", total))
    write_hot_prefixes(directory, lexicon, postings, offsets, total, thresholds)
    report(Progress("sealing", total))
    (directory / _SPOOL).unlink()
    seal(directory, Manifest(position, epoch, total, thresholds.top))


def _ignore(_: Progress) -> None:
    pass


class _Spool:
    """What is kept in memory of the entries read: numbers, and the vocabulary."""

    def __init__(self) -> None:
        self.kinds = array("B")
        self.scores = array("q")
        self.identities = array("I")
        self.local_parts = array("I")
        self.record_lengths = array("I")
        self.token_counts = array("I")
        self.tokens = array("I")
        self.vocabulary: defaultdict[str, int] = defaultdict(count().__next__)

    def add(self, entries: Sequence[Entry]) -> None:
        """Keep what is wanted of the entries; a field at a time is quicker than one by one."""
        self.kinds.extend([KINDS.index(entry.kind) for entry in entries])
        self.scores.extend(_checked_scores(entries))
        self.identities.extend([hash_key(entry.identity) for entry in entries])
        self.local_parts.extend([hash_key(local_key(entry.address)) for entry in entries])
        tokens = [tokens_of(entry) for entry in entries]
        self.token_counts.extend(map(len, tokens))
        self.tokens.extend(map(self.vocabulary.__getitem__, chain.from_iterable(tokens)))


def _read(entries: Iterable[Entry], directory: Path, report: Report) -> _Spool:
    spool = _Spool()
    frames = Frames()
    with (directory / _SPOOL).open("wb", buffering=1 << 20) as file:
        for batch in _batches(entries):
            frames.learn(batch)
            report(Progress("reading", len(spool.kinds)))
            records = [encode_record(entry, frames) for entry in batch]
            file.write(b"".join(records))
            spool.record_lengths.extend(map(len, records))
            spool.add(batch)
    write_frames(directory, frames)
    return spool


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    rest = iter(entries)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _checked_scores(entries: Sequence[Entry]) -> list[int]:
    scores = [entry.score for entry in entries]
    if any(score < _LOWEST_SCORE or score > _HIGHEST_SCORE for score in (min(scores), max(scores))):
        bad = next(e for e in entries if not _LOWEST_SCORE <= e.score <= _HIGHEST_SCORE)
        raise ValueError(f"the score of {bad.identity!r} is out of range: {bad.score}")
    return scores


def _write_in_order(directory: Path, spool: _Spool) -> npt.NDArray[np.uint32]:
    """Write the documents best first, with their keys; return the rank of each by its number."""
    order = _rank(spool, directory / _SPOOL)
    _write_documents(directory, spool, order)
    ranks = np.empty(len(order), np.uint32)
    ranks[order] = np.arange(len(order), dtype=np.uint32)
    write_key_table(directory, "identity", np.asarray(spool.identities), ranks)
    write_key_table(directory, "local", np.asarray(spool.local_parts), ranks)
    return ranks


def _rank(spool: _Spool, path: Path) -> npt.NDArray[np.intp]:
    """Return the numbers of the entries in rank order: score, groups first, then the records."""
    scores = np.asarray(spool.scores)
    persons = np.asarray(spool.kinds) != 0
    order = np.lexsort((persons, -scores))
    ranked_scores, ranked_persons = scores[order], persons[order]
    breaks = (ranked_scores[1:] != ranked_scores[:-1]) | (ranked_persons[1:] != ranked_persons[:-1])
    starts = np.concatenate(([0], np.flatnonzero(breaks) + 1, [len(order)]))
    records = map_file(path)
    ends = _ends(spool).tolist()
    tied = np.flatnonzero(np.diff(starts) > 1)
    for start, end in zip(starts[tied].tolist(), starts[tied + 1].tolist(), strict=True):
        numbers = order[start:end].tolist()
        numbers.sort(key=lambda number: tie_key(records[ends[number] : ends[number + 1]]))
        order[start:end] = numbers
    return order


def _ends(spool: _Spool) -> npt.NDArray[np.int64]:
    """Return the offsets of the records: each from the number at its place up to the next one."""
    return np.concatenate(([0], np.cumsum(np.asarray(spool.record_lengths), dtype=np.int64)))


def _write_documents(directory: Path, spool: _Spool, order: npt.NDArray[np.intp]) -> None:
    write_array(directory / "kinds", np.asarray(spool.kinds)[order])
    write_numbers(directory / "scores", np.asarray(spool.scores)[order])
    ends = _ends(spool)
    lengths = np.diff(ends)[order]
    write_numbers(directory / "record-offsets", np.concatenate(([0], np.cumsum(lengths))))
    records = map_file(directory / _SPOOL)
    starts = ends[:-1][order]
    with (directory / "records").open("wb") as file:
        for first in range(0, len(order), _RECORDS_PER_WRITE):
            some = slice(first, first + _RECORDS_PER_WRITE)
            pairs = zip(starts[some].tolist(), (starts[some] + lengths[some]).tolist(), strict=True)
            file.write(b"".join([records[start:end] for start, end in pairs]))


def _write_tokens(
    directory: Path, vocabulary: dict[str, int]
) -> tuple[Lexicon, npt.NDArray[np.uint32]]:
    """Write the trie; return the lexicon, and the rank of each token by its number."""
    trie = marisa_trie.Trie(
        vocabulary.keys(),
        order=marisa_trie.LABEL_ORDER,
        num_tries=1,
        cache_size=marisa_trie.HUGE_CACHE,
    )
    trie.save(str(directory / "tokens.marisa"))
    tokens = trie.keys()
    every_rank = np.arange(len(tokens), dtype=np.uint32)
    write_array(directory / "token-ranks", _scatter(every_rank, map(trie.__getitem__, tokens)))
    lexicon = Lexicon(tokens)
    write_array(directory / "token-shared", np.append(lexicon.shared, np.uint8(0)))
    return lexicon, _scatter(every_rank, map(vocabulary.__getitem__, tokens))


def _scatter(values: npt.NDArray[np.uint32], places: Iterable[int]) -> npt.NDArray[np.uint32]:
    """Return the values, each put at its place; the places are a permutation."""
    scattered = np.empty_like(values)
    scattered[np.fromiter(places, np.intp, len(values))] = values
    return scattered


def _write_spellings(directory: Path, lexicon: Lexicon, vocabulary: Iterable[str]) -> None:
    """Write what mistyped words are looked up in: sounds, and a filter of all beginnings."""
    words = (without_mark(token.removesuffix(WHOLE_MARK)) for token in vocabulary)
    sounds = write_sounds(directory, words)
    hashes = hash_letter_prefixes(lexicon.text, lexicon.letter_starts)
    prefixes = PrefixFilter.sized_for(len(hashes) + len(sounds))
    prefixes.add(hashes)
    prefixes.add(sounds)
    write_array(directory / "prefix-filter", prefixes.bits)


def _sort_postings(
    spool: _Spool, ranks: npt.NDArray[np.uint32], token_ranks: npt.NDArray[np.uint32]
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Return the postings in token order, ascending inside a token, and where each token's start.

    Token and document in one 64-bit number make this a single sort of plain numbers.
    """
    if len(spool.tokens) > _MOST_POSTINGS:
        raise ValueError(f"{len(spool.tokens)} postings are too many for one shard")
    pairs = token_ranks[np.asarray(spool.tokens)].astype(np.uint64)
    pairs <<= np.uint64(32)
    pairs |= np.repeat(ranks, np.asarray(spool.token_counts))
    pairs.sort()
    postings = pairs.astype(np.uint32)
    pairs >>= np.uint64(32)
    offsets = np.searchsorted(pairs, np.arange(len(token_ranks) + 1, dtype=np.uint64))
    return postings, offsets.astype(np.uint32)

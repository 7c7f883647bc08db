"""Building a generation: from a stream of entries to sealed files.

Entries are read once and their records spooled to disk, so that the memory needed depends on the
vocabulary and not on the records; all sorting is done by numpy on plain numbers.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import NamedTuple

import marisa_trie
import numpy as np
import numpy.typing as npt

from contactsgroups.autocomplete.documents import KINDS, encode_record, hash_key
from contactsgroups.autocomplete.entry import Entry
from contactsgroups.autocomplete.files import Manifest, map_bytes, seal, write_array
from contactsgroups.autocomplete.hot_prefixes import write_hot_prefixes
from contactsgroups.autocomplete.lexicon import Lexicon
from contactsgroups.autocomplete.spelling import PrefixFilter, hash_letter_prefixes
from contactsgroups.autocomplete.thresholds import Thresholds
from contactsgroups.autocomplete.tokens import local_key, tokens_of

_REPORT_EVERY = 10_000
_RECORDS_PER_WRITE = 4_096
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
    spool = _read(entries, directory / _SPOOL, report)
    total = len(spool.kinds)

    report(Progress("sorting", total))
    order = _rank(spool, directory / _SPOOL)
    _write_documents(directory, spool, order)
    ranks = np.empty(total, np.uint32)
    ranks[order] = np.arange(total, dtype=np.uint32)
    _write_keys(directory, "identity", np.asarray(spool.identities), ranks)
    _write_keys(directory, "local", np.asarray(spool.local_parts), ranks)

    report(Progress("tokens", total))
    lexicon, token_ranks = _write_tokens(directory, spool.vocabulary)
    write_array(directory / "token-shared", np.append(lexicon.shared, np.uint8(0)))
    _write_filter(directory, lexicon)

    report(Progress("postings", total))
    postings, offsets = _write_postings(directory, spool, ranks, token_ranks)

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
        self.record_ends = array("Q", [0])
        self.token_counts = array("I")
        self.tokens = array("I")
        self.vocabulary: defaultdict[str, int] = defaultdict(count().__next__)


def _read(entries: Iterable[Entry], path: Path, report: Report) -> _Spool:
    spool = _Spool()
    kind_numbers = {kind: number for number, kind in enumerate(KINDS)}
    number_of_token = spool.vocabulary.__getitem__
    end = 0
    with path.open("wb", buffering=1 << 20) as file:
        for number, entry in enumerate(entries):
            record = encode_record(entry)
            file.write(record)
            end += len(record)
            spool.record_ends.append(end)
            spool.kinds.append(kind_numbers[entry.kind])
            spool.scores.append(_checked_score(entry))
            spool.identities.append(hash_key(entry.identity))
            spool.local_parts.append(hash_key(local_key(entry.address)))
            tokens = tokens_of(entry)
            spool.token_counts.append(len(tokens))
            spool.tokens.extend(map(number_of_token, tokens))
            if number % _REPORT_EVERY == 0:
                report(Progress("reading", number))
    return spool


def _checked_score(entry: Entry) -> int:
    if not -(1 << 62) < entry.score < 1 << 62:
        raise ValueError(f"the score of {entry.identity!r} is out of range: {entry.score}")
    return entry.score


def _rank(spool: _Spool, path: Path) -> npt.NDArray[np.intp]:
    """Return the numbers of the entries in rank order: score, groups first, then the records."""
    scores = np.asarray(spool.scores)
    persons = np.asarray(spool.kinds) != 0
    order = np.lexsort((persons, -scores))
    ranked_scores, ranked_persons = scores[order], persons[order]
    breaks = (ranked_scores[1:] != ranked_scores[:-1]) | (ranked_persons[1:] != ranked_persons[:-1])
    starts = np.concatenate(([0], np.flatnonzero(breaks) + 1, [len(order)]))
    records = map_bytes(path)
    ends = spool.record_ends
    tied = np.flatnonzero(np.diff(starts) > 1)
    for start, end in zip(starts[tied].tolist(), starts[tied + 1].tolist(), strict=True):
        numbers = order[start:end].tolist()
        numbers.sort(key=lambda number: bytes(records[ends[number] : ends[number + 1]]))
        order[start:end] = numbers
    return order


def _write_documents(directory: Path, spool: _Spool, order: npt.NDArray[np.intp]) -> None:
    write_array(directory / "kinds", np.asarray(spool.kinds)[order])
    write_array(directory / "scores", np.asarray(spool.scores)[order])
    ends = np.asarray(spool.record_ends)
    lengths = np.diff(ends)[order]
    write_array(directory / "record-offsets", _starts_of(lengths, np.uint64))
    records = map_bytes(directory / _SPOOL)
    starts = ends[:-1][order]
    with (directory / "records").open("wb") as file:
        for first in range(0, len(order), _RECORDS_PER_WRITE):
            some = slice(first, first + _RECORDS_PER_WRITE)
            pairs = zip(starts[some].tolist(), (starts[some] + lengths[some]).tolist(), strict=True)
            file.write(b"".join([records[start:end] for start, end in pairs]))


def _starts_of(lengths: npt.NDArray[np.generic], kind: type[np.generic]) -> npt.NDArray[np.generic]:
    """Return where each of these stretches starts, and where the last one ends."""
    starts = np.zeros(len(lengths) + 1, kind)
    np.cumsum(lengths, out=starts[1:])
    return starts


def _write_keys(
    directory: Path,
    name: str,
    hashes: npt.NDArray[np.uint32],
    ranks: npt.NDArray[np.uint32],
) -> None:
    order = np.lexsort((ranks, hashes))
    write_array(directory / f"{name}-hashes", hashes[order])
    write_array(directory / f"{name}-documents", ranks[order])


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
    return Lexicon(tokens), _scatter(every_rank, map(vocabulary.__getitem__, tokens))


def _scatter(values: npt.NDArray[np.uint32], places: Iterable[int]) -> npt.NDArray[np.uint32]:
    """Return the values, each put at its place; the places are a permutation."""
    scattered = np.empty_like(values)
    scattered[np.fromiter(places, np.intp, len(values))] = values
    return scattered


def _write_filter(directory: Path, lexicon: Lexicon) -> None:
    hashes = hash_letter_prefixes(lexicon.text, lexicon.starts)
    prefixes = PrefixFilter.sized_for(len(hashes))
    prefixes.add(hashes)
    write_array(directory / "prefix-filter", prefixes.bits)


def _write_postings(
    directory: Path,
    spool: _Spool,
    ranks: npt.NDArray[np.uint32],
    token_ranks: npt.NDArray[np.uint32],
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Write the postings in token order, ascending inside a token; return them and their offsets.

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
    write_array(directory / "postings", postings)
    write_array(directory / "token-offsets", offsets.astype(np.uint32))
    return postings, offsets.astype(np.uint32)

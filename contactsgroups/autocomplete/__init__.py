"""Completions of a million addresses in microseconds: the index engine, free of SQL and Flask.

One ``Shard`` serves one mail domain. It reads a *generation*, immutable memory-mapped files that
every worker process shares, and applies an *overlay* of recent changes. The database is
authoritative; the index can always be built again from it.

Life of a shard, from the caller's side::

    build_generation(directory, entries, position=1042, epoch="7f3a")   # once, or in background
    shard = Shard.open(directory, epoch="7f3a")       # IndexMissing, IndexDamaged, IndexOutdated
    shard.apply(changes, position=1050)               # changes of the journal after 1042
    shard.complete("anna mue", limit=10)              # -> list[Completion], best first
    shard.refresh()                                   # adopt what another process has built

Signatures (types, units and errors are in the docstring of each)::

    Entry(identity: str, kind: EntryKind, name: str, address: str, score: int, payload: str)
    EntryKind.GROUP | .ACCOUNT | .CONTACT
    Upsert(entry: Entry), Remove(identity: str)

    build_generation(directory: Path, entries: Iterable[Entry], *, position: int, epoch: str,
                     progress: Callable[[Progress], None] | None = None,
                     thresholds: Thresholds = Thresholds()) -> Path

    Shard.open(directory: Path, *, epoch: str | None = None, verify: bool = True,
               thresholds: Thresholds = Thresholds()) -> Shard
    shard.position: int          the journal sequence the index is up to
    shard.epoch: str             the epoch of the journal that the generation was built from
    shard.apply(changes: Sequence[Upsert | Remove], position: int) -> None
                                 flushes a large overlay into files, in the background
    shard.refresh() -> bool      True if a newer generation was adopted
    shard.complete(query: Query | str, *, limit: int = 10,
                   kinds: frozenset[EntryKind] | None = None,
                   personal: PersonalTable | None = None,
                   corrections: bool = True) -> list[Completion]
    shard.find(identity: str) -> Entry | None
    shard.entries() -> Iterator[Entry]        every live entry, for verification
    shard.statistics() -> Statistics          counts, sizes, and whether a rebuild is due
    shard.wait_for_flush() -> None            wait for the flush under way, if there is one
    shard.close() -> None                     the same, when done with the shard

    complete(shards: Sequence[Shard], query, *, limit, kinds, personal, corrections)
                                 the same question to several shards, one merged answer
    scan(entries, query, *, limit, kinds, personal)
                                 without an index, in one pass over all entries
    explain(query, match, name, address) -> Explanation
                                 how a completion matches: the kind, the letters in what is shown;
                                 ``Explainer(query)`` does so for all that a query has found
    PersonalTable(boosts: Mapping[str, int], own: Iterable[Entry] = (), home: str | None = None)
                                 one account's usage (identity -> boost >= 0), own contacts
    parse_query(text: str) -> Query           fold once, ask several shards
    plain_spelling(spelling: str) -> str      a spelling of a query's word as it was typed
    traces_of(spelling: str) -> Traces        what to look for in a database instead

A shard is safe for any number of reading threads beside one that applies changes. Several worker
processes may share one directory: each follows the journal by itself with ``apply``.
"""

from contactsgroups.autocomplete.disk.building import Progress
from contactsgroups.autocomplete.entry import (
    Change,
    Completion,
    Entry,
    EntryKind,
    Match,
    Remove,
    Upsert,
    completion_of,
    with_payload,
)
from contactsgroups.autocomplete.errors import (
    AutocompleteError,
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    IndexOutdated,
    IndexUnusable,
)
from contactsgroups.autocomplete.explaining import Explainer, Explanation, MatchKind, explain
from contactsgroups.autocomplete.personal import PersonalTable
from contactsgroups.autocomplete.scanning import scan
from contactsgroups.autocomplete.shard import Shard, Statistics, complete
from contactsgroups.autocomplete.state import build_generation
from contactsgroups.autocomplete.thresholds import Thresholds
from contactsgroups.autocomplete.words.joining import SEPARATORS
from contactsgroups.autocomplete.words.own_words import plain_spelling
from contactsgroups.autocomplete.words.query import Query, parse_query
from contactsgroups.autocomplete.words.traces import WRITTEN_OUT, Traces, traces_of

__all__ = [
    "SEPARATORS",
    "WRITTEN_OUT",
    "AutocompleteError",
    "Change",
    "Completion",
    "Entry",
    "EntryKind",
    "Explainer",
    "Explanation",
    "IndexBusy",
    "IndexDamaged",
    "IndexMissing",
    "IndexOutdated",
    "IndexUnusable",
    "Match",
    "MatchKind",
    "PersonalTable",
    "Progress",
    "Query",
    "Remove",
    "Shard",
    "Statistics",
    "Thresholds",
    "Traces",
    "Upsert",
    "build_generation",
    "complete",
    "completion_of",
    "explain",
    "parse_query",
    "plain_spelling",
    "scan",
    "traces_of",
    "with_payload",
]

"""The whole path of a key press: this engine, and SQLite's full-text index doing the same job.

Both have the directory, the changes since, one account's own contacts and usage. Both are asked
with the text as it is typed, order by kind of match and by score, and answer with the same JSON.
Correction of typing errors is left out, since FTS5 has none.
"""

import random
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple, Protocol

from contactsgroups.autocomplete import (
    Entry,
    EntryKind,
    Match,
    PersonalTable,
    Remove,
    Shard,
    Upsert,
    parse_query,
)
from contactsgroups.autocomplete.entry import Completion, completion_of
from contactsgroups.autocomplete.words.query import Query
from contactsgroups.autocomplete.words.terms import BY_WORDS, OF_ONES_OWN, Terms, terms_of
from contactsgroups.autocomplete.words.tokens import MARKS, WHOLE_MARK, local_key, tokens_of
from tests.bench.autocomplete.peers import LIMIT, Comparison
from tests.bench.autocomplete.questions import Question

NAME = "this engine, whole path"
NAME_UNCORRECTED = "this engine, whole path without correction"
PEER = "SQLite FTS5, whole path without correction"
PEER_NEEDS = "fts5"
"""The name by which the peer is chosen."""

_CHANGED, _REMOVED, _BOOSTED, _OWN = 460, 40, 500, 460


_Row = tuple[int, int, str, str, str, str]
"""Minus the score, whether it is no group, name, address, identity and payload."""


class Typed(Protocol):
    """Something that is asked with the text as it is typed."""

    def ask(self, text: str) -> str: ...


class Account(NamedTuple):
    """What changed since the directory was indexed, and what one account has of its own."""

    upserts: list[Entry]
    removed: list[str]
    boosts: dict[str, int]
    own: list[Entry]


def make_account(documents: list[Entry]) -> Account:
    """Return changes of a directory, and own contacts and usage of an account of it."""
    chance = random.Random(4)
    chosen = iter(chance.sample(documents, _CHANGED + _REMOVED + _BOOSTED + _OWN))
    upserts = [next(chosen) for _ in range(_CHANGED)]
    removed = [*documents[: _REMOVED // 2], *[next(chosen) for _ in range(_REMOVED // 2)]]
    gone = {entry.identity for entry in removed}
    used = [
        entry for entry in (next(chosen) for _ in range(_BOOSTED)) if entry.identity not in gone
    ]
    own = [
        entry._replace(identity=f"own:{entry.identity}", kind=EntryKind.CONTACT)
        for entry in (next(chosen) for _ in range(_OWN))
    ]
    return Account(
        [entry._replace(score=entry.score + 1) for entry in upserts if entry.identity not in gone],
        sorted(gone),
        {entry.identity: chance.randrange(10_000) for entry in [*used, *own]},
        own,
    )


class WholePath:
    """Fold, base, overlay of 500 changes, 500 own contacts, 500 boosts, payloads joined."""

    def __init__(self, index: Path, account: Account, *, corrections: bool) -> None:
        self._shard = Shard.open(index)
        upserts = [Upsert(entry) for entry in account.upserts]
        self._shard.apply([*upserts, *map(Remove, account.removed)], 2)
        self._personal = PersonalTable(account.boosts, account.own)
        self._corrections = corrections

    def ask(self, text: str) -> str:
        found = self._shard.complete(
            text, limit=LIMIT, personal=self._personal, corrections=self._corrections
        )
        return "[" + ",".join([completion.payload for completion in found]) + "]"


class FTS5WholePath:
    """Full-text tables of the directory and of the account, each in rank order by its rowid.

    Changes of the directory are in its table, which is how FTS5 would have them. The tables have
    the tokens of this engine, and are asked for its kinds of match one after the other.
    """

    def __init__(self, directory: Path, documents: Iterable[Entry], account: Account) -> None:
        start = time.perf_counter()
        self._connection = sqlite3.connect(directory / "whole-path.sqlite")
        self._execute = self._connection.execute
        gone = {*account.removed, *[entry.identity for entry in account.upserts]}
        kept = [entry for entry in documents if entry.identity not in gone]
        self._fill("directory", _ranked([*kept, *account.upserts], {}))
        live = {entry.identity: entry for entry in [*kept, *account.upserts]}
        used = [live[identity] for identity in account.boosts if identity in live]
        self._fill("own", _ranked([*used, *account.own], account.boosts))
        self._connection.commit()
        self.build_seconds = time.perf_counter() - start

    def close(self) -> None:
        self._connection.close()

    def _fill(self, table: str, ranked: list[tuple[Completion, Entry]]) -> None:
        # The longest word that is asked for has eight letters, and up to two marks before them.
        prefixes = " ".join(map(str, range(1, 11)))
        marks = MARKS + WHOLE_MARK + "."  # The last one ends some tokens of consonants.
        self._execute(
            f"CREATE VIRTUAL TABLE {table}_tokens USING fts5(tokens, content='', detail=none, "
            f"prefix='{prefixes}', "
            f"""tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* Co' """
            f"""tokenchars '{marks}'")"""
        )
        self._execute(
            f"CREATE TABLE {table} (rank INTEGER PRIMARY KEY, score INTEGER, person INTEGER, "
            "name TEXT, address TEXT, identity TEXT, payload TEXT, local_part TEXT)"
        )
        self._connection.executemany(
            f"INSERT INTO {table}_tokens (rowid, tokens) VALUES (?, ?)",
            ((rank, " ".join(tokens_of(entry))) for rank, (_, entry) in enumerate(ranked)),
        )
        self._connection.executemany(
            f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (rank, *found[1:2], *found[3:7], found.payload, local_key(found.address))
                for rank, (found, _) in enumerate(ranked)
            ),
        )
        self._execute(f"CREATE INDEX {table}_local_part ON {table} (local_part, rank)")
        self._execute(f"INSERT INTO {table}_tokens ({table}_tokens) VALUES ('optimize')")

    def ask(self, text: str) -> str:
        query = parse_query(text)
        answer: dict[str, str] = {}
        for rows in self._by_match(query):
            for *_, identity, payload in rows:
                answer.setdefault(identity, payload)
                if len(answer) == LIMIT:
                    return "[" + ",".join(answer.values()) + "]"
        return "[" + ",".join(answer.values()) + "]"

    def _by_match(self, query: Query) -> Iterator[list[_Row]]:
        """Yield what each kind of match finds in both tables, in order."""
        if query.local_part is not None:
            yield sorted(
                chain(*[self._with_local_part(table, query) for table in ("directory", "own")])
            )
        for match in BY_WORDS:
            terms = terms_of(query, match)
            if terms:
                own = terms_of(query, OF_ONES_OWN[match])
                yield sorted([*self._found("directory", terms), *self._found("own", own)])

    def _with_local_part(self, table: str, query: Query) -> list[_Row]:
        return self._execute(
            f"SELECT score, person, name, address, identity, payload FROM {table} "
            "WHERE local_part = ? ORDER BY rank LIMIT ?",
            (query.local_part, LIMIT),
        ).fetchall()

    def _found(self, table: str, terms: Terms) -> list[_Row]:
        # Twice as many of the account's own, since a contact may be in the directory as well.
        return self._execute(
            f"SELECT score, person, name, address, identity, payload FROM {table}_tokens AS found "
            f"JOIN {table} ON {table}.rank = found.rowid "
            f"WHERE {table}_tokens MATCH ? ORDER BY found.rowid LIMIT ?",
            (_expression(terms), LIMIT if table == "directory" else 2 * LIMIT),
        ).fetchall()


def _ranked(entries: Iterable[Entry], boosts: dict[str, int]) -> list[tuple[Completion, Entry]]:
    """Return entries in rank order."""
    found = [
        (completion_of(entry, Match.WORD, boosts.get(entry.identity, 0)), entry)
        for entry in entries
    ]
    return sorted(found)


def _expression(terms: Terms) -> str:
    """Return terms as FTS5 writes them: all of them, of each any alternative."""
    return " AND ".join(["(" + " OR ".join(map(_phrase, term)) + ")" for term in terms])


def _phrase(spelling: str) -> str:
    return f'"{spelling}"' if spelling[-1] == WHOLE_MARK else f'"{spelling}"*'


def compare(
    peer: FTS5WholePath, engine: WholePath, asked: Mapping[str, Sequence[Question]]
) -> Comparison:
    """Return how many of the peer's answers are not those of the engine without correction."""
    texts = [" ".join(words) for some in asked.values() for words in some]
    differing = sum(peer.ask(text) != engine.ask(text) for text in texts)
    return Comparison(len(texts), differing, peer.build_seconds)

"""The peers: each holds the same documents and answers with the ids of the ten best.

Document ids are ranks, so every peer is asked for the ten smallest ids. Tokens are given to all of
them ready made, so none is charged for folding.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

import psycopg
import tantivy

from tests.bench.autocomplete.questions import Question
from tests.servers.postgresql import PostgreSQLServer
from tests.servers.program import state_directory

LIMIT = 10

Document = tuple[int, tuple[str, ...]]
"""Rank and tokens."""


class Comparison(NamedTuple):
    """A peer's answers beside ours."""

    compared: int
    differing: int
    build_seconds: float


class Peer(Protocol):
    """Something that can be filled once and asked often."""

    name: str
    questions: int
    """How many questions of a class are asked; slow peers are asked fewer."""

    def build(self, documents: Iterable[Document]) -> None: ...

    def ask(self, words: Question) -> list[int]: ...

    def close(self) -> None: ...


class FTS5:
    """SQLite's full-text index with the rank as rowid and prefix indexes: the honest peer."""

    name = "SQLite FTS5, rowid = rank"
    questions = 1_000

    def __init__(self, directory: Path) -> None:
        self._connection = sqlite3.connect(directory / "fts5.sqlite")

    def close(self) -> None:
        self._connection.close()

    def build(self, documents: Iterable[Document]) -> None:
        prefixes = " ".join(map(str, range(1, 9)))
        self._connection.execute(
            "CREATE VIRTUAL TABLE entry USING fts5(tokens, content='', detail=none, "
            f"""prefix='{prefixes}', tokenize="unicode61 remove_diacritics 0")"""
        )
        self._connection.executemany(
            "INSERT INTO entry(rowid, tokens) VALUES (?, ?)",
            ((rank + 1, " ".join(tokens)) for rank, tokens in documents),
        )
        self._connection.execute("INSERT INTO entry(entry) VALUES ('optimize')")
        self._connection.commit()

    def ask(self, words: Question) -> list[int]:
        rows = self._connection.execute(
            "SELECT rowid FROM entry WHERE entry MATCH ? ORDER BY rowid LIMIT ?",
            (" ".join(f'"{word}"*' for word in words), LIMIT),
        )
        return [rowid - 1 for (rowid,) in rows]


class TokenTable:
    """SQLite with one row per token, LIKE 'x%' turned into a range on its index."""

    name = "SQLite token table, LIKE 'x%'"
    questions = 20

    def __init__(self, directory: Path) -> None:
        self._connection = sqlite3.connect(directory / "tokens.sqlite")

    def close(self) -> None:
        self._connection.close()

    def build(self, documents: Iterable[Document]) -> None:
        self._connection.execute("PRAGMA case_sensitive_like = ON")
        self._connection.execute(
            "CREATE TABLE token (token TEXT, rank INTEGER, PRIMARY KEY (token, rank)) WITHOUT ROWID"
        )
        rows = sorted((token, rank) for rank, tokens in documents for token in tokens)
        self._connection.executemany("INSERT INTO token VALUES (?, ?)", rows)
        self._connection.commit()

    def ask(self, words: Question) -> list[int]:
        # LIKE with a bound parameter cannot use the index, so the pattern stands in the text;
        # folded words hold no quote and no wildcard.
        one = "SELECT rank FROM token WHERE token LIKE '{}%'"
        query = " INTERSECT ".join(one.format(word) for word in words)
        rows = self._connection.execute(
            f"SELECT DISTINCT rank FROM ({query}) ORDER BY rank LIMIT {LIMIT}"
        )
        return [rank for (rank,) in rows]


class Like:
    """SQLite and LIKE '%x%' over the whole table, as many webmails do."""

    name = "SQLite LIKE '%x%'"
    questions = 10

    def __init__(self, directory: Path) -> None:
        self._connection = sqlite3.connect(directory / "like.sqlite")

    def close(self) -> None:
        self._connection.close()

    def build(self, documents: Iterable[Document]) -> None:
        self._connection.execute("PRAGMA case_sensitive_like = ON")
        self._connection.execute("CREATE TABLE entry (rank INTEGER PRIMARY KEY, tokens TEXT)")
        self._connection.executemany(
            "INSERT INTO entry VALUES (?, ?)",
            ((rank, "".join(f" {token}" for token in tokens)) for rank, tokens in documents),
        )
        # The order by score is not the order of the table in any real system.
        self._connection.commit()

    def ask(self, words: Question) -> list[int]:
        conditions = " AND ".join("tokens LIKE ?" for _ in words)
        rows = self._connection.execute(
            f"SELECT rank FROM entry WHERE {conditions} ORDER BY +rank LIMIT {LIMIT}",
            [f"% {word}%" for word in words],
        )
        return [rank for (rank,) in rows]


class PostgreSQL:
    """PostgreSQL with one row per token and an index with text_pattern_ops."""

    name = "PostgreSQL, text_pattern_ops"
    questions = 20

    def __init__(self, server: PostgreSQLServer) -> None:
        self._connection = psycopg.connect(
            host=str(server.socket_directory), user="postgres", dbname="postgres", autocommit=True
        )

    def close(self) -> None:
        self._connection.close()

    def build(self, documents: Iterable[Document]) -> None:
        execute = self._connection.execute
        execute("DROP TABLE IF EXISTS token")
        execute("CREATE UNLOGGED TABLE token (token text NOT NULL, rank integer NOT NULL)")
        with self._connection.cursor().copy("COPY token FROM STDIN") as copy:
            for row in _rows(documents):
                copy.write_row(row)
        execute("CREATE INDEX ON token (token text_pattern_ops, rank)")
        execute("VACUUM ANALYZE token")

    def ask(self, words: Question) -> list[int]:
        one = "SELECT rank FROM token WHERE token LIKE '{}%'"
        query = " INTERSECT ".join(one.format(word) for word in words)
        rows = self._connection.execute(
            f"SELECT DISTINCT rank FROM ({query}) AS found ORDER BY rank LIMIT {LIMIT}"
        )
        return [rank for (rank,) in rows]


class Tantivy:
    """The Rust search library, prefixes as regular expressions, ordered by a fast field."""

    name = "tantivy"
    questions = 50

    def __init__(self, directory: Path) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("token", tokenizer_name="whitespace", index_option="basic")
        builder.add_integer_field("rank", stored=True, fast=True)
        self._schema = builder.build()
        path = directory / "tantivy"
        path.mkdir()
        self._index = tantivy.Index(self._schema, path=str(path))

    def build(self, documents: Iterable[Document]) -> None:
        writer = self._index.writer(heap_size=256_000_000, num_threads=1)
        for rank, tokens in documents:
            writer.add_document(tantivy.Document(token=[" ".join(tokens)], rank=rank))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def close(self) -> None:
        """Do nothing: the files are removed with their directory."""

    def ask(self, words: Question) -> list[int]:
        terms = [
            (tantivy.Occur.Must, tantivy.Query.regex_query(self._schema, "token", f"{word}.*"))
            for word in words
        ]
        found = self._searcher.search(
            tantivy.Query.boolean_query(terms),
            LIMIT,
            count=False,
            order_by_field="rank",
            order=tantivy.Order.Asc,
        )
        return [self._searcher.doc(address)["rank"][0] for _, address in found.hits]


def _rows(documents: Iterable[Document]) -> Iterator[tuple[str, int]]:
    return ((token, rank) for rank, tokens in documents for token in tokens)


_EMBEDDED: dict[str, Callable[[Path], Peer]] = {
    "fts5": FTS5,
    "token-table": TokenTable,
    "like": Like,
    "tantivy": Tantivy,
}
NAMES = (*_EMBEDDED, "postgresql")


@contextmanager
def opened(names: Collection[str], directory: Path) -> Iterator[list[Peer]]:
    """Yield these peers, empty; the honest one comes first. PostgreSQL gets a server of its own."""
    with ExitStack() as stack:
        peers = [make(directory) for name, make in _EMBEDDED.items() if name in names]
        if "postgresql" in names:
            server = PostgreSQLServer(stack.enter_context(state_directory("bench")))
            stack.callback(server.stop)
            server.wait_until_ready()
            peers.append(PostgreSQL(server))
        for peer in peers:
            stack.callback(peer.close)
        yield peers

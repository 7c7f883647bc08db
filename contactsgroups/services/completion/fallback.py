"""Answers from the database while an index is being built: slower, but equal."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache

from sqlalchemy import ColumnElement, Function, LargeBinary, and_, cast, func, or_, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from contactsgroups.autocomplete import (
    SEPARATORS,
    WRITTEN_OUT,
    Completion,
    Entry,
    EntryKind,
    PersonalTable,
    Query,
    parse_query,
    plain_spelling,
    scan,
    traces_of,
)
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Alias, Group
from contactsgroups.services.completion.entries import (
    SELECT_ACCOUNTS,
    SELECT_ALIASES,
    SELECT_GROUPS,
    entries_of,
    find_entries,
)
from contactsgroups.services.completion.recognition import complete_distinct

_MOST_WORDS = 4
"""The database looks for so many words, the longest; more would find little less, for much time."""


def complete_from_database(
    database: Database,
    domain_ids: Collection[int],
    query: Query | str,
    *,
    limit: int,
    kinds: frozenset[EntryKind] | None,
    personal: PersonalTable,
    tagged: Mapping[str, str],
) -> list[Completion]:
    """Return what the index would answer, without corrections of typing errors."""
    parsed = parse_query(query) if isinstance(query, str) else query
    with database.read() as session:

        def ask(size: int) -> list[Completion]:
            candidates = _candidates(session, domain_ids, parsed)
            return scan(candidates, parsed, limit=size, kinds=kinds, personal=personal)

        @cache
        def find(address: str) -> Entry | None:
            return find_entries(session, domain_ids, [address]).get(address)

        return complete_distinct(ask, find, tagged, limit)


def _candidates(session: Session, domain_ids: Collection[int], query: Query) -> Iterator[Entry]:
    """Return every entry that may match.

    The database filters only names in plain ASCII: those without the typed letters cannot match.
    How other names are spelled in ASCII only the engine knows.
    """
    groups = SELECT_GROUPS.where(Group.domain_id.in_(domain_ids))
    may_match = _may_match(session, query, Account.display_name, Account.address)
    accounts = SELECT_ACCOUNTS.where(Account.domain_id.in_(domain_ids), may_match)
    by_alias = _may_match(session, query, Alias.address)
    aliases = SELECT_ALIASES.where(Alias.domain_id.in_(domain_ids), by_alias)
    yield from entries_of(session, groups, accounts, aliases)


def _may_match(
    session: Session, query: Query, *columns: InstrumentedAttribute[str]
) -> ColumnElement[bool]:
    telling = sorted(query.words, key=lambda word: min(map(len, word)), reverse=True)[:_MOST_WORDS]
    words = (or_(*(_has_traces(spelling, columns) for spelling in word)) for word in telling)
    return or_(
        *(_is_beyond_ascii(session, column) for column in columns),
        # Apostrophes and a comma change how words are joined; a domain is found by its U-labels.
        *(column.contains(mark) for column in columns for mark in "'`,"),
        columns[-1].contains("xn--"),
        and_(*words),
    )


def _has_traces(
    spelling: str, columns: Collection[InstrumentedAttribute[str]]
) -> ColumnElement[bool]:
    traces = traces_of(plain_spelling(spelling))
    if traces is None:
        return true()
    joined = [_without_separators(column) for column in columns]
    return or_(
        *(_contains(func.lower(column), trace) for column in columns for trace in traces.written),
        *(_contains(text, trace) for text in joined for trace in traces.joined),
        *(_contains(_shortened(text), trace) for text in joined for trace in traces.shortened),
    )


def _contains(text: Function[str], trace: str) -> ColumnElement[bool]:
    return text.contains(trace, autoescape=True)


def _without_separators(column: InstrumentedAttribute[str]) -> Function[str]:
    text = func.lower(column)
    for separator in SEPARATORS:
        text = func.replace(text, separator, "")
    return text


def _shortened(text: Function[str]) -> Function[str]:
    for written_out, short in WRITTEN_OUT:
        text = func.replace(text, written_out, short)
    return text


def _is_beyond_ascii(session: Session, column: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """In UTF-8, only such a text has more octets than characters."""
    if session.get_bind().dialect.name == "sqlite":
        return func.length(cast(column, LargeBinary)) > func.length(column)
    return func.octet_length(column) > func.char_length(column)

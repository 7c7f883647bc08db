"""Answers from the database while an index is being built: slower, but equal."""

from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, LargeBinary, and_, cast, func, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from contactsgroups.autocomplete import (
    Completion,
    Entry,
    EntryKind,
    PersonalTable,
    Query,
    parse_query,
    plain_spelling,
    scan,
)
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Group
from contactsgroups.services.completion.entries import (
    SELECT_ACCOUNTS,
    SELECT_GROUPS,
    entries_of,
    find_entries,
)
from contactsgroups.services.completion.recognition import recognise


def complete_from_database(
    database: Database,
    domain_ids: Collection[int],
    query: str,
    *,
    limit: int,
    kinds: frozenset[EntryKind] | None,
    personal: PersonalTable,
) -> list[Completion]:
    """Return what the index would answer, without corrections of typing errors."""
    parsed = parse_query(query)
    with database.read() as session:
        candidates = _candidates(session, domain_ids, parsed)
        found = scan(candidates, parsed, limit=limit, kinds=kinds, personal=personal)
        contacts = [each.identity for each in found if each.kind is EntryKind.CONTACT]
        return recognise(found, find_entries(session, domain_ids, contacts).get)


def _candidates(session: Session, domain_ids: Collection[int], query: Query) -> Iterator[Entry]:
    """Return every entry that may match.

    The database filters only names in plain ASCII: those without the typed letters cannot match.
    How other names are spelled in ASCII only the engine knows.
    """
    groups = SELECT_GROUPS.where(Group.domain_id.in_(domain_ids))
    may_match = _may_match(session, query)
    accounts = SELECT_ACCOUNTS.where(Account.domain_id.in_(domain_ids), may_match)
    yield from entries_of(session, groups, accounts)


def _may_match(session: Session, query: Query) -> ColumnElement[bool]:
    words = (or_(*(_contains(spelling) for spelling in word)) for word in query.words)
    return or_(
        _is_beyond_ascii(session, Account.display_name),
        _is_beyond_ascii(session, Account.address),
        # A word with an apostrophe is also found without it, and a domain by its U-labels.
        Account.display_name.contains("'"),
        Account.address.contains("'"),
        Account.address.contains("xn--"),
        and_(*words),
    )


def _contains(spelling: str) -> ColumnElement[bool]:
    pattern = plain_spelling(spelling).lower()
    return or_(
        func.lower(Account.display_name).contains(pattern, autoescape=True),
        Account.address.contains(pattern, autoescape=True),
    )


def _is_beyond_ascii(session: Session, column: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """In UTF-8, only such a text has more octets than characters."""
    if session.get_bind().dialect.name == "sqlite":
        return func.length(cast(column, LargeBinary)) > func.length(column)
    return func.octet_length(column) > func.char_length(column)

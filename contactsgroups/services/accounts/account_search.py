"""Which accounts have words that begin so: found by an index, however many accounts there are."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from contactsgroups.domain.text import fold, words_in
from contactsgroups.persistence.models import Account, AccountWord, DomainRow
from contactsgroups.services.unit_of_work.account_words import WORD_LIMIT

_LAST = "\U0010ffff"
"""Behind everything that begins with a word."""


def has_word(session: Session, text: str) -> ColumnElement[bool]:
    """Return the condition that an account is found by a text without spaces.

    It begins a word of the name or of the address before the @, or it is in the domain; with an @,
    the first is said of what is before it, and what is behind begins the domain.
    """
    folded = fold(text)
    before, at, behind = folded.rpartition("@")
    name = DomainRow.name
    is_meant = (
        name.startswith(behind, autoescape=True) if at else name.contains(folded, autoescape=True)
    )
    ids = session.scalars(select(DomainRow.id).where(is_meant)).all()
    parts = words_in(before if at else folded)
    if not parts and not at:
        return Account.search_text.contains(folded, autoescape=True)
    named = Account.address.in_(addresses_with(parts)) if parts else true()
    if at:
        return and_(Account.domain_id.in_(ids), named)
    # Of a condition that is never met, PostgreSQL concludes that it has to look at every account.
    return or_(Account.domain_id.in_(ids), named) if ids else named


def addresses_with(parts: Collection[str], readable: Collection[int] | None = None) -> Select[str]:
    """Select the addresses of accounts that have words which begin with all of the parts.

    Args:
        parts: folded words, one at least.
        readable: the ids of the domains that are searched; None for all.
    """
    first, *others = (each[:WORD_LIMIT] for each in sorted(parts, key=len, reverse=True))
    statement = select(AccountWord.address).where(begins(AccountWord.word, first))
    if readable is not None:
        statement = statement.where(AccountWord.domain_id.in_(readable))
    for each in others:
        more = select(AccountWord.address).where(begins(AccountWord.word, each))
        statement = statement.where(AccountWord.address.in_(more))
    return statement


def begins(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    """Return the condition that a text begins so, as a range, which every database's index has."""
    return and_(column >= text, column < text + _LAST)

"""The shared address book of mail groups, as each principal may see it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Account, Card
from contactsgroups.persistence.queries import chunked
from contactsgroups.services.accounts.sharing import visible_from
from contactsgroups.services.card_search import CardQuery, condition_of


@dataclass(frozen=True, slots=True)
class BookState:
    """The state of a book at one moment.

    ``epoch`` changes with a new database; ``changed_at`` is None if there never was a card.
    """

    domain_ids: tuple[int, ...]
    """The domains whose groups are in the book."""
    epoch: str
    sequence: int
    changed_at: datetime | None

    @property
    def token(self) -> str:
        """The sync token and ctag of this state (RFC 6578)."""
        return f"{self.scope}{self.sequence}"

    @property
    def scope(self) -> str:
        """What tokens must have in common to be compared.

        A newly shared domain brings cards that changed long ago, so clients must synchronise from
        the beginning.
        """
        return f"{self.epoch}-{'.'.join(map(str, self.domain_ids))}-"


@dataclass(frozen=True, slots=True)
class CardView:
    """A card, name and address case-folded; ``text`` is empty in a listing."""

    uid: str
    etag: str
    name_folded: str
    address: str
    changed_at: datetime
    text: str = ""

    @property
    def href(self) -> str:
        """The card's name in its book."""
        return f"{self.uid}.vcf"


def open_book(database: Database, principal: str) -> BookState | None:
    """Return the current state of the book of an active account; None if there is no such account.

    Args:
        principal: the account's normalised address.
    """
    (epoch, _), _ = database.read_end()
    with database.read() as session:
        domain_id = session.scalar(
            select(Account.domain_id).where(Account.address == principal, Account.active)
        )
        if domain_id is None:
            return None
        domain_ids = tuple(visible_from(session, domain_id))
        sequence, changed_at = _last_change(session, domain_ids)
        return BookState(domain_ids, epoch, sequence, changed_at)


def list_cards(database: Database, book: BookState) -> list[CardView]:
    """Return all cards without their texts, in the order of their UIDs."""
    return _select_cards(database, _listing(book))


def read_cards(
    database: Database, book: BookState, uids: Collection[str] | None = None
) -> list[CardView]:
    """Return cards with their texts: all of the book, or those of ``uids`` that exist."""
    if uids is None:
        return _select_cards(database, _texts(book))
    return [
        card
        for some in chunked(sorted(uids))
        for card in _select_cards(database, _select_by_uid(book, some))
    ]


def find_cards(database: Database, book: BookState, query: CardQuery) -> list[CardView]:
    """Return the cards that match a query, with their texts."""
    return _select_cards(database, _texts(book, condition_of(query)))


def list_changes(database: Database, book: BookState, token: str) -> list[str]:
    """Return the hrefs of cards that changed or were removed since ``token``.

    Raises:
        InvalidInput: the token is not of this book, or of an earlier database.
    """
    since = _parse_token(book, token)
    statement = (
        select(Card.uid)
        .where(Card.domain_id.in_(book.domain_ids), Card.changed_at_sequence > since)
        .order_by(Card.uid)
    )
    with database.read() as session:
        return [f"{uid}.vcf" for uid in session.scalars(statement)]


def _card_columns(*columns: Any) -> Select[Any]:
    """Select columns instead of entities: a book may have ten thousand cards."""
    named = (Card.uid, Card.etag, Card.name_folded, Card.address, Card.changed_at, *columns)
    return select(*named).order_by(Card.uid)


def _listing(book: BookState, *columns: Any) -> Select[Any]:
    return _card_columns(*columns).where(
        Card.domain_id.in_(book.domain_ids), Card.deleted.is_(False)
    )


def _texts(book: BookState, *conditions: ColumnElement[bool]) -> Select[Any]:
    return _listing(book, Card.text).where(*conditions)


def _select_by_uid(book: BookState, uids: Sequence[str]) -> Select[Any]:
    # The "+ 0" keeps SQLite from using the index of the domain, which would visit all cards.
    return _card_columns(Card.text).where(
        Card.uid.in_(uids), (Card.domain_id + 0).in_(book.domain_ids), Card.deleted.is_(False)
    )


def _select_cards(database: Database, statement: Select[Any]) -> list[CardView]:
    with database.read() as session:
        return [CardView(*row) for row in session.execute(statement)]


def _last_change(session: Session, domain_ids: Sequence[int]) -> tuple[int, datetime | None]:
    statement = (
        select(Card.changed_at_sequence, Card.changed_at)
        .where(Card.domain_id.in_(domain_ids))
        .order_by(Card.changed_at_sequence.desc())
        .limit(1)
    )
    last = session.execute(statement).first()
    return (last.changed_at_sequence, last.changed_at) if last else (0, None)


def _parse_token(book: BookState, token: str) -> int:
    sequence = token.removeprefix(book.scope)
    is_number = sequence.isascii() and sequence.isdecimal()
    if not is_number or sequence == token or int(sequence) > book.sequence:
        raise InvalidInput("the sync token is unknown or has expired", field="token")
    return int(sequence)

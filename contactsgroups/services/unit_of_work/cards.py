"""The cards of groups, rendered once per change and kept for address books."""

import hashlib
from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from contactsgroups.domain.text import casemap
from contactsgroups.domain.vcard import GroupCard, render
from contactsgroups.persistence.models import Card, Group
from contactsgroups.persistence.queries import scalars_where
from contactsgroups.services import pictures


def refresh(session: Session, ids: Collection[int], sequence: int) -> None:
    """Bring the cards of groups up to date; unchanged ones keep their etag and place."""
    statement = select(Group).options(undefer(Group.picture))
    groups = list(scalars_where(session, statement, Group.id, ids))
    cards = _read(session, [group.uuid for group in groups])
    for group in groups:
        card = cards.get(group.uuid)
        if group.is_listed:
            _publish(session, group, card, sequence)
        elif card is not None:
            _withdraw(card, sequence)


def withdraw(session: Session, uids: Collection[str], sequence: int) -> None:
    """Leave tombstones, so that clients that have the cards learn that they are gone."""
    for card in _read(session, uids).values():
        _withdraw(card, sequence)


def _read(session: Session, uids: Collection[str]) -> dict[str, Card]:
    return {card.uid: card for card in scalars_where(session, select(Card), Card.uid, uids)}


def _withdraw(card: Card, sequence: int) -> None:
    if card.deleted:
        return
    card.deleted, card.text, card.etag = True, "", ""
    _stamp(card, sequence)


def _publish(session: Session, group: Group, card: Card | None, sequence: int) -> None:
    text = text_of(group)
    etag = hashlib.sha256(text.encode()).hexdigest()[:32]
    if card is None:
        card = Card(uid=group.uuid, domain_id=group.domain_id)
        session.add(card)
    elif card.etag == etag:
        return
    card.domain_id, card.deleted = group.domain_id, False
    card.text, card.etag = text, etag
    # Clients search what the card shows, not the normalised address.
    card.name_folded = casemap(group.shown_name)[:255]
    card.address = casemap(group.original)[:254]
    _stamp(card, sequence)


def text_of(group: Group) -> str:
    """Return the text of a group's card."""
    return render(
        GroupCard(
            uid=group.uuid,
            name=group.shown_name,
            address=group.original,
            note=group.description,
            picture=pictures.picture_of(group),
        )
    )


def _stamp(card: Card, sequence: int) -> None:
    card.changed_at_sequence = sequence
    card.changed_at = datetime.now(UTC)

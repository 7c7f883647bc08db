"""The cards of groups, rendered once per change and kept for address books."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from contactsgroups.domain.text import casemap
from contactsgroups.domain.vcard import GroupCard, render
from contactsgroups.persistence.models import Card, Group
from contactsgroups.services import pictures


def refresh(session: Session, groups: Iterable[Group], sequence: int) -> None:
    """Bring the cards of these groups up to date; unchanged ones keep their etag and place."""
    for group in groups:
        if group.is_listed:
            _publish(session, group, sequence)
        else:
            withdraw(session, group.uuid, sequence)


def withdraw(session: Session, uid: str, sequence: int) -> None:
    """Leave a tombstone, so that clients that have the card learn that it is gone."""
    card = session.get(Card, uid)
    if card is None or card.deleted:
        return
    card.deleted, card.text, card.etag = True, "", ""
    _stamp(card, sequence)


def _publish(session: Session, group: Group, sequence: int) -> None:
    text = text_of(group)
    etag = hashlib.sha256(text.encode()).hexdigest()[:32]
    card = session.get(Card, group.uuid)
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

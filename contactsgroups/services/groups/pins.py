"""Pinned accounts of a group that follows the directory: those always in it, and those never."""

from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.errors import ContactsGroupsError, InvalidAddress, InvalidInput
from contactsgroups.domain.group import PINS, GroupKind
from contactsgroups.domain.sentence import Sentence
from contactsgroups.persistence.models import Account
from contactsgroups.persistence.queries import scalars_where


def find_pin_faults(
    session: Session,
    domain_id: int | None,
    kind: GroupKind,
    named: Collection[tuple[str, str]],
    before: Collection[tuple[str, str]] = (),
) -> Iterator[ContactsGroupsError]:
    """Yield what keeps addresses from being pinned: only accounts of the group's domain can be.

    Args:
        domain_id: of the group; None if it is not known, and nothing can be said of accounts.
        named: roles and normalised addresses, of which only pins are looked at.
        before: those that are stored already, and are not looked at again.
    """
    pins = sorted((role, address) for role, address in named if role in PINS)
    if not kind.is_derived:
        for role in dict.fromkeys(role for role, _ in pins):
            yield InvalidInput(
                "a {kind} group has no pinned members",
                field=f"{role}s",
                kind=Sentence(kind.value),
            )
        return
    new = [(role, address) for role, address in pins if (role, address) not in before]
    if domain_id is None or not new:
        return
    here = select(Account.address).where(Account.domain_id == domain_id)
    known = set(scalars_where(session, here, Account.address, {address for _, address in new}))
    for role, address in new:
        if address not in known:
            yield InvalidAddress(
                "{address} is no account of the group's own domain",
                field=f"{role}s",
                address=address,
            )

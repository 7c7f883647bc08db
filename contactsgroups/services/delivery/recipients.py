"""Find the holder of a recipient's address, as Postfix does."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from contactsgroups.persistence.models import Account, Alias, DeletedGroup, Group
from contactsgroups.persistence.queries import DELETED, chunked

Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """The holder of a recipient's address.

    ``kind`` is account, alias or group, or "deleted" for a group that was; ``delivered_to`` is the
    account behind an alias and the address itself otherwise.
    """

    address: str
    kind: str
    delivered_to: str


def find_holders(session: Session, recipients: Iterable[Keys]) -> dict[Keys, Holder]:
    """Return the holder of each recipient; those that Postfix does not know have no entry.

    An account that is not active and its aliases get nothing, so Postfix goes on to the address
    without the extension.

    Args:
        recipients: each as :func:`lookup_keys` gives it.
    """
    unique = set(recipients)
    holders = _read_holders(session, {key for keys in unique for key in keys})
    found = {}
    for keys in unique:
        holder = next((holders[key] for key in keys if key in holders), None)
        if holder is not None:
            found[keys] = holder
    return found


def _read_holders(session: Session, addresses: Collection[str]) -> dict[str, Holder]:
    holders = {}
    for some in chunked(sorted(addresses)):
        statement = union_all(
            select(
                Group.address, literal("group").label("kind"), Group.address.label("target")
            ).where(Group.address.in_(some)),
            select(Account.address, literal("account"), Account.address).where(
                Account.address.in_(some), Account.active
            ),
            select(Alias.address, literal("alias"), Account.address)
            .join(Account)
            .where(Alias.address.in_(some), Account.active),
            select(DeletedGroup.address, literal(DELETED), DeletedGroup.address).where(
                DeletedGroup.address.in_(some)
            ),
        )
        for address, kind, target in session.execute(statement):
            holders[address] = Holder(address, kind, target)
    return holders

"""What follows from a change: derived members, flattened recipients and their counts.

Run inside the transaction of the change, so that no face ever sees one without the other.
"""

from collections.abc import Callable, Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.persistence.models import Account, Group
from contactsgroups.persistence.queries import group_ids_containing, rows_where, scalars_where
from contactsgroups.services.unit_of_work import account_words, derivation, group_edges, recipients
from contactsgroups.services.unit_of_work.touched import Touched


def follow(
    session: Session,
    *,
    changed_groups: Collection[int],
    accounts: Collection[int],
    addresses: Collection[str],
    pinned: Collection[tuple[int, str]],
    touched: Callable[[], Touched],
) -> list[tuple[int, str]]:
    """Update all that depends on the changes and return every group that they reach.

    Each with the id of its domain and its address.  A group is reached when anything that a face
    shows of it may have changed: itself, or a member however deeply nested.  ``pinned`` has groups
    and addresses of pins that were made or taken away.  ``touched`` is called when members have
    followed the directory.
    """
    account_words.refresh(session, accounts)
    moved = derivation.follow_accounts(session, accounts)
    moved |= derivation.follow_pins(session, pinned)
    session.flush()
    what = touched()
    what.leave_out_removed_groups(session)
    nested = what.nested_groups(session)
    group_edges.refresh(session, nested.values())
    recipients.follow(session, what, nested)
    present = set(scalars_where(session, select(Account.address), Account.id, accounts))
    around = group_ids_containing(session, {*addresses, *present})
    reached = group_edges.with_ancestors(session, {*changed_groups, *moved, *around})
    session.flush()
    names = select(Group.domain_id, Group.address)
    return [(row.domain_id, row.address) for row in rows_where(session, names, Group.id, reached)]

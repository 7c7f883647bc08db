"""From rows to what the index keeps of them.

An entry's identity is its normalised address: nobody shares one, and a person's own contact of the
same address is recognised as the same.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.autocomplete import Entry, EntryKind, Remove, Upsert
from contactsgroups.domain.change import JournalEntry, Subject
from contactsgroups.persistence.models import Account, Group, Popularity
from contactsgroups.persistence.queries import chunked
from contactsgroups.services import pictures

_INDEXED = {Subject.GROUP, Subject.ACCOUNT, Subject.POPULARITY}


def read_entries(session: Session, domain_id: int) -> Iterator[Entry]:
    """Return every entry of a domain's shard: listed groups and active accounts."""
    groups = select(Group, Popularity.score).outerjoin(
        Popularity, Popularity.address == Group.address
    )
    for group, score in session.execute(groups.where(Group.domain_id == domain_id)):
        if group.is_listed:
            yield group_entry(group, score or 0)
    accounts = (
        select(Account.id, Account.address, Account.original, Account.display_name)
        .add_columns(Popularity.score)
        .outerjoin(Popularity, Popularity.address == Account.address)
        .where(Account.domain_id == domain_id, Account.active)
        .execution_options(yield_per=5000)
    )
    for id_, address, original, name, score in session.execute(accounts):
        yield account_entry(id_, address, original, name, score or 0)


def read_changes(
    session: Session, domain_id: int, news: Sequence[JournalEntry]
) -> list[Upsert | Remove]:
    """Turn journal entries into what the shard needs to know: each address's present state."""
    touched = {
        entry.change.address
        for entry in news
        if entry.change.domain_id == domain_id and entry.change.subject in _INDEXED
    }
    present = find_entries(session, [domain_id], touched)
    return [
        Upsert(present[address]) if address in present else Remove(address)
        for address in sorted(touched)
    ]


def find_entries(
    session: Session, domain_ids: Collection[int], addresses: Collection[str]
) -> dict[str, Entry]:
    """Return the entries of those addresses that are listed or active in these domains."""
    found: dict[str, Entry] = {}
    for some in chunked(sorted(addresses)):
        scores = {
            row.address: row.score
            for row in session.scalars(select(Popularity).where(Popularity.address.in_(some)))
        }
        for group in session.scalars(select(Group).where(Group.address.in_(some))):
            if group.is_listed and group.domain_id in domain_ids:
                found[group.address] = group_entry(group, scores.get(group.address, 0))
        accounts = select(Account).where(Account.address.in_(some), Account.active)
        for account in session.scalars(accounts):
            if account.domain_id in domain_ids:
                found[account.address] = account_entry(
                    account.id,
                    account.address,
                    account.original,
                    account.display_name,
                    scores.get(account.address, 0),
                )
    return found


def group_entry(group: Group, score: int) -> Entry:
    """Return a group as the index keeps it; ``icon`` is relative to the completions' own URL."""
    payload = {
        "kind": "group",
        "id": group.uuid,
        "name": group.display_name,
        "address": group.original,
        "member_count": group.recipient_count,
        "external_count": group.external_count if group.show_members else 0,
        "members_visible": group.show_members,
        "moderated": group.moderated,
        "icon": f"groups/{group.uuid}/picture.png?v={pictures.version_of(group)}",
    }
    return Entry(
        identity=group.address,
        kind=EntryKind.GROUP,
        name=group.display_name,
        address=group.address,
        score=score,
        payload=to_json(payload),
    )


def account_entry(id_: int, address: str, original: str, name: str, score: int) -> Entry:
    """Return an account as the index keeps it."""
    payload = {"kind": "account", "id": str(id_), "name": name, "address": original}
    return Entry(address, EntryKind.ACCOUNT, name, address, score, to_json(payload))


def contact_entry(address: str, original: str, name: str) -> Entry:
    """Return somebody's own contact, or an address that they mailed, as a suggestion."""
    payload = {"kind": "contact", "id": address, "name": name, "address": original}
    return Entry(address, EntryKind.CONTACT, name, address, 0, to_json(payload))


def to_json(payload: Mapping[str, object]) -> str:
    """Return compact JSON."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))

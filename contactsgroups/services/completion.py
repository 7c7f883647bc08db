"""Completions for a principal: index shards that follow the journal, one for each mail domain."""

import json
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.autocomplete import (
    Completion,
    Entry,
    EntryKind,
    IndexUnusable,
    Remove,
    Shard,
    Upsert,
    build_generation,
)
from contactsgroups.domain.change import JournalEntry, Subject
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database, journal
from contactsgroups.persistence.models import Account, DomainRow, Group
from contactsgroups.persistence.queries import chunked
from contactsgroups.services import pictures

LIMIT = 50
"""The most completions that one question is answered with."""


class CompletionIndex:
    """Answers from memory-mapped shards and looks at the journal before every answer.

    So a change is suggested at the next keystroke, in every process, whoever made it.
    """

    def __init__(self, database: Database, directory: Path) -> None:
        self._database = database
        self._directory = directory
        self._shards: dict[int, _FollowingShard] = {}
        self._lock = threading.Lock()

    def complete(
        self,
        principal: Principal,
        query: str,
        *,
        limit: int = 10,
        kinds: Collection[EntryKind] | None = None,
    ) -> list[Completion]:
        """Return the best completions that this principal may see, best first.

        Raises:
            Unavailable: neither index nor database answers.
        """
        shard = self._shard_of(principal)
        if shard is None:
            return []
        wanted = None if kinds is None else frozenset(kinds)
        return shard.current().complete(query, limit=max(1, min(limit, LIMIT)), kinds=wanted)

    def close(self) -> None:
        """Close every shard."""
        with self._lock:
            for shard in self._shards.values():
                shard.close()
            self._shards.clear()

    def _shard_of(self, principal: Principal) -> "_FollowingShard | None":
        with self._database.read() as session:
            domain_id = session.scalar(
                select(DomainRow.id).where(DomainRow.name == principal.domain)
            )
        if domain_id is None:
            return None
        with self._lock:
            if domain_id not in self._shards:
                directory = self._directory / f"domain-{domain_id}"
                self._shards[domain_id] = _FollowingShard(self._database, domain_id, directory)
            return self._shards[domain_id]


class _FollowingShard:
    """A domain's shard, brought up to the journal's end whenever it is asked for."""

    def __init__(self, database: Database, domain_id: int, directory: Path) -> None:
        self._database = database
        self._domain_id = domain_id
        self._directory = directory
        self._shard: Shard | None = None
        self._lock = threading.Lock()

    def current(self) -> Shard:
        with self._lock, self._database.read() as session:
            epoch, last = journal.read_position(session)
            if self._shard is None or self._shard.epoch != epoch:
                self._shard = self._open(session, epoch, last)
            while self._shard.position < last:
                self._follow(session, self._shard)
            return self._shard

    def close(self) -> None:
        with self._lock:
            if self._shard is not None:
                self._shard.close()

    def _open(self, session: Session, epoch: str, position: int) -> Shard:
        try:
            return Shard.open(self._directory, epoch=epoch)
        except IndexUnusable:
            entries = read_entries(session, self._domain_id)
            build_generation(self._directory, entries, position=position, epoch=epoch)
            return Shard.open(self._directory, epoch=epoch)

    def _follow(self, session: Session, shard: Shard) -> None:
        news = journal.read_since(session, shard.position)
        shard.apply(_changes(session, self._domain_id, news), news[-1].sequence)


def read_entries(session: Session, domain_id: int) -> Iterator[Entry]:
    """Return every entry of a domain's shard: visible groups and active accounts."""
    for group in session.scalars(select(Group).where(Group.domain_id == domain_id)):
        if is_visible(group):
            yield group_entry(group)
    accounts = select(Account).where(Account.domain_id == domain_id, Account.active)
    for account in session.scalars(accounts.execution_options(yield_per=5000)):
        yield account_entry(account)


def is_visible(group: Group) -> bool:
    """Whether a group is suggested and stands in the address book."""
    return group.show_in_contacts and not group.disabled


def group_entry(group: Group) -> Entry:
    """Return a group as the index keeps it; ``icon`` is relative to the completions' own URL."""
    payload = {
        "kind": "group",
        "id": group.uuid,
        "name": group.display_name,
        "address": group.original,
        "member_count": group.recipient_count,
        "external_count": group.external_count,
        "moderated": group.moderated,
        "icon": f"groups/{group.uuid}/picture.png?v={pictures.version_of(group)}",
    }
    return Entry(
        identity=f"group:{group.id}",
        kind=EntryKind.GROUP,
        name=group.display_name,
        address=group.address,
        score=0,
        payload=_to_json(payload),
    )


def account_entry(account: Account) -> Entry:
    """Return an account as the index keeps it."""
    payload = {
        "kind": "account",
        "id": str(account.id),
        "name": account.display_name,
        "address": account.original,
    }
    return Entry(
        identity=f"account:{account.id}",
        kind=EntryKind.ACCOUNT,
        name=account.display_name,
        address=account.address,
        score=0,
        payload=_to_json(payload),
    )


def _changes(
    session: Session, domain_id: int, news: Sequence[JournalEntry]
) -> list[Upsert | Remove]:
    """Turn journal entries into what the shard needs to know: the present state of each subject."""
    ours = [entry.change for entry in news if entry.change.domain_id == domain_id]
    groups = {each.subject_id for each in ours if each.subject is Subject.GROUP}
    accounts = {each.subject_id for each in ours if each.subject is Subject.ACCOUNT}
    return [
        *_group_changes(session, domain_id, groups),
        *_account_changes(session, domain_id, accounts),
    ]


def _group_changes(
    session: Session, domain_id: int, ids: Collection[int]
) -> Iterator[Upsert | Remove]:
    rows: dict[int, Group] = {}
    for some in chunked(sorted(ids)):
        statement = select(Group).where(Group.id.in_(some), Group.domain_id == domain_id)
        rows |= {group.id: group for group in session.scalars(statement)}
    for id_ in sorted(ids):
        group = rows.get(id_)
        if group is not None and is_visible(group):
            yield Upsert(group_entry(group))
        else:
            yield Remove(f"group:{id_}")


def _account_changes(
    session: Session, domain_id: int, ids: Collection[int]
) -> Iterator[Upsert | Remove]:
    rows: dict[int, Account] = {}
    for some in chunked(sorted(ids)):
        statement = select(Account).where(Account.id.in_(some), Account.domain_id == domain_id)
        rows |= {account.id: account for account in session.scalars(statement)}
    for id_ in sorted(ids):
        account = rows.get(id_)
        if account is not None and account.active:
            yield Upsert(account_entry(account))
        else:
            yield Remove(f"account:{id_}")


def _to_json(payload: Mapping[str, object]) -> str:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))

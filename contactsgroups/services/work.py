"""One unit of work: changes, what follows from them, and the journal, in one transaction."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session

from contactsgroups.domain.change import Change, Subject
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database, journal
from contactsgroups.persistence.models import Account, Alias, AuditRow, DomainRow, Group
from contactsgroups.services import cards, consequences


class Work:
    """Collects what a use case changed; :func:`write` turns it into consequences and journal."""

    def __init__(self, session: Session, actor: Principal) -> None:
        self.session = session
        self.actor = actor
        self._changes: dict[Change, None] = {}
        self._touched_addresses: set[str] = set()
        self._arrivals_and_departures: set[int] = set()
        self._withdrawn_cards: list[str] = []

    def changed_group(self, group: Group, *, former_address: str | None = None) -> None:
        """Note that a group was created or changed; its id must be known (flushed)."""
        self._note(Subject.GROUP, group.id, group.domain_id)
        self._touched_addresses.update(filter(None, (group.address, former_address)))

    def deleted_group(self, group: Group) -> None:
        """Note that a group is about to be deleted."""
        self.changed_group(group)
        self._withdrawn_cards.append(group.uuid)

    def changed_account(self, account: Account) -> None:
        """Note that an account came, left, moved or changed its name."""
        self._note(Subject.ACCOUNT, account.id, account.domain_id)
        self._touched_addresses.add(account.address)
        self._arrivals_and_departures.add(account.id)

    def changed_alias(self, alias: Alias) -> None:
        """Note that an alias was made or removed."""
        self._note(Subject.ALIAS, alias.id, alias.domain_id)
        self._touched_addresses.add(alias.address)

    def changed_domain(self, domain: DomainRow) -> None:
        """Note that a domain was added or removed."""
        self._note(Subject.DOMAIN, domain.id, domain.id)

    def audit(self, action: str, subject: str, **detail: Any) -> None:
        """Write who did what to which address into the audit log."""
        self.session.add(
            AuditRow(
                actor=str(self.actor.address),
                action=action,
                subject=subject,
                detail=json.dumps(detail, ensure_ascii=False, sort_keys=True),
            )
        )

    def finish(self) -> None:
        """Bring everything derived up to date and write the journal, before the commit."""
        self.session.flush()
        if not self._changes:
            return
        affected = consequences.follow(
            self.session,
            changed_groups={
                each.subject_id for each in self._changes if each.subject is Subject.GROUP
            },
            accounts=self._arrivals_and_departures,
            addresses=self._touched_addresses,
        )
        for group in affected:
            self._note(Subject.GROUP, group.id, group.domain_id)
        sequence = journal.append(self.session, list(self._changes))
        cards.refresh(self.session, affected, sequence)
        for uid in self._withdrawn_cards:
            cards.withdraw(self.session, uid, sequence)

    def _note(self, subject: Subject, subject_id: int, domain_id: int) -> None:
        self._changes[Change(subject, subject_id, domain_id)] = None


@contextmanager
def write(database: Database, actor: Principal) -> Iterator[Work]:
    """Open a unit of work; it commits, journal included, if the block ends well."""
    with database.write() as session:
        work = Work(session, actor)
        yield work
        work.finish()

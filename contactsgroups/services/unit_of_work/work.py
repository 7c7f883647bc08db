"""One unit of work: changes, what follows from them, and the journal, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.brake import Brake
from contactsgroups.domain.change import Change, Subject
from contactsgroups.domain.errors import Unavailable
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database, journal, outages
from contactsgroups.persistence.models import Account, Alias, Base, DomainRow, Group
from contactsgroups.persistence.queries import scalars_where
from contactsgroups.services.unit_of_work import (
    cards,
    consequences,
    held_moves,
    met_requests,
    notices,
    receipts,
)
from contactsgroups.services.unit_of_work.audit import AuditRecorder
from contactsgroups.services.unit_of_work.audit_entries import Entry
from contactsgroups.services.unit_of_work.standing import require_standing
from contactsgroups.services.unit_of_work.touched import Touched, touched_pins


class Work:
    """Collects the changes of a use case; :func:`write` derives consequences and journal."""

    def __init__(self, session: Session, actor: Principal) -> None:
        self.session = session
        self.actor = actor
        self._audit = AuditRecorder(session)
        self._touched = Touched()
        self._changes: dict[Change, None] = {}
        self._groups: set[int] = set()
        self._accounts: set[int] = set()
        self._withdrawn_cards: list[str] = []
        self._is_silent = False

    @property
    def id(self) -> str:
        """What every entry of the audit log about this unit of work carries."""
        return self._audit.work_id

    @property
    def actions(self) -> frozenset[str]:
        """What the audit log says was done, such as "change group", once it is written."""
        return frozenset(self._audit.actions)

    def undo(self, work_id: str) -> None:
        """Note that this takes back what another unit of work did; the audit log says so."""
        self._audit.undoes.append(work_id)

    def sealed_audit_log(self, last: int) -> None:
        """Note that the log up to an entry counts as this installation's own from now on."""
        detail = {"fields": {"last": [None, last]}}
        self._audit.notes.append(Entry("seal audit log", "audit log", "", "", detail))

    def tell_no_additions(self) -> None:
        """Tell no new members, as they come back, or come in with a whole directory.

        Whoever had asked for what is done is told all the same.
        """
        self._is_silent = True

    def judged_message(self, verb: str, group: Group, fields: dict[str, str]) -> None:
        """Note for the audit log what was decided about a message to a group.

        Args:
            fields: what tells it from others, and what was said about it, by name.
        """
        told = {name: [None, value] for name, value in fields.items() if value}
        detail = {"fields": told} if told else {}
        entry = Entry(f"{verb} message", group.address, group.domain.name, group.uuid, detail)
        self._audit.notes.append(entry)

    def because(self, reason: str) -> None:
        """Note why this is done, for the audit log, where nobody has asked for it."""
        self._audit.because = reason

    def changed_group(self, group: Group, *, former_address: str | None = None) -> None:
        """Note that a group was created or changed; its id must be known (flushed)."""
        self._groups.add(group.id)
        for address in filter(None, (group.address, former_address)):
            self._note(Subject.GROUP, group.domain_id, address)

    def deleted_group(self, group: Group) -> None:
        """Note that a group is about to be deleted."""
        self.changed_group(group)
        self._withdrawn_cards.append(group.uuid)

    def released_address(self, domain_id: int, address: str) -> None:
        """Note that the address of a deleted group is not reserved any more."""
        self._note(Subject.GROUP, domain_id, address)

    def changed_account(self, account: Account | Row[Any]) -> None:
        """Note that an account was created, removed, moved or renamed.

        Instead of the account, a row will do that has its ``id``, ``domain_id`` and ``address``.
        """
        self._accounts.add(account.id)
        self._note(Subject.ACCOUNT, account.domain_id, account.address)

    def changed_alias(self, alias: Alias) -> None:
        """Note that an alias was made or removed."""
        self._note(Subject.ALIAS, alias.domain_id, alias.address)

    def changed_domain(self, domain: DomainRow) -> None:
        """Note that a domain was added or removed, or shown to another one."""
        self._note(Subject.DOMAIN, domain.id, domain.name)

    def changed_popularity(self, domain_id: int, address: str) -> None:
        """Note that the rank of an account or a group changed."""
        self._note(Subject.POPULARITY, domain_id, address)

    def finish(self, brake: Brake) -> None:
        """Bring everything up to date, and write the audit log, before the commit.

        Raises:
            NeedsConfirmation: more members move than the brake lets pass.
        """
        self.follow()
        held_moves.require_confirmed(
            self.session, brake, self._audit.differences, agreed=self.actor.confirmed
        )
        is_silent = self._is_silent or bool(self._audit.undoes)
        notices.write(
            self.session, self._audit.differences, self.actor, self.id, is_silent=is_silent
        )
        self._audit.write(self.actor)

    def follow(self) -> None:
        """Bring everything derived up to date, and write the journal.

        A use case that returns derived values calls it itself; later changes are followed at the
        end.
        """
        self.session.flush()
        if not self._changes:
            return
        self._note_aliases()
        affected = consequences.follow(
            self.session,
            changed_groups=self._groups,
            accounts=self._accounts,
            addresses={
                change.address
                for change in self._changes
                if change.subject in {Subject.GROUP, Subject.ACCOUNT, Subject.ALIAS}
            },
            pinned=list(touched_pins(self._audit.differences)),
            touched=self._touched_so_far,
        )
        met_requests.close(self.session, self._touched.memberships, self.actor)
        for domain_id, address in affected:
            self._note(Subject.GROUP, domain_id, address)
        sequence = journal.append(self.session, list(self._changes))
        cards.refresh(self.session, self._touched.groups, sequence)
        cards.withdraw(self.session, self._withdrawn_cards, sequence)
        self._forget()

    def _touched_so_far(self) -> Touched:
        self._touched.note(self._audit.differences)
        return self._touched

    def _forget(self) -> None:
        self._changes.clear()
        self._groups.clear()
        self._accounts.clear()
        self._withdrawn_cards.clear()

    def _note_aliases(self) -> None:
        """Note the aliases of changed accounts: mail to them is delivered to the account."""
        for alias in scalars_where(self.session, select(Alias), Alias.account_id, self._accounts):
            self.changed_alias(alias)

    def _note(self, subject: Subject, domain_id: int, address: str) -> None:
        self._changes[Change(subject, domain_id, address)] = None


@contextmanager
def write(database: Database, actor: Principal) -> Iterator[Work]:
    """Open a unit of work; it commits, journal included, if the block ends well.

    Raises:
        NotPermitted: the actor is read-only, or lost its rights while it waited.
        NeedsConfirmation: many members would move, and the actor has not confirmed it.
        Unavailable: the database does not answer, or other writers hold the lock too long.
    """
    authority.require_writing(actor)
    with database.write() as session:
        require_standing(session, actor)
        work = Work(session, actor)
        yield work
        work.finish(database.brake)
    receipts.note(work.id, work.actions)


@contextmanager
def write_private(database: Database, actor: Principal) -> Iterator[Session]:
    """Open a transaction for what concerns one account or one message only, such as usage.

    It takes no writers' lock, so no other writer waits for it, and it is not in the journal:
    readers follow a version of their own.

    Raises:
        NotPermitted: the actor is read-only.
        Unavailable: the database does not answer, or the account was removed meanwhile.
    """
    authority.require_writing(actor)
    try:
        with database.write_private() as session:
            yield session
    except IntegrityError as error:
        if not outages.is_race(error):
            raise  # A fault of ours, which no other try would mend.
        raise Unavailable("a concurrent write changed the same rows; try again") from error


def insert_private(database: Database, actor: Principal, row: Base) -> None:
    """Insert one row in a private transaction of its own.

    Harmless if there is such a row, or if what it belongs to was removed meanwhile.

    Raises:
        NotPermitted: the actor is read-only.
        Unavailable: the database does not answer.
    """
    authority.require_writing(actor)
    try:
        with database.write_private() as session:
            session.add(row)
    except IntegrityError as error:
        if not outages.is_race(error):
            raise

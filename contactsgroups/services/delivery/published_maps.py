"""What Postfix reads: the rows of each of its maps, and the addresses that changes affect.

The maps' contents are defined once, by the views of the first migration; Postfix's SQL maps read
the same views.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import Select, TableClause, column, select, table
from sqlalchemy.orm import Session

from contactsgroups.domain.address import lookup_spellings
from contactsgroups.domain.change import JournalPosition, Subject
from contactsgroups.persistence import Database, journal
from contactsgroups.persistence.queries import chunked, local_domain_names

CHANGES_LIMIT = 2000
"""With more changes than this, reading everything is quicker than reading the rows they affect."""

CLOSED_GROUP = "contactsgroups_closed_group"
"""The restriction class of an address that gets nothing now (``postfix/main.cf``)."""
HELD_GROUP = "contactsgroups_held_group"
"""The restriction class of a group that Postfix does not expand: its messages may wait."""
LMTP_PLACE = "unix:contactsgroups/lmtp.sock"
"""Where the view of ``transport`` says that the LMTP server is."""

_PUBLISHED = {Subject.ACCOUNT, Subject.ALIAS, Subject.GROUP}


class MapName(StrEnum):
    """The maps that Postfix looks things up in; docs/postfix.md says what each is for."""

    VIRTUAL_DOMAINS = "virtual_domains"
    VIRTUAL_MAILBOX = "virtual_mailbox"
    VIRTUAL_ALIAS = "virtual_alias"
    ALIASES_ONLY = "aliases_only"
    TRANSPORT = "transport"
    RECIPIENT_ACCESS = "recipient_access"
    SENDER_LOGIN = "sender_login"


def read_position(database: Database) -> JournalPosition:
    """Return the journal's end.

    Raises:
        Unavailable: the database does not answer.
    """
    position, _ = database.read_end()
    return position


@contextmanager
def open_snapshot(database: Database, lmtp_place: str = LMTP_PLACE) -> Iterator["Snapshot"]:
    """Open a snapshot of the database, to read maps from.

    Args:
        lmtp_place: where Postfix finds the LMTP server: ``unix:path`` or ``inet:host:port``.

    Raises:
        Unavailable: the database does not answer.
    """
    with database.read_snapshot() as session:
        yield Snapshot(session, lmtp_place)


class Snapshot:
    """One state of everything that Postfix reads; ``position`` says which."""

    def __init__(self, session: Session, lmtp_place: str = LMTP_PLACE) -> None:
        self._lmtp_place = lmtp_place
        self.position = journal.read_position(session)
        self._session = session
        self._spellings = {name: lookup_spellings(name) for name in local_domain_names(session)}

    def read_rows(
        self, name: MapName, addresses: Collection[str] | None = None
    ) -> Iterator[tuple[str, str]]:
        """Read the keys and values of a map, in the keys' order but for other spellings.

        Args:
            addresses: read only the rows of these; None means the whole map.
        """
        view = table(f"contactsgroups_postfix_{name}", column("lookup_key"), column("answer"))
        for rows in self._read_view(view, addresses):
            for key, group in groupby(rows, lambda row: row.lookup_key):
                value = ", ".join(row.answer for row in group)
                if name is MapName.TRANSPORT:
                    value = value.replace(LMTP_PLACE, self._lmtp_place)
                for spelling in self.spell(key):
                    yield spelling, value

    def spell(self, address: str) -> list[str]:
        """Return an address in each spelling that Postfix may look up; a bare domain as it is."""
        local_part, at, domain = address.rpartition("@")
        if not at:
            return [address]
        return [f"{local_part}@{each}" for each in self._spellings.get(domain, (domain,))]

    def find_changes(self, since: JournalPosition) -> set[str] | None:
        """Return the addresses whose rows may differ from those at an earlier position.

        None means that everything may: too much has changed, or a domain, or the database.
        """
        if since.epoch != self.position.epoch:
            return None
        entries = journal.read_since(self._session, since.last, CHANGES_LIMIT + 1)
        changes = [entry.change for entry in entries]
        is_large = len(changes) > CHANGES_LIMIT
        if is_large or any(change.subject is Subject.DOMAIN for change in changes):
            return None
        return {change.address for change in changes if change.subject in _PUBLISHED}

    def _read_view(
        self, view: TableClause, addresses: Collection[str] | None
    ) -> Iterator[Iterator[Any]]:
        statement: Select[Any] = select(view.c.lookup_key, view.c.answer).order_by(
            view.c.lookup_key, view.c.answer
        )
        if addresses is None:
            yield iter(self._session.execute(statement.execution_options(yield_per=5000)))
            return
        for some in chunked(sorted(addresses)):
            yield iter(self._session.execute(statement.where(view.c.lookup_key.in_(some))))

"""What a unit of work touched that the recipients of groups depend on.

Taken from the differences that the audit log is written from, so that no use case has to say it.
What was touched stays touched until the end of the unit of work, also if it is undone in between:
recipients may have followed meanwhile.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain.group import PINS
from contactsgroups.persistence.models import Account, Alias, Group
from contactsgroups.persistence.queries import rows_where, scalars_where
from contactsgroups.services.unit_of_work.audited_tables import (
    BY_NAME,
    GROUPS,
    MEMBERS,
    ROLES,
    UNKNOWN,
)
from contactsgroups.services.unit_of_work.differences import Difference

_ACCOUNTS = BY_NAME[Account.__tablename__]
_ALIASES = BY_NAME[Alias.__tablename__]
_DOMAINS = BY_NAME["contactsgroups_domains"]


class Touched:
    """Memberships, accounts, aliases, groups and domains that are not what they were."""

    def __init__(self) -> None:
        self.memberships: set[tuple[int, str]] = set()
        """Group and address of each membership that was made or ended."""
        self.group_addresses: set[str] = set()
        """Addresses that became a group's, or are one's no more."""
        self.groups: set[int] = set()
        """Groups that were made, or have another value; not those with other members only."""
        self.switched: set[int] = set()
        """Groups that were made, enabled or disabled, or have another address."""
        self.lanes: set[int] = set()
        """Groups that are moderated or ignore automatic replies now, or no more."""
        self.domains: set[str] = set()
        """Domains that are served here since, or no more."""
        # By id, or by an object where the database gave an id that is not known here.
        self._accounts: dict[object, set[str]] = defaultdict(set)
        self._aliases: dict[object, _AliasValues] = defaultdict(_AliasValues)

    def note(self, differences: Iterable[Difference]) -> None:
        """Add what these differences touch."""
        for difference in differences:
            if difference.audited is GROUPS:
                self._note_group(difference)
            elif difference.audited is _ACCOUNTS:
                if _changed(difference, "address", "active"):
                    self._accounts[difference.key[0]] |= _values(difference, "address")
            elif difference.audited is _ALIASES:
                alias = self._aliases[difference.key[0]]
                alias.addresses |= _values(difference, "address")
                alias.account_ids |= _values(difference, "account_id")
            elif difference.audited is _DOMAINS:
                self.domains |= _values(difference, "name")

    def _note_group(self, difference: Difference) -> None:
        (group_id,) = difference.key
        for audited, key in difference.parts:
            if audited is MEMBERS:
                self.memberships.add(key)
        if difference.before != difference.after:
            self.groups.add(group_id)
        if _changed(difference, "moderated", "ignore_auto_replies"):
            self.lanes.add(group_id)
        if _changed(difference, "address", "disabled"):
            self.switched.add(group_id)
        if _changed(difference, "address"):
            self.group_addresses |= _values(difference, "address")

    def leave_out_removed_groups(self, session: Session) -> None:
        """Forget the memberships of groups that are gone: all that they had went with them."""
        ids = {group_id for group_id, _ in self.memberships}
        gone = ids - set(scalars_where(session, select(Group.id), Group.id, ids))
        if gone:
            self.memberships = {each for each in self.memberships if each[0] not in gone}

    def nested_groups(self, session: Session) -> dict[str, int]:
        """Return the groups of which it may have changed in which groups they are.

        Their ids by their addresses.
        """
        addresses = {address for _, address in self.memberships} | self.group_addresses
        statement = select(Group.address, Group.id)
        return {
            row.address: row.id for row in rows_where(session, statement, Group.address, addresses)
        }

    def mailboxes(self, session: Session) -> Mapping[str, set[str]]:
        """Return each account's and alias's address that may lead elsewhere now, and to where.

        To the mailboxes that it led to and those that it leads to.
        """
        self._read_present_values(session)
        found: dict[str, set[str]] = defaultdict(set)
        for addresses in self._accounts.values():
            for address in addresses:
                found[address].add(address)
        for alias in self._aliases.values():
            targets = set().union(*(self._accounts[each] for each in alias.account_ids))
            for address in alias.addresses:
                found[address] |= {address} | targets
        return found

    def _read_present_values(self, session: Session) -> None:
        """Add the accounts' aliases, and what is stored: a difference may leave out what stays."""
        aliases = select(Alias.id, Alias.address, Alias.account_id)
        known = ((Alias.account_id, _known(self._accounts)), (Alias.id, _known(self._aliases)))
        for column, ids in known:
            for row in rows_where(session, aliases, column, ids):
                self._aliases[row.id].addresses.add(row.address)
                self._aliases[row.id].account_ids.add(row.account_id)
        targets = {each for alias in self._aliases.values() for each in alias.account_ids}
        accounts = select(Account.id, Account.address)
        for row in rows_where(
            session, accounts, Account.id, _known(self._accounts.keys() | targets)
        ):
            self._accounts[row.id].add(row.address)


def touched_pins(differences: Iterable[Difference]) -> Iterator[tuple[int, str]]:
    """Yield group and address of each pin that was made or taken away."""
    role, address = (ROLES.identity.index(name) for name in ("role", "address"))
    for difference in differences:
        for audited, key in difference.parts:
            if audited is ROLES and key[role] in PINS:
                yield key[0], key[address]


@dataclass(slots=True)
class _AliasValues:
    addresses: set[str] = field(default_factory=set)
    account_ids: set[object] = field(default_factory=set)


def _known(ids: Iterable[object]) -> set[int]:
    return {each for each in ids if isinstance(each, int)}


def _values(difference: Difference, name: str) -> set[Any]:
    """Return what a column was and is, as far as there was and is a row."""
    place = difference.audited.places[name]
    rows = (row for row in (difference.before, difference.after) if row is not None)
    return {row[place] for row in rows} - {UNKNOWN}


def _changed(difference: Difference, *names: str) -> bool:
    """Whether any of the columns is another, or the row is new or gone."""
    if difference.before is None or difference.after is None:
        return difference.before is not difference.after
    places = [difference.audited.places[name] for name in names]
    return any(difference.before[place] != difference.after[place] for place in places)

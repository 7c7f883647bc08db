"""The direct members of groups and of the groups inside them, loaded level by level."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy.orm import Session

from contactsgroups.domain.expansion import expand
from contactsgroups.persistence.models import Group
from contactsgroups.persistence.queries import local_domain_names, member_rows


class MemberGraph:
    """The graph of members, for :func:`contactsgroups.domain.expansion.expand`.

    Aliases are replaced by their accounts, so that no mailbox gets two copies.  Accounts that are
    not active are left out, and so are addresses of our own domains without a holder: to Postfix,
    such a one may be another address with an extension, a closed group's for example.
    """

    def __init__(self, local_domains: frozenset[str], unseen: Collection[str]) -> None:
        self._local_domains = local_domains
        self._unseen = unseen
        self._members: dict[str, list[str]] = {}
        self._disabled: set[str] = set()
        self._moderated: set[str] = set()

    @classmethod
    def load(
        cls, session: Session, groups: Iterable[Group], unseen: Collection[str] = ()
    ) -> "MemberGraph":
        """Load these groups and everything nested in them.

        Args:
            unseen: domains whose accounts are not to be told: an alias of one stands for itself.
        """
        graph = cls(local_domain_names(session), unseen)
        level = [(group.id, group.address, group.disabled, group.moderated) for group in groups]
        while level:
            for _, address, disabled, moderated in level:
                graph._enter(address, disabled=disabled, moderated=moderated)
            level = graph._load_members(session, [id_ for id_, *_ in level])
        return graph

    def members_of(self, address: str) -> Collection[str] | None:
        """Return what a message to ``address`` is passed on to; None if it is no group."""
        return () if address in self._disabled else self._members.get(address)

    def all_members_of(self, address: str) -> Collection[str] | None:
        """Return the members even of a disabled group: a cycle through it is still a cycle."""
        return self._members.get(address)

    def enabled_groups(self) -> set[str]:
        """Return the addresses of the loaded groups that pass messages on."""
        return self._members.keys() - self._disabled

    def is_moderated(self, address: str) -> bool:
        """Whether a moderator must approve what this group passes on, if it passes on anything."""
        return address in self._moderated and bool(expand(address, self.members_of).mailboxes)

    def _enter(self, address: str, *, disabled: bool, moderated: bool) -> None:
        self._members[address] = []
        if disabled:
            self._disabled.add(address)
        if moderated:
            self._moderated.add(address)

    def _load_members(self, session: Session, ids: list[int]) -> list[tuple[int, str, bool, bool]]:
        """Fill in the members of groups already entered; return the nested groups to enter next."""
        nested: dict[str, tuple[int, str, bool, bool]] = {}
        for row in member_rows(session, ids):
            is_group = row.nested_id is not None
            address = row.address if is_group else self._mailbox_told(row)
            if address is None:
                continue
            self._members[row.owner].append(address)
            if is_group and address not in self._members:
                nested[address] = (row.nested_id, address, row.disabled, row.moderated)
        return list(nested.values())

    def _mailbox_told(self, row: Any) -> str | None:
        mailbox = mailbox_of(row, self._local_domains)
        is_kept = mailbox is not None and mailbox.rpartition("@")[2] in self._unseen
        return row.address if is_kept else mailbox


def mailbox_of(row: Any, local_domains: Collection[str]) -> str | None:
    """Return the mailbox that a member's copy goes to, or None if there is none.

    ``row`` is one of ``queries.member_rows``, of a member that is no group.
    """
    address: str = row.address
    if row.alias_id is not None:
        return row.target if row.target_active else None
    if row.active:
        return address
    return None if address.rpartition("@")[2] in local_domains else address

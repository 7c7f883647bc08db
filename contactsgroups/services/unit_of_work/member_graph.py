"""The direct members of groups and of the groups inside them, loaded level by level."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

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
        self._ignoring: set[str] = set()

    @classmethod
    def load(
        cls, session: Session, groups: Iterable[Group], unseen: Collection[str] = ()
    ) -> "MemberGraph":
        """Load these groups and everything nested in them.

        Args:
            unseen: domains whose accounts are not to be told: an alias of one stands for itself.
        """
        graph = cls(local_domain_names(session), unseen)
        level = [_Node.of(group, group.id, group.address) for group in groups]
        while level:
            for node in level:
                graph._enter(node)
            level = graph._load_members(session, [node.id for node in level])
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

    def ignores_auto_replies(self, address: str) -> bool:
        """Whether what this group passes on is no automatic reply, if it passes on anything."""
        return address in self._ignoring and bool(expand(address, self.members_of).mailboxes)

    def _enter(self, node: "_Node") -> None:
        self._members[node.address] = []
        if node.disabled:
            self._disabled.add(node.address)
        if node.moderated:
            self._moderated.add(node.address)
        if node.ignore_auto_replies:
            self._ignoring.add(node.address)

    def _load_members(self, session: Session, ids: list[int]) -> "list[_Node]":
        """Fill in the members of groups already entered; return the nested groups to enter next."""
        nested: dict[str, _Node] = {}
        for row in member_rows(session, ids):
            is_group = row.nested_id is not None
            address = row.address if is_group else self._mailbox_told(row)
            if address is None:
                continue
            self._members[row.owner].append(address)
            if is_group and address not in self._members:
                nested[address] = _Node.of(row, row.nested_id, address)
        return list(nested.values())

    def _mailbox_told(self, row: Any) -> str | None:
        mailbox = mailbox_of(row, self._local_domains)
        is_kept = mailbox is not None and mailbox.rpartition("@")[2] in self._unseen
        return row.address if is_kept else mailbox


class _Node(NamedTuple):
    """A group before its members are known."""

    id: int
    address: str
    disabled: bool
    moderated: bool
    ignore_auto_replies: bool

    @classmethod
    def of(cls, switches: Any, id_: int, address: str) -> "_Node":
        """Take the switches from a group, or from a row of ``queries.member_rows``."""
        return cls(
            id_, address, switches.disabled, switches.moderated, switches.ignore_auto_replies
        )


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

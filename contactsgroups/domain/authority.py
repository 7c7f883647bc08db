"""Who may do what: one table from standings to rights, which every use case asks.

What a principal may only do where a switch of the group says so (see the members of a group that
shows them, for example) is not in the table: that is a property of the group, not of the principal.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from contactsgroups.domain.errors import NotPermitted
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.sentence import Sentence


class Standing(StrEnum):
    """What a principal is where it wants to do something."""

    SUPER_ADMINISTRATOR = "super administrator"
    """Administers all domains, future ones included."""
    DOMAIN_ADMINISTRATOR = "domain administrator"
    """Administers the domain."""
    OWNER = "owner"
    """Is named as an owner of the group."""
    TEAM_OWNER = "owner of a team"
    """Is named as an owner of the group, which is a team."""
    MODERATOR = "moderator"
    """Is named as a moderator of the group."""
    MEMBER = "member"
    """Is a member of the group."""
    ACCOUNT = "account"
    """Is an account of the domain."""


class Right(StrEnum):
    """What may be done; the value completes the sentence "may not ... in example.org"."""

    APPOINT_SUPER_ADMINISTRATORS = "appoint administrators of all domains"
    """And take the appointment back."""
    ROTATE_TOKEN_KEY = "rotate the key of tokens"  # noqa: S105 - no password
    MANAGE_DOMAIN = "manage the domain"
    """Serve it, show it to others, appoint its administrators, import into it."""
    MANAGE_ACCOUNTS = "manage accounts"
    """Add, change and remove accounts, their departments, aliases and passwords."""
    SEE_NAMES = "see names of accounts and groups"
    """Also of groups that are hidden."""
    CREATE_GROUP = "create groups"
    DELETE_GROUP = "delete groups"
    SEE_SETTINGS = "see group settings"
    """And thereby know of the group, even if it is hidden."""
    EDIT_SETTINGS = "edit group settings"
    """Owners, moderators and allowed senders included."""
    CHANGE_SOURCE = "change addresses of groups or where their members come from"
    """A group's address, kind, department and rule: they reach beyond the group itself."""
    SEE_MEMBERS = "see members"
    """Also of groups that do not show them."""
    EDIT_MEMBERS = "edit members"
    ANSWER_REQUESTS = "answer requests to join and leave"
    JUDGE_MESSAGES = "judge messages that wait"
    """Read what was sent to a moderated group, and approve, reject or discard it."""
    LEAVE_GROUP = "leave groups"
    CREATE_TEAM = "create teams"
    ASK_TO_JOIN = "ask to join groups"
    RECORD_OWN_USAGE = "record whom it mails"


_OF_ACCOUNTS = frozenset({Right.CREATE_TEAM, Right.ASK_TO_JOIN, Right.RECORD_OWN_USAGE})
_OF_OWNERS = frozenset(
    {
        Right.SEE_SETTINGS,
        Right.EDIT_SETTINGS,
        Right.SEE_MEMBERS,
        Right.EDIT_MEMBERS,
        Right.ANSWER_REQUESTS,
        Right.JUDGE_MESSAGES,
    }
)
_OF_ADMINISTRATORS = _OF_OWNERS | {
    Right.MANAGE_DOMAIN,
    Right.MANAGE_ACCOUNTS,
    Right.SEE_NAMES,
    Right.CREATE_GROUP,
    Right.CHANGE_SOURCE,
    Right.DELETE_GROUP,
}

RIGHTS: Mapping[Standing, frozenset[Right]] = {
    Standing.SUPER_ADMINISTRATOR: _OF_ADMINISTRATORS
    | {Right.APPOINT_SUPER_ADMINISTRATORS, Right.ROTATE_TOKEN_KEY},
    Standing.DOMAIN_ADMINISTRATOR: _OF_ADMINISTRATORS,
    Standing.OWNER: _OF_OWNERS,
    Standing.TEAM_OWNER: _OF_OWNERS | {Right.DELETE_GROUP},
    Standing.MODERATOR: frozenset({Right.JUDGE_MESSAGES}),
    Standing.MEMBER: frozenset({Right.LEAVE_GROUP}),
    Standing.ACCOUNT: _OF_ACCOUNTS,
}
"""What each standing grants; a principal with several has the rights of all of them."""


ROLES = frozenset({Standing.OWNER, Standing.TEAM_OWNER, Standing.MODERATOR, Standing.MEMBER})
"""The standings that a principal has in one group; the others are the same in a whole domain."""


def standings_of(
    principal: Principal, domain: str | None, roles: Iterable[Standing] = ()
) -> frozenset[Standing]:
    """Return what a principal is in a domain.

    Args:
        domain: as A-labels; None for what concerns all domains together.
        roles: which of :data:`ROLES` the principal is in the group at hand.
    """
    found = set(roles)
    if principal.managed_domains is None:
        found.add(Standing.SUPER_ADMINISTRATOR)
    elif domain in principal.managed_domains:
        found.add(Standing.DOMAIN_ADMINISTRATOR)
    if domain == principal.domain:
        found.add(Standing.ACCOUNT)
    return frozenset(found)


def may(
    principal: Principal, right: Right, domain: str | None, roles: Iterable[Standing] = ()
) -> bool:
    """Whether a principal has a right in a domain; see :func:`standings_of`."""
    return any(right in RIGHTS[standing] for standing in standings_of(principal, domain, roles))


def require(
    principal: Principal, right: Right, domain: str | None, roles: Iterable[Standing] = ()
) -> None:
    """Raise :class:`NotPermitted` unless a principal has a right in a domain."""
    if not may(principal, right, domain, roles):
        who, what = principal.address, Sentence(str(right))
        if domain is None:
            raise NotPermitted("{address} may not {right}", address=who, right=what)
        raise NotPermitted(
            "{address} may not {right} in {domain}", address=who, right=what, domain=domain
        )


def domains_where(principal: Principal, right: Right) -> frozenset[str] | None:
    """Return the domains in which a principal has a right whatever its roles; None for all."""
    if principal.managed_domains is None:
        if right in RIGHTS[Standing.SUPER_ADMINISTRATOR]:
            return None
        candidates = {principal.domain}
    else:
        candidates = {principal.domain, *principal.managed_domains}
    return frozenset(domain for domain in candidates if may(principal, right, domain))


def rights_of(
    principal: Principal, domain: str | None, roles: Iterable[Standing] = ()
) -> frozenset[Right]:
    """Return every right that a principal has in a domain; see :func:`standings_of`."""
    granted = (RIGHTS[standing] for standing in standings_of(principal, domain, roles))
    return frozenset().union(*granted)


def comes_with_roles(right: Right) -> bool:
    """Whether any role in a group grants this right, so that the group's roles must be known."""
    return any(right in RIGHTS[standing] for standing in ROLES)


def is_administrator(principal: Principal) -> bool:
    """Whether there is any domain that a principal administers."""
    return domains_where(principal, Right.MANAGE_DOMAIN) != frozenset()


def require_writing(principal: Principal) -> None:
    """Raise :class:`NotPermitted` if a principal is read-only, whatever its rights are."""
    if principal.read_only:
        raise NotPermitted("this token may only read")

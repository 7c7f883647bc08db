"""The wanted state of a group, as typed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.group import GroupSettings, Role
from contactsgroups.domain.sentence import Sentence

ROLE_LIMIT = 1000
"""Addresses that may get the same role at once; more are a mistake, as with members."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDraft:
    """The wanted state of a group, as typed; checked when it is saved.

    ``members`` of None leaves them as they are; they must be given for a new static group or team.
    ``always_members`` and ``never_members`` are accounts that are in a group that follows the
    directory, or are not, whatever the department or the rule says; never counts more.
    ``picture``: None leaves it as it is, ``b""`` takes it away.
    ``asks_first``: another kind is refused if members would leave by it, so that it can be asked;
    ``may_leave`` is how many of them were agreed to.
    """

    address: str
    settings: GroupSettings
    members: Sequence[str] | None = None
    owners: Sequence[str] = ()
    moderators: Sequence[str] = ()
    allowed_senders: Sequence[str] = ()
    always_members: Sequence[str] = ()
    never_members: Sequence[str] = ()
    picture: bytes | None = None
    asks_first: bool = False
    may_leave: int = 0

    @property
    def roles(self) -> Mapping[Role, Sequence[str]]:
        """The addresses that have each role."""
        return {
            Role.OWNER: self.owners,
            Role.MODERATOR: self.moderators,
            Role.ALLOWED_SENDER: self.allowed_senders,
            Role.ALWAYS_MEMBER: self.always_members,
            Role.NEVER_MEMBER: self.never_members,
        }

    @property
    def has_long_roles(self) -> bool:
        """Whether more addresses have a role than may get it at once."""
        return any(len(texts) > ROLE_LIMIT for texts in self.roles.values())


def refuse_too_many(draft: GroupDraft, stored: Collection[tuple[str, str]] = ()) -> None:
    """Refuse longer lists of roles than anybody types, before each address is looked at.

    Args:
        stored: roles and addresses, as they are spelled, that the group has; they do not count.

    Raises:
        InvalidInput: naming the first such role; nothing else is said of the draft then.
    """
    for role, texts in draft.roles.items():
        if sum((role, text) not in stored for text in texts) > ROLE_LIMIT:
            raise InvalidInput(
                "more than {limit:,} {roles} at once",
                field=f"{role}s",
                limit=ROLE_LIMIT,
                roles=Sentence(f"{role}s".replace("_", " ")),
            )

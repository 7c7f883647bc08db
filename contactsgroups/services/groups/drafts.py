"""The wanted state of a group, as typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contactsgroups.domain.group import GroupSettings, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDraft:
    """The wanted state of a group, as typed; checked when it is saved.

    ``members`` of None leaves them as they are; they must be given for a new static group or team.
    ``picture``: None leaves it as it is, ``b""`` takes it away.
    ``asks_first``: another kind is refused if members would leave by it, so that it can be asked.
    """

    address: str
    settings: GroupSettings
    members: Sequence[str] | None = None
    owners: Sequence[str] = ()
    moderators: Sequence[str] = ()
    allowed_senders: Sequence[str] = ()
    picture: bytes | None = None
    asks_first: bool = False

    @property
    def roles(self) -> Mapping[Role, Sequence[str]]:
        """The addresses that have each role."""
        return {
            Role.OWNER: self.owners,
            Role.MODERATOR: self.moderators,
            Role.ALLOWED_SENDER: self.allowed_senders,
        }

"""Teams: groups that accounts create and run themselves, where their domain allows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.address import LOCAL_PART_LIMIT, Address
from contactsgroups.domain.authority import Right
from contactsgroups.domain.domain_settings import DomainSettings, TeamCreators
from contactsgroups.domain.errors import InvalidAddress, InvalidInput, NotPermitted
from contactsgroups.domain.group import GroupKind, GroupSettings
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.reserved_names import is_reserved
from contactsgroups.domain.sentence import Sentence
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import ClaimedAddress, DomainRow
from contactsgroups.services.accounts.domain_settings import settings_of_domain
from contactsgroups.services.groups import team_quota
from contactsgroups.services.groups.draft_faults import saying_all_faults
from contactsgroups.services.groups.drafts import GroupDraft
from contactsgroups.services.groups.editing import create_group_in
from contactsgroups.services.groups.reading import GroupDetails, details_of
from contactsgroups.services.groups.responsible import require_responsible_in
from contactsgroups.services.unit_of_work import write

_SUGGESTED = 3
_ENDINGS = ("-team", "-group", "-2", "-3", "-4", "-5")


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamDraft:
    """What an account says of a team; all else is as the domain has it for new groups.

    ``posting_policy``: None leaves it to the domain.
    """

    address: str
    display_name: str
    members: Sequence[str] = ()
    posting_policy: str | None = None


def create_team(database: Database, actor: Principal, draft: TeamDraft) -> GroupDetails:
    """Create a team that the actor owns and is a member of.

    Raises:
        InvalidInput, AddressInUse, MembershipCycle, SeveralFaults: nothing was changed.
        NotPermitted: the actor's domain lets nobody but administrators create teams.
        Conflict: the actor has created as many as one account may, with those that it deleted.
    """
    with database.read() as session:
        settings = _require_creator(session, actor)
    whole = _whole_draft(actor, settings, draft)
    with (
        saying_all_faults(database, actor, whole, right=Right.CREATE_TEAM),
        write(database, actor) as work,
    ):
        _require_creator(work.session, actor)
        team_quota.require_quota(work.session, actor)
        _refuse_reserved(actor, Address.parse(draft.address, field="address"))
        team = create_group_in(work, whole, Right.CREATE_TEAM)
        require_responsible_in(work, team)
        work.follow()
        return details_of(team)


def _whole_draft(actor: Principal, settings: DomainSettings, draft: TeamDraft) -> GroupDraft:
    """Return the draft of a team that its creator owns and is in."""
    own = str(actor.address)
    return GroupDraft(
        address=draft.address,
        settings=_settings_for(settings, draft),
        members=[own, *(each for each in draft.members if each != own)],
        owners=[own],
    )


def _refuse_reserved(actor: Principal, address: Address) -> None:
    if is_reserved(address.local_part) and not _administers(actor, address.domain):
        text = Sentence(
            "{local_part} is reserved; an administrator can create such a group",
            local_part=address.local_part,
        )
        raise InvalidInput(text, field="address")


def may_create_team(database: Database, principal: Principal) -> bool:
    """Whether a principal's own domain lets it create teams."""
    with database.read() as session:
        try:
            _require_creator(session, principal)
        except NotPermitted:
            return False
        return True


def suggest_free_addresses(database: Database, address: str) -> list[str]:
    """Return addresses like a taken one that nobody has; none, if it leaves no room for them."""
    local_part, _, domain = address.rpartition("@")
    texts = (f"{_shortened(local_part, ending)}{ending}@{domain}" for ending in _ENDINGS)
    candidates = [text for text in texts if _is_valid(text)]
    with database.read() as session:
        taken = set(
            session.scalars(
                select(ClaimedAddress.address).where(ClaimedAddress.address.in_(candidates))
            )
        )
    return [each for each in candidates if each not in taken][:_SUGGESTED]


def _shortened(local_part: str, ending: str) -> str:
    """Cut a local part so that the ending fits behind it."""
    room = LOCAL_PART_LIMIT - len(ending)
    return local_part.encode()[:room].decode(errors="ignore").rstrip(".")


def _is_valid(text: str) -> bool:
    try:
        Address.parse(text)
    except InvalidAddress:
        return False
    return True


def _require_creator(session: Session, actor: Principal) -> DomainSettings:
    """Return the settings of the actor's domain if it may create teams there."""
    row = session.scalar(select(DomainRow).where(DomainRow.name == actor.domain))
    if row is None:
        raise NotPermitted("{address} has no account here", address=actor.address)
    authority.require(actor, Right.CREATE_TEAM, row.name)
    settings = settings_of_domain(row)
    is_open = settings.team_creators == TeamCreators.ACCOUNTS
    if not is_open and not _administers(actor, row.name):
        raise NotPermitted("only administrators create teams in {domain}", domain=row.name)
    return settings


def _administers(actor: Principal, domain: str) -> bool:
    return authority.may(actor, Right.CREATE_GROUP, domain)


def _settings_for(settings: DomainSettings, draft: TeamDraft) -> GroupSettings:
    chosen = {} if draft.posting_policy is None else {"posting_policy": draft.posting_policy}
    return settings.for_new_group(display_name=draft.display_name, kind=GroupKind.TEAM, **chosen)

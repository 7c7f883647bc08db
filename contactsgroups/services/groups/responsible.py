"""Who answers for a group: owners and moderators are accounts that can do something about it."""

from collections.abc import Collection, Iterator

from sqlalchemy.orm import Session

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidInput
from contactsgroups.domain.group import GroupKind, GroupSettings, Role
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.sentence import Sentence
from contactsgroups.persistence.models import Group
from contactsgroups.persistence.queries import holders, local_domain_names
from contactsgroups.services.accounts.sharing import unseen_address, visible_domain_names
from contactsgroups.services.accounts.succession import any_active_account
from contactsgroups.services.groups.stored_settings import settings_of
from contactsgroups.services.unit_of_work import Work

Named = frozenset[tuple[str, str]]
"""Roles, each with an address that has it."""

_RESPONSIBLE = (Role.OWNER, Role.MODERATOR)


def responsible_for(group: Group) -> Named:
    """Return the owners and moderators that a group names."""
    return frozenset((row.role, row.address) for row in group.roles if row.role in _RESPONSIBLE)


def require_responsible_in(
    work: Work,
    group: Group,
    before: Named = frozenset(),
    settings_before: GroupSettings | None = None,
) -> None:
    """Ask for owners and moderators who can do something about a group that was just saved.

    Args:
        before: whom the group named until now; those are not asked about again.
        settings_before: the settings until now, of a group that was stored already.

    Raises:
        InvalidInput: the first that :func:`find_irresponsible` finds; others wait for the lock.
    """
    named, settings = responsible_for(group), settings_of(group)
    found = find_irresponsible(work.session, work.actor, settings, named, before, settings_before)
    if (fault := next(found, None)) is not None:
        raise fault


def find_irresponsible(
    session: Session,
    actor: Principal,
    settings: GroupSettings,
    named: Named,
    before: Named,
    settings_before: GroupSettings | None,
) -> Iterator[InvalidInput]:
    """Yield what is wrong with the owners and moderators of a group.

    A team is left without an owner; or a moderated group, unless it is disabled, with nobody to
    moderate it; or one who is named anew has an address in a domain of ours and no account.  What
    was so before is not refused: accounts go, and the rest of the settings can still be saved.

    In a domain of ours that the actor may not see, every address is refused, as among members, and
    whether somebody has it makes no difference to what else is said.
    """
    responsible = frozenset(each for each in named if each[0] in _RESPONSIBLE)
    new = responsible - before
    unseen = _in_unseen_domains(session, actor, new)
    known = set(_find_lacking(session, settings_before, before)) if settings_before else set()
    for field, text in _find_lacking(session, settings, responsible - unseen):
        if (field, text) not in known:
            yield InvalidInput(text, field=field)
    for role, address in sorted(unseen):
        yield unseen_address(Address.parse(address), f"{role}s")
    yield from _find_strangers(session, new - unseen)


def _in_unseen_domains(session: Session, actor: Principal, named: Named) -> Named:
    seen = visible_domain_names(session, actor) if named else None
    if seen is None:
        return frozenset()
    hidden = local_domain_names(session) - seen
    return frozenset(each for each in named if each[1].rpartition("@")[2] in hidden)


def _find_lacking(
    session: Session, settings: GroupSettings, named: Named
) -> Iterator[tuple[str, str]]:
    """Yield the field and the text for each role that nobody has who can do something."""
    owners = {address for role, address in named if role == Role.OWNER}
    if settings.kind == GroupKind.TEAM and not any_active_account(session, owners):
        yield "owners", Sentence("a team needs an owner who has an active account here")
    responsible = {address for _, address in named}
    holds = settings.moderated and not settings.disabled  # Where nothing is let in, nothing waits.
    if holds and not any_active_account(session, responsible):
        text = Sentence(
            "a moderated group needs at least one moderator who has an account;"
            " name one, or an owner"
        )
        yield "moderators", text


def _find_strangers(session: Session, named: Collection[tuple[str, str]]) -> Iterator[InvalidInput]:
    """Yield a fault for each address in domains of ours that no account or alias has."""
    served = local_domain_names(session)
    ours = sorted(each for each in named if each[1].rpartition("@")[2] in served)
    held_by = holders(session, {address for _, address in ours})
    for role, address in ours:
        if held_by.get(address) not in {"account", "alias"}:
            text = Sentence(
                "{address} has no account here; name an account or an alias as {role}",
                address=address,
                role=Sentence(str(role).replace("_", " ")),
            )
            yield InvalidInput(text, field=f"{role}s")

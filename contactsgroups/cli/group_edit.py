"""The command that changes a group: what is named, and nothing else."""

from collections.abc import Sequence
from dataclasses import replace

import click

from contactsgroups.bootstrap import Core
from contactsgroups.cli.confirming import confirm_option
from contactsgroups.cli.context import with_core
from contactsgroups.cli.group_options import (
    NamedRoles,
    NamedSettings,
    role_options,
    setting_options,
)
from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidAddress
from contactsgroups.domain.group import GroupKind, GroupSettings, SettingValue
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.services import groups
from contactsgroups.services.groups import GroupDetails, GroupDraft
from contactsgroups.services.groups.editing import draft_like
from contactsgroups.services.groups.member_filtering import ALL_MEMBERS
from contactsgroups.services.groups.member_listing import addresses_found

_REPLACING = "Its members were named one by one. Replace them by those that the directory has?"


@click.command()
@click.argument("address")
@click.option("--address", "new_address", metavar="NEW", help="Another one in the same domain.")
@setting_options(is_new=False)
@role_options
@click.option(
    "--yes",
    is_flag=True,
    help="Do not ask before members named one by one give way to those of a department or rule.",
)
@click.option(
    "--replace-members",
    is_flag=True,
    help="Let members go that --member does not name.",
)
@with_core
@confirm_option
def edit(
    core: Core,
    address: str,
    new_address: str | None,
    named: NamedSettings,
    roles: NamedRoles,
    yes: bool,
    actor: Principal,
    replace_members: bool,
) -> None:
    """Change a group: what is named, and nothing else.

    Members and roles are replaced as a whole by the addresses that are named; --owner "" leaves no
    owner.  Where members would go, it says how many and wants --replace-members.  For one member
    more or less: add-member and remove-member.  A department or a rule goes with the kind that it
    is for.
    """
    if new_address is None and not named and not roles:
        raise click.UsageError("name what is to change")
    stored = groups.find_group(core.database, OPERATOR, address)
    draft = replace(
        draft_like(stored),
        address=stored.original if new_address is None else new_address,
        settings=_changed_settings(stored.settings, named),
        members=roles.get("members"),
        owners=roles.get("owners", stored.owners),
        moderators=roles.get("moderators", stored.moderators),
        allowed_senders=roles.get("allowed_senders", stored.allowed_senders),
    )
    always, never = _pins(draft, stored, roles)
    draft = replace(draft, always_members=always, never_members=never)
    if draft.members is not None and not replace_members:
        _refuse_losses(core, stored, draft.members)
    if _replaces_members(stored, draft) and not yes:
        click.confirm(_REPLACING, abort=True)
    saved = groups.update_group(core.database, actor, stored.uuid, stored.version, draft)
    click.echo(f"changed {saved.original}, which reaches {mailboxes(saved.recipient_count)}")


def _changed_settings(stored: GroupSettings, named: NamedSettings) -> GroupSettings:
    kind = named.get("kind", stored.kind)
    kinds = {"department": GroupKind.DEPARTMENT, "rule": GroupKind.DYNAMIC}
    unused: dict[str, SettingValue] = {name: "" for name, of in kinds.items() if kind != of}
    return stored.changed({**unused, **named})


def _pins(
    draft: GroupDraft, stored: GroupDetails, roles: NamedRoles
) -> tuple[Sequence[str], Sequence[str]]:
    """Return who is pinned: as named, or as stored if the kind still has such members."""
    keeps = GroupKind(draft.settings.kind).is_derived
    return (
        roles.get("always_members", stored.always_members if keeps else ()),
        roles.get("never_members", stored.never_members if keeps else ()),
    )


def _refuse_losses(core: Core, stored: GroupDetails, named: Sequence[str]) -> None:
    """Refuse a list of members that leaves out some who are in the group.

    Raises:
        click.UsageError: it says how many would go.
    """
    inside = addresses_found(core.database, OPERATOR, stored.uuid, ALL_MEMBERS)
    losses = len(set(inside) - {_normalised(each) for each in named})
    if losses and GroupKind(stored.settings.kind).is_named:
        raise click.UsageError(
            f"{losses} of {len(inside)} members would go: add --replace-members if that is meant; "
            "for one more or less there are add-member and remove-member"
        )


def _normalised(text: str) -> str:
    """Return an address as it is stored; what is none is told later, when it is saved."""
    try:
        return str(Address.parse(text))
    except InvalidAddress:
        return text


def _replaces_members(stored: GroupDetails, draft: GroupDraft) -> bool:
    """Whether members that were named one by one give way to those of the directory."""
    kinds = GroupKind(stored.settings.kind), GroupKind(draft.settings.kind)
    return kinds[0].is_named and kinds[1].is_derived


def mailboxes(count: int) -> str:
    """Return how many mailboxes a group reaches, in words."""
    return "1 mailbox" if count == 1 else f"{count} mailboxes"

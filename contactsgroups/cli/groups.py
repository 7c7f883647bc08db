"""Commands for mail groups and their members."""

from collections.abc import Iterator

import click

from contactsgroups.bootstrap import Core
from contactsgroups.cli import group_members, group_undo
from contactsgroups.cli.context import with_core
from contactsgroups.cli.group_edit import edit, mailboxes
from contactsgroups.cli.group_options import (
    NamedRoles,
    NamedSettings,
    role_options,
    setting_options,
)
from contactsgroups.domain.address import Address
from contactsgroups.domain.group import SETTINGS
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from contactsgroups.services.accounts.domain_settings import read_domain_settings
from contactsgroups.services.groups import (
    GroupDetails,
    GroupDraft,
    GroupSummary,
    members,
)
from contactsgroups.services.groups.member_filtering import MemberFilter
from contactsgroups.services.groups.member_listing import read_found_members
from contactsgroups.services.groups.whereabouts import Presence, find_whereabouts


@click.group()
def group() -> None:
    """Create, change, show, list and remove mail groups, and edit their members."""


for _command in (edit, *group_members.COMMANDS, *group_undo.COMMANDS):
    group.add_command(_command)


@group.command()
@click.argument("address")
@setting_options(is_new=True)
@role_options
@with_core
def add(core: Core, address: str, named: NamedSettings, roles: NamedRoles) -> None:
    """Create a group.

    Settings that are not named are as the domain has them for new groups.
    """
    domain = Address.parse(address).domain
    defaults = read_domain_settings(core.database, OPERATOR, domain)
    draft = GroupDraft(
        address=address,
        settings=defaults.for_new_group(**named),
        members=roles.get("members"),
        owners=roles.get("owners", ()),
        moderators=roles.get("moderators", ()),
        allowed_senders=roles.get("allowed_senders", ()),
        always_members=roles.get("always_members", ()),
        never_members=roles.get("never_members", ()),
    )
    created = groups.create_group(core.database, OPERATOR, draft)
    click.echo(f"added {created.original}, which reaches {mailboxes(created.recipient_count)}")


@group.command()
@click.argument("address")
@with_core
def show(core: Core, address: str) -> None:
    """Show a group, its members and whom it reaches."""
    details = groups.find_group(core.database, OPERATOR, address)
    for name, value in _rows(details):
        click.echo(f"{name + ':':22}{value}")
    click.echo("members:")
    for member in read_found_members(core.database, OPERATOR, details.uuid, MemberFilter()):
        last_day = f"until {member.until}" if member.until else ""
        cells = (member.original, member.kind, member.name, last_day)
        click.echo("  " + "  ".join(filter(None, cells)))
    click.echo("recipients:")
    for recipient in members.list_recipients(core.database, OPERATOR, details.uuid):
        click.echo(f"  {recipient}")


@group.command("list")
@click.option("--search", default="", help="Words of the address, the name or a member's address.")
@with_core
def list_command(core: Core, search: str) -> None:
    """List groups: address, kind, number of recipients and name, separated by tabs."""
    for summary in _all_groups(core, search):
        kind, name = summary.settings.kind, summary.settings.display_name
        cells = (summary.original, kind, summary.recipient_count, name)
        click.echo("\t".join(map(str, cells)))


@group.command()
@click.argument("address")
@click.confirmation_option(prompt="Remove the group, also from the groups that contain it?")
@with_core
def remove(core: Core, address: str) -> None:
    """Remove a group; for 30 days, "group restore" brings it back."""
    details = groups.find_group(core.database, OPERATOR, address)
    groups.remove_group(core.database, OPERATOR, details.uuid)
    click.echo(f"removed {details.original}")


@group.command("where-is")
@click.argument("address")
@with_core
def where_is(core: Core, address: str) -> None:
    """List the groups that an address is in or has a role in, and how.

    Each line is a group's address, a tab, and how. An account is found under all its aliases, in
    groups that follow the directory, and in groups inside groups.
    """
    for there in find_whereabouts(core.database, OPERATOR, address).groups:
        click.echo(f"{there.group.address}\t{_how(there)}")


def _how(there: Presence) -> str:
    """Return how an address is in a group, such as ``member as ada@example.org, owner``."""
    parts = []
    if there.is_pinned:
        parts.append("named by an administrator")
    elif there.is_ruled:
        parts.append(f"by its {'department' if there.group.settings.department else 'rule'}")
    elif there.members:
        parts.append(f"member as {', '.join(there.members)}")
    elif there.way:
        parts.append(f"through {' > '.join(there.way)}")
    parts += [f"{held.role.replace('_', ' ')} as {held.address}" for held in there.roles]
    return ", ".join(parts)


def _all_groups(core: Core, search: str) -> Iterator[GroupSummary]:
    after: str | None = ""
    while after is not None:
        page = groups.list_groups(
            core.database, OPERATOR, search=search, after=after, limit=groups.PAGE_LIMIT
        )
        yield from page.groups
        after = page.next_after


def _rows(details: GroupDetails) -> Iterator[tuple[str, object]]:
    yield "address", details.original
    for setting in SETTINGS:
        value = getattr(details.settings, setting.name)
        if setting.is_switch:
            yield setting.name.replace("_", " "), "yes" if value else "no"
        elif value:
            yield setting.label.lower(), " ".join(value.split())
    for role in ("owners", "moderators", "allowed_senders", "always_members", "never_members"):
        if addresses := getattr(details, role):
            yield role.replace("_", " "), ", ".join(addresses)
    yield "reaches", mailboxes(details.recipient_count)


COMMANDS = (group,)

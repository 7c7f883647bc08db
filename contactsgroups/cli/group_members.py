"""Commands for the members of a group: list, add, remove, and everybody of a department at once."""

import os
from collections.abc import Sequence

import click

from contactsgroups.bootstrap import Core
from contactsgroups.cli.context import with_core
from contactsgroups.cli.exits import PARTLY_DONE
from contactsgroups.cli.group_options import addresses_in_all
from contactsgroups.domain.address import Address
from contactsgroups.domain.group import GroupKind
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from contactsgroups.services.groups import members
from contactsgroups.services.groups.department_members import (
    DepartmentChoice,
    add_department,
    count_department,
)
from contactsgroups.services.groups.last_days import read_day_or_never, read_until
from contactsgroups.services.groups.member_changes import Result, change_members
from contactsgroups.services.groups.member_ends import set_last_day
from contactsgroups.services.groups.member_filtering import MemberFilter, MemberKind
from contactsgroups.services.groups.member_listing import read_found_members


@click.command("members")
@click.argument("address")
@click.option("--search", default="", help="Words of the address or the name.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([str(each) for each in MemberKind]),
    help="Several are possible.",
)
@with_core
def list_members(core: Core, address: str, search: str, kinds: Sequence[str]) -> None:
    """List direct members: address, kind, since when, name and last day, separated by tabs."""
    details = groups.find_group(core.database, OPERATOR, address)
    wanted = MemberFilter(search=search, kinds=frozenset(map(MemberKind, kinds)))
    for each in read_found_members(core.database, OPERATOR, details.uuid, wanted):
        kind = "inactive" if each.is_inactive else each.kind
        since = each.since.isoformat(timespec="seconds")
        until = "" if each.until is None else each.until.isoformat()
        click.echo("\t".join((each.original, kind, since, each.name, until)))


@click.command("add-member")
@click.argument("address")
@click.argument("new_members", metavar="MEMBER...", nargs=-1, required=True)
@click.option(
    "--until",
    metavar="DAY",
    help="Their last day in UTC, such as 2027-01-31, also of those who are members already; "
    "“never” for no end.",
)
@with_core
def add_member(core: Core, address: str, new_members: Sequence[str], until: str | None) -> None:
    """Add members to a group; a MEMBER may be a list, as mail programs write them.

    Exit code 1 if some of them were refused, and the others are members then; 65 if all were.
    """
    details = groups.find_group(core.database, OPERATOR, address)
    report = members.add_members(
        core.database,
        OPERATOR,
        details.uuid,
        addresses_in_all(new_members),
        until=read_until(until or ""),
    )
    for member in report.added:
        click.echo(f"added {member}")
    for member in report.already:
        changed = ", and has another last day now" if member in report.dated else ""
        click.echo(f"{member} was a member already{changed}")
    for refused in report.refused:
        click.echo(refused.reason, err=True)
    if report.refused:
        is_any_in = report.added or report.already
        raise click.exceptions.Exit(PARTLY_DONE if is_any_in else os.EX_DATAERR)


@click.command("set-last-day")
@click.argument("address")
@click.argument("some_members", metavar="MEMBER...", nargs=-1, required=True)
@click.option(
    "--until",
    metavar="DAY",
    required=True,
    help="In UTC, such as 2027-01-31; “never” for no end.",
)
@with_core
def set_last_day_of(core: Core, address: str, some_members: Sequence[str], until: str) -> None:
    """Set the last day of members; a MEMBER may be a list, as mail programs write them.

    In a group that follows a department or a rule, of accounts that are pinned in it: after the
    day they are members only if the department or the rule names them.

    Exit code 1 if some of them are no members, or not pinned; 65 if none is.
    """
    details = groups.find_group(core.database, OPERATOR, address)
    named = sorted({str(Address.parse(each)) for each in addresses_in_all(some_members)})
    day = read_day_or_never(until)
    dated = set_last_day(core.database, OPERATOR, details.uuid, named, day)
    told = "has no last day any more" if day is None else f"is in until {day}"
    what = "pinned in" if GroupKind(details.settings.kind).is_derived else "a member of"
    for member in dated.changed:
        click.echo(f"{member} {told}")
    for member in dated.missing:
        click.echo(f"{member} is not {what} {details.original}", err=True)
    if dated.missing:
        is_any_in = len(dated.missing) < len(named)
        raise click.exceptions.Exit(PARTLY_DONE if is_any_in else os.EX_DATAERR)


@click.command("add-members")
@click.argument("address")
@click.option("--department", required=True, metavar="PATH", help="Such as Sales/Europe.")
@click.option("--domain", help="Of the department; that of the group where it is not named.")
@click.option("--only-itself", is_flag=True, help="Without the departments below it.")
@click.option("--count", is_flag=True, help="Only say how many there are.")
@with_core
def add_department_members(
    core: Core, address: str, department: str, domain: str | None, only_itself: bool, count: bool
) -> None:
    """Add everybody who is in a department now; who comes or goes later changes nothing.

    Exit code 1 if some of them were refused; the others are members then.
    """
    details = groups.find_group(core.database, OPERATOR, address)
    where = domain or Address.parse(address).domain
    choice = DepartmentChoice(domain=where, path=department, with_below=not only_itself)
    if count:
        counted = count_department(core.database, OPERATOR, details.uuid, choice)
        click.echo(f"{counted.found} in {counted.path}, of whom {counted.already} are members")
        return
    report = add_department(core.database, OPERATOR, details.uuid, choice)
    click.echo(f"added {len(report.added)} of {report.path}; {report.already} were members already")
    for reason in report.refused:
        click.echo(reason, err=True)
    if report.stopped is not None:
        click.echo(f"{report.left} are left; do it again", err=True)
        raise report.stopped
    if report.refused:
        raise click.exceptions.Exit(PARTLY_DONE)


@click.command("remove-member")
@click.argument("address")
@click.argument("old_members", metavar="MEMBER...", nargs=-1, required=True)
@with_core
def remove_member(core: Core, address: str, old_members: Sequence[str]) -> None:
    """Remove members from a group; a MEMBER may be a list, as mail programs write them.

    Exit code 1 if some of them cannot be removed, and the others are; 65 if none is. Whoever is no
    member cannot be, nor the last one of a group.
    """
    details = groups.find_group(core.database, OPERATOR, address)
    named = {each.casefold(): each for each in addresses_in_all(old_members)}
    found = change_members(
        core.database, OPERATOR, details.uuid, add=[], remove=list(named.values())
    )
    is_any_out = False
    for outcome in found:
        match outcome.result:
            case Result.REMOVED:
                is_any_out = True
                click.echo(f"removed {outcome.text}")
            case Result.NOT_A_MEMBER:
                click.echo(f"{outcome.text} is not a member of {details.original}", err=True)
            case _:
                click.echo(outcome.reason, err=True)
    if any(each.result is not Result.REMOVED for each in found):
        raise click.exceptions.Exit(PARTLY_DONE if is_any_out else os.EX_DATAERR)


COMMANDS = (list_members, add_member, set_last_day_of, add_department_members, remove_member)

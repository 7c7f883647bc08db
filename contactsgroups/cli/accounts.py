"""Commands for domains and accounts."""

import sys
from collections.abc import Mapping

import click

from contactsgroups.bootstrap import Core
from contactsgroups.cli.attributes import read_attributes
from contactsgroups.cli.confirming import confirm_option
from contactsgroups.cli.context import with_core, with_new_core
from contactsgroups.domain.principal import OPERATOR, Principal
from contactsgroups.services import accounts
from contactsgroups.services.accounts import sessions, sharing
from contactsgroups.services.groups import leaving
from contactsgroups.services.groups.emptied import groups_emptied_by_account
from contactsgroups.services.groups.leaving_plan import Remedy, plan_leaving


@click.group()
def domain() -> None:
    """Manage the mail domains served here, and which domains are shown to each other."""


@domain.command("add")
@click.argument("name")
@with_new_core
def ensure_domain(core: Core, name: str) -> None:
    """Serve a mail domain; harmless if it is served already."""
    click.echo(f"serving {accounts.ensure_domain(core.database, OPERATOR, name)}")


@domain.command("list")
@with_core
def list_domains(core: Core) -> None:
    """List the domains, one a line."""
    for name in accounts.list_domains(core.database, OPERATOR):
        click.echo(name)


@domain.command("remove")
@click.argument("name")
@click.confirmation_option(prompt="Remove the domain, its departments and its administrators?")
@with_core
def remove_domain(core: Core, name: str) -> None:
    """Serve a mail domain no more; refused while it has accounts, aliases or groups.

    Its departments go with it, who administers it, and who sees it. Members of groups elsewhere
    who have an address in it are outside members from then on.
    """
    click.echo(f"not serving {accounts.remove_domain(core.database, OPERATOR, name)} any more")


@domain.command("share")
@click.argument("name")
@click.option("--with", "viewer", required=True, metavar="DOMAIN", help="Who is to see it.")
@with_core
def share_domain(core: Core, name: str, viewer: str) -> None:
    """Show the accounts and groups of a domain to the accounts of another one."""
    sharing.share_domain(core.database, OPERATOR, name, viewer)
    click.echo(f"{viewer} sees {name}")


@domain.command("hide")
@click.argument("name")
@click.option("--from", "viewer", required=True, metavar="DOMAIN", help="Who saw it.")
@with_core
def hide_domain(core: Core, name: str, viewer: str) -> None:
    """Undo "share"; harmless if there is no such share."""
    sharing.hide_domain(core.database, OPERATOR, name, viewer)
    click.echo(f"{viewer} does not see {name}")


@click.group()
def account() -> None:
    """Add and remove accounts, set their passwords, and sign them out."""


@account.command("add")
@click.argument("address")
@click.option("--name", help="Display name.")
@click.option("--department", help="Path, such as Sales/Europe; made if it is new.")
@click.option("--title", help="What it does, such as Team lead.")
@click.option("--location", help="Where it works.")
@click.option(
    "--attribute",
    "attributes",
    multiple=True,
    metavar="NAME=VALUE",
    callback=read_attributes,
    help="An attribute of your own, for rules; NAME= takes it away. Can be repeated.",
)
@click.option(
    "--active/--inactive", default=None, help="Whether mail is delivered to it; yes if it is new."
)
@with_core
@confirm_option
def add_account(
    core: Core,
    address: str,
    name: str | None,
    department: str | None,
    title: str | None,
    location: str | None,
    attributes: Mapping[str, str],
    active: bool | None,
    actor: Principal,
) -> None:
    """Add an account, or bring the one of this address up to date.

    What is not named stays as it is; --name "" takes the name away. Of an account that is made
    inactive, it says before which groups would reach nobody any more.
    """
    if active is False:
        _say_what_is_emptied(core, address)
    draft = accounts.AccountDraft(
        address=address,
        display_name=name,
        department=department,
        title=title,
        location=location,
        active=active,
        attributes=attributes,
    )
    accounts.ensure_account(core.database, actor, draft)
    click.echo(f"saved {address}")


@account.command("remove")
@click.argument("address")
@click.option("--disable-groups", is_flag=True, help="Disable groups that nobody would be left in.")
@click.option("--yes", is_flag=True, help="Confirm the action without prompting.")
@with_core
@confirm_option
def remove_account(
    core: Core, address: str, disable_groups: bool, yes: bool, actor: Principal
) -> None:
    """Remove an account with its aliases and memberships.

    Says before which groups would have no member, moderator or owner any more, or reach nobody.
    """
    _say_what_is_emptied(core, address)
    remedies = _say_what_groups_lose(core, address)
    if not yes:
        question = "Remove the account, its aliases and its memberships?"
        click.confirm(question, abort=True)
    if disable_groups and remedies:
        leaving.remove_everywhere(core.database, OPERATOR, address, remedies=remedies)
    accounts.remove_account(core.database, actor, address)
    click.echo(f"removed {address}")


def _say_what_is_emptied(core: Core, address: str) -> None:
    for group in groups_emptied_by_account(core.database, OPERATOR, address):
        click.echo(f"{group.original} would reach nobody", err=True)


def _say_what_groups_lose(core: Core, address: str) -> dict[str, Remedy]:
    """Say which groups would have nobody left, and return those that can be disabled."""
    plan = plan_leaving(core.database, OPERATOR, address)
    holder = plan.whereabouts.holder
    if holder.kind != "account" or holder.asked != holder.address:
        return {}  # There is no such account: removing it says so.
    remedies = {}
    for concern in plan.concerns:
        group = concern.presence.group
        follows = f"; {concern.successor} follows" if concern.successor else ""
        lacks = " and no ".join(sorted(concern.lacks))
        click.echo(f"{group.address} would have no {lacks}{follows}", err=True)
        if Remedy.DISABLE in concern.remedies:
            remedies[group.uuid] = Remedy.DISABLE
    return remedies


@account.command("set-password")
@click.argument("address")
@with_core
def set_password(core: Core, address: str) -> None:
    """Set the password of an account: asked for, or read as one line from the standard input."""
    accounts.set_password(core.database, OPERATOR, address, _read_password())
    click.echo(f"set the password of {address}")


@account.command("sign-out")
@click.argument("address")
@with_core
def sign_out(core: Core, address: str) -> None:
    """End all sessions of an account, and refuse the tokens that were issued for it so far."""
    sessions.sign_out_everywhere(core.database, OPERATOR, address)
    click.echo(f"signed {address} out everywhere")


def _read_password() -> str:
    """Prompt at a terminal; read from a pipe, so that scripts need not put it on a command line."""
    if sys.stdin.isatty():
        password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        return password
    return sys.stdin.readline().rstrip("\r\n")


COMMANDS = (domain, account)

"""Commands for aliases: further addresses of accounts."""

from collections.abc import Iterator

import click

from contactsgroups.bootstrap import Core
from contactsgroups.cli.context import with_core
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import accounts
from contactsgroups.services.accounts import listing
from contactsgroups.services.accounts.listing import AliasView
from contactsgroups.services.groups.emptied import groups_emptied_by_alias

_PAGE = 500


@click.group()
def alias() -> None:
    """Add, list and remove aliases: further addresses of accounts."""


@alias.command("add")
@click.argument("address")
@click.argument("account")
@with_core
def ensure_alias(core: Core, address: str, account: str) -> None:
    """Let ADDRESS stand for ACCOUNT; an alias that stands for another account moves."""
    accounts.ensure_alias(core.database, OPERATOR, address, account)
    click.echo(f"{address} stands for {account}")


@alias.command("list")
@click.option("--domain", help="Only aliases in this domain.")
@click.option("--account", metavar="ADDRESS", help="Only aliases of this account.")
@with_core
def list_aliases(core: Core, domain: str | None, account: str | None) -> None:
    """List aliases: address and account, separated by a tab."""
    of_account = None
    if account is not None:
        of_account = listing.view_account(core.database, OPERATOR, account).original
    for each in _all_aliases(core, domain):
        if of_account in {None, each.account}:
            click.echo(f"{each.original}\t{each.account}")


@alias.command("remove")
@click.argument("address")
@click.option("--yes", is_flag=True, help="Confirm the action without prompting.")
@with_core
def remove_alias(core: Core, address: str, yes: bool) -> None:
    """Remove an alias, also from the groups that it is a member of; its account stays.

    Says before which groups would reach nobody any more.
    """
    for group in groups_emptied_by_alias(core.database, OPERATOR, address):
        click.echo(f"{group.original} would reach nobody", err=True)
    if not yes:
        question = "Remove the alias, also from the groups that it is a member of?"
        click.confirm(question, abort=True)
    accounts.remove_alias(core.database, OPERATOR, address)
    click.echo(f"removed {address}")


def _all_aliases(core: Core, domain: str | None) -> Iterator[AliasView]:
    after: str | None = ""
    while after is not None:
        page = listing.list_aliases(
            core.database, OPERATOR, domain=domain, after=after, limit=_PAGE
        )
        yield from page.items
        after = page.next_after


COMMANDS = (alias,)

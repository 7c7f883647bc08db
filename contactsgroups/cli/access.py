"""Commands for what is granted and taken back: administrators, tokens and their keys."""

from datetime import datetime, timedelta

import click

from contactsgroups.bootstrap import Core
from contactsgroups.cli.context import with_core
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import accounts
from contactsgroups.services.accounts import token_keys
from contactsgroups.services.accounts.tokens import issue_token


@click.group()
def admin() -> None:
    """Appoint and list the administrators of groups, and take appointments back."""


@admin.command("add")
@click.argument("address")
@click.option("--domain", help="The domain whose groups the account administers; all without it.")
@with_core
def add_administrator(core: Core, address: str, domain: str | None) -> None:
    """Let an account administer the groups of a domain, or of all."""
    accounts.appoint_administrator(core.database, OPERATOR, address, domain=domain)
    click.echo(f"{address} administers {domain or 'all domains'}")


@admin.command("list")
@with_core
def list_administrators(core: Core) -> None:
    """List the administrators: a line for each, with the domain, or * for all domains."""
    for each in accounts.list_administrators(core.database, OPERATOR):
        closed = "" if each.active else "  (inactive)"
        click.echo(f"{each.address}  {each.domain or '*'}{closed}")


@admin.command("remove")
@click.argument("address")
@click.option("--domain", help="The domain to take back; without it, all that it administers.")
@with_core
def remove_administrator(core: Core, address: str, domain: str | None) -> None:
    """Let an account no longer administer a domain, or anything; in effect at once."""
    has_more = accounts.remove_administrator(core.database, OPERATOR, address, domain=domain)
    if has_more:
        click.echo(f"{address} does not administer {domain}; see what is left: admin list")
    else:
        click.echo(f"{address} does not administer anything any more")


@click.command()
@click.argument("address", required=False)
@click.option("--may-write", is_flag=True, help="It may also change something: not for browsers.")
@click.option("--manage", is_flag=True, help="It may also do what its account administers.")
@click.option("--lifetime", type=click.IntRange(10, 3600), help="Seconds that it is valid.")
@click.option("--key", is_flag=True, help="Print the key that such tokens are signed with instead.")
@with_core
def token(
    core: Core,
    address: str | None,
    *,
    may_write: bool,
    manage: bool,
    lifetime: int | None,
    key: bool,
) -> None:
    """Print a short-lived bearer token that authenticates an account at the API.

    Without --lifetime, it is valid for as long as the setting token_lifetime says.
    """
    secret = core.settings.read_token_secret()
    if key:
        click.echo(token_keys.read_current_key(core.database, secret, for_managing=manage))
        return
    if address is None:
        raise click.UsageError("name an account, or --key")
    seconds = lifetime or core.settings.token_lifetime
    click.echo(
        issue_token(core.database, secret, address, seconds, may_write=may_write, manages=manage)
    )


@click.group()
def token_key() -> None:
    """List and replace the keys that bearer tokens are signed with."""


@token_key.command("list")
@with_core
def list_token_keys(core: Core) -> None:
    """List the ids of the keys whose tokens are accepted; the first one signs."""
    for each in token_keys.list_token_keys(core.database, OPERATOR):
        end = f"accepted until {_moment(each.expires_at)}" if each.expires_at else "signs"
        click.echo(f"{each.key_id}  made {_moment(each.created_at)}  {end}")


@token_key.command("rotate")
@click.option(
    "--overlap",
    type=click.IntRange(0, 720),
    default=24,
    show_default=True,
    metavar="HOURS",
    help="So long tokens of earlier keys are still accepted; 0 if a key was stolen.",
)
@with_core
def rotate_token_key(core: Core, overlap: int) -> None:
    """Let a new key sign tokens.

    Until the overlap is over, give the new key ("contactsgroups token --key") to each program
    that signs tokens of its own.
    """
    made = token_keys.rotate_token_key(core.database, OPERATOR, overlap=timedelta(hours=overlap))
    click.echo(f"tokens are signed with {made.key_id} now")
    if not overlap:
        click.echo("tokens of earlier keys are refused")
        return
    click.echo(f"tokens of earlier keys are accepted for {overlap} hours")


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")


COMMANDS = (admin, token, token_key)

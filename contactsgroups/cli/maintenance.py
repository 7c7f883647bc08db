"""Commands that maintain an installation: migrations and settings."""

import dataclasses

import click

from contactsgroups.bootstrap import find_missing
from contactsgroups.cli.context import Context, open_until_end, pass_context
from contactsgroups.cli.settings_page import render_settings
from contactsgroups.services import migrations


@click.group()
def db() -> None:
    """Upgrade the schema of the database, and show its state."""


@db.command()
@pass_context
def upgrade(context: Context) -> None:
    """Run the migrations that are missing; harmless when there is none."""
    core = open_until_end(context.settings(), creating=True)
    ran = migrations.upgrade(core.database)
    click.echo(f"ran migrations: {', '.join(ran)}" if ran else "the database is up to date")


@db.command()
@pass_context
def status(context: Context) -> None:
    """Show which migrations are missing; exit code 1 if there is any."""
    chosen = context.settings()
    if find_missing(chosen):
        click.echo("no state here: there is no database yet; run contactsgroups db upgrade")
        raise click.exceptions.Exit(1)
    core = open_until_end(chosen)
    pending = migrations.list_pending(core.database)
    if pending:
        click.echo(f"missing migrations: {', '.join(pending)}; run contactsgroups db upgrade")
        raise click.exceptions.Exit(1)
    click.echo("the database is up to date")


@click.command()
@click.option("--markdown", is_flag=True, help="As docs/settings.md.")
@pass_context
def settings(context: Context, markdown: bool) -> None:
    """Show every setting and its value, secrets excepted; or the page that explains them."""
    if markdown:
        click.echo(render_settings(), nl=False)
        return
    chosen = context.settings()
    for each in dataclasses.fields(chosen):
        value = getattr(chosen, each.name)
        # What its representation leaves out is a secret: a key, or a URL with a password in it.
        click.echo(f"{each.name} = {value if each.repr or not value else '(set)'}")


COMMANDS = (db, settings)

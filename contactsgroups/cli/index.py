"""Commands that maintain the index from which recipients are completed."""

from collections.abc import Sequence
from pathlib import Path

import click

from contactsgroups.bootstrap import Core
from contactsgroups.cli.context import with_core
from contactsgroups.cli.progress import showing_progress
from contactsgroups.services.completion import IndexUnusable
from contactsgroups.services.completion.upkeep import IndexState, IndexStatus, IndexUpkeep
from radicale_plugin.rescan import rescan

_SHOWN_DIFFERENCES = 20

_domains = click.argument("domains", metavar="[DOMAIN]...", nargs=-1)


@click.group()
def index() -> None:
    """Maintain the index from which recipients are completed.

    Without DOMAIN, each command covers the index of every domain.  The index is built
    automatically where there is none, and follows every change; these commands build it ahead of
    the first query, or verify it.
    """


@index.command()
@_domains
@with_core
def build(core: Core, domains: Sequence[str]) -> None:
    """Build the index from the database; completions are still answered meanwhile."""
    upkeep = IndexUpkeep(core.database, core.completions)
    for domain in upkeep.choose(domains):
        with showing_progress() as progress:
            count = upkeep.build(domain, progress)
        click.echo(f"{domain}: {count} entries")


@index.command()
@_domains
@with_core
def status(core: Core, domains: Sequence[str]) -> None:
    """Show the state of the index; exit code 1 if one has to be built.

    "behind" counts the changes after the last entry on disk; a process that opens the index reads
    them from the journal, so no answer lacks them.
    """
    upkeep = IndexUpkeep(core.database, core.completions)
    found = [upkeep.status(domain) for domain in upkeep.choose(domains)]
    for each in found:
        click.echo(_describe(each))
    if any(each.state is not IndexState.READY for each in found):
        raise click.exceptions.Exit(1)


@index.command()
@_domains
@with_core
def verify(core: Core, domains: Sequence[str]) -> None:
    """Compare the index with the database and name what differs; exit code 1 if anything does."""
    upkeep = IndexUpkeep(core.database, core.completions)
    verdicts = [_verify(upkeep, domain) for domain in upkeep.choose(domains)]
    if not all(verdicts):
        raise click.exceptions.Exit(1)


@index.command()
@click.argument("addresses", metavar="[ADDRESS]...", nargs=-1)
@click.option(
    "--collections",
    metavar="DIRECTORY",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where Radicale keeps its files; otherwise in the state directory.",
)
@with_core
def contacts(core: Core, addresses: Sequence[str], collections: Path | None) -> None:
    """Read the accounts' own address books again; those of all accounts by default.

    Needed once where there were address books before the plugin for Radicale, and after files were
    brought back from a backup; otherwise own contacts follow by themselves.
    """
    with showing_progress() as progress:
        counts = rescan(core, addresses, folder=collections, progress=progress)
    for address, count in counts.items():
        click.echo(f"{address}: {count} addresses")


def _describe(found: IndexStatus) -> str:
    if found.state is not IndexState.READY:
        return f"{found.domain}: {found.state}: {found.reason}"
    size = f"{found.size / 1e6:.1f} MB"
    return f"{found.domain}: ready, {found.entries} entries, {size}, {found.behind} behind"


def _verify(upkeep: IndexUpkeep, domain: str) -> bool:
    """Print the faults of a domain's index; return whether there are none."""
    count = 0
    try:
        with showing_progress() as progress:
            for difference in upkeep.verify(domain, progress):
                count += 1
                if count <= _SHOWN_DIFFERENCES:
                    click.echo(f"{domain}: {difference}")
    except IndexUnusable as error:
        click.echo(f"{domain}: cannot be used: {error.reason}")
        return False
    if count > _SHOWN_DIFFERENCES:
        click.echo(f"{domain}: {count - _SHOWN_DIFFERENCES} more addresses differ")
    if not count:
        click.echo(f"{domain}: as the database")
    return not count


COMMANDS = (index,)

"""Commands that take changes of groups back: undo, and what becomes of deleted groups."""

from collections.abc import Iterator

import click

from contactsgroups.bootstrap import Core
from contactsgroups.cli.context import with_core
from contactsgroups.domain.errors import Conflict
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from contactsgroups.services.groups import deleted_groups
from contactsgroups.services.groups.deleted_groups import DeletedGroupView
from contactsgroups.services.groups.history import list_history
from contactsgroups.services.groups.undo_offers import find_offers
from contactsgroups.services.groups.undoing import undo_changes

_LOOKED_AT = 50  # entries of a group's history


@click.command()
@click.argument("address")
@with_core
def undo(core: Core, address: str) -> None:
    """Undo the last change of a group that is not undone yet.

    What was changed again since stays. The undo is a change itself, which can be undone. A group
    that was deleted is restored by "group restore".
    """
    details = groups.find_group(core.database, OPERATOR, address)
    page = list_history(core.database, OPERATOR, details.uuid, before=None, limit=_LOOKED_AT)
    offers = find_offers(core.database, OPERATOR, page.entries)
    change = next((each.work_id for each in page.entries if each.id in offers), None)
    if change is None:
        raise Conflict(f"nothing is known of {details.original} that could be undone")
    undone = undo_changes(core.database, OPERATOR, [change], only=details.uuid)
    click.echo(f"undid the last change of {details.original}")
    for count in undone.counts:
        click.echo(count)
    _tell(undone.notes)


@click.command()
@with_core
def deleted(core: Core) -> None:
    """List deleted groups that can be restored: address, last day, by whom deleted, and name.

    Separated by tabs. Until that day nobody else can have the address.
    """
    for each in _all_deleted(core):
        cells = (each.original, f"{each.expires_at:%Y-%m-%d}", each.deleted_by, each.shown_name)
        click.echo("\t".join(cells))


@click.command()
@click.argument("address")
@with_core
def restore(core: Core, address: str) -> None:
    """Restore a deleted group with its settings, roles and members.

    What could not come back is said, such as members who have no account any more.
    """
    found = deleted_groups.find_deleted(core.database, OPERATOR, address)
    restored = deleted_groups.restore_group(core.database, OPERATOR, found.uuid)
    click.echo(f"restored {restored.original}")
    _tell(restored.notes)


@click.command()
@click.argument("address")
@click.confirmation_option(prompt="Release the address, so that the group cannot be restored?")
@with_core
def release(core: Core, address: str) -> None:
    """Release the address of a deleted group now."""
    found = deleted_groups.find_deleted(core.database, OPERATOR, address)
    click.echo(f"released {deleted_groups.release_address(core.database, OPERATOR, found.uuid)}")


def _tell(notes: list[str]) -> None:
    for note in notes:
        click.echo(note, err=True)


def _all_deleted(core: Core) -> Iterator[DeletedGroupView]:
    after: str | None = ""
    while after is not None:
        page = deleted_groups.list_deleted(core.database, OPERATOR, after=after)
        yield from page.groups
        after = page.next_after


COMMANDS = (undo, deleted, restore, release)

"""Reading all own address books again, for autocomplete."""

from collections.abc import Callable, Collection
from pathlib import Path

from radicale import config

from contactsgroups.bootstrap import Core
from contactsgroups.services.completion.contacts import find_owners, list_owners
from radicale_plugin.storage import Storage

Report = Callable[[str, int, int], None]
"""Called with the task, how much of it is done, and how much there is."""


def rescan(
    core: Core,
    principals: Collection[str] = (),
    *,
    folder: Path | None = None,
    progress: Report | None = None,
) -> dict[str, int]:
    """Record the own contacts of some principals from the files; return how many each has.

    Needed where address books existed before the plugin, or were written by another program than
    Radicale with the plugin.

    Args:
        principals: addresses; empty stands for all who have or had address books.
        folder: where Radicale keeps its files; otherwise in the state directory.

    Raises:
        AccountNotFound, InvalidAddress: nothing was read.
        Unavailable: the database does not answer; those read before are recorded.
    """
    own_contacts = _open_storage(core, folder).own_contacts
    chosen = find_owners(core.database, principals) or sorted(
        {*own_contacts.principals(), *list_owners(core.database)}
    )
    counts = {}
    for number, principal in enumerate(chosen, start=1):
        counts[principal] = own_contacts.read_anew(principal)
        if progress is not None:
            progress("books", number, len(chosen))
    return counts


def _open_storage(core: Core, folder: Path | None) -> Storage:
    configuration = config.load()
    if folder is not None:
        chosen = {"storage": {"filesystem_folder": str(folder)}}
        configuration.update(chosen, "contactsgroups")
    return Storage(configuration, core, records=False)

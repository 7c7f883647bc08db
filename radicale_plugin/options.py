"""The options of the plugin in Radicale's own configuration, all in its section ``[storage]``."""

import threading
from typing import Any

from radicale.config import Configuration
from radicale.pathutils import is_safe_filesystem_path_component

from contactsgroups.bootstrap import Core, open_existing_core
from contactsgroups.settings import Settings, load

# Names and meaning are those of contactsgroups.settings; empty means: not set here.
_SETTINGS = ("state", "database_url", "trusted_proxies")

PLUGIN_CONFIG_SCHEMA: dict[str, dict[str, Any]] = {
    "storage": {
        "state": {"value": "", "help": "directory of contactsgroups' state", "type": str},
        "database_url": {"value": "", "help": "contactsgroups' database", "type": str},
        "trusted_proxies": {
            "value": "",
            "help": "proxies whose word counts on a client's address",
            "type": str,
        },
        "groups_name": {
            "value": "Mail groups",
            "help": "name of the address book of mail groups",
            "type": str,
        },
        "groups_path": {
            "value": "groups",
            "help": "path of the address book of mail groups below each principal",
            "type": str,
        },
    }
}

_cores: dict[Settings, Core] = {}
_cores_lock = threading.Lock()


def extend(configuration: Configuration) -> Configuration:
    """Return Radicale's configuration with the plugin's options checked and completed."""
    return configuration.copy(PLUGIN_CONFIG_SCHEMA)


def core_of(configuration: Configuration) -> Core:
    """Return the core that the options describe, one for all parts of a process.

    Radicale builds every storage twice; both, and ``Auth``, share one pool of connections.

    Raises:
        InvalidSettings: naming each option that does not fit.
        Unavailable: there is no such database, and which command makes it.
    """
    given = {name: configuration.get("storage", name) for name in _SETTINGS}
    settings = load({name: value for name, value in given.items() if value})
    with _cores_lock:
        if settings not in _cores:
            _cores[settings] = open_existing_core(settings)
        return _cores[settings]


def book_segment(configuration: Configuration) -> str:
    """Return the last part of the path of the book of mail groups.

    Raises:
        RuntimeError: it is not one plain component of a path.
    """
    segment: str = configuration.get("storage", "groups_path")
    if not is_safe_filesystem_path_component(segment):
        raise RuntimeError(f"storage.groups_path is not one component of a path: {segment!r}")
    return segment

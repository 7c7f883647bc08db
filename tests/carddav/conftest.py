"""The CardDAV server as it runs in the product: mounted at /dav, served by waitress."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.wrappers import Response

from contactsgroups.bootstrap import Core, open_core
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import accounts
from contactsgroups.settings import Settings
from radicale_plugin.application import create_application
from tests.carddav.dav import PASSWORD, Client
from tests.directories import add_accounts
from tests.servers.web import served

ClientFor = Callable[[str], Client]


def make_core(state: Path, database_url: str = "") -> Core:
    """A migrated core with Ada, Bob, Eve and Zoe in example.org and Nia in example.net.

    Ada, Bob and Nia have passwords.
    """
    core = open_core(Settings(state=state, database_url=database_url), upgrade=True)
    add_accounts(core.database, ["ada", "bob", "eve", "zoe"])
    add_accounts(core.database, ["nia"], domain="example.net")
    for address in ("ada@example.org", "bob@example.org", "nia@example.net"):
        accounts.set_password(core.database, OPERATOR, address, PASSWORD)
    return core


@pytest.fixture(scope="session")
def fresh_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state directory to copy: passwords are slow to set, and migrations to run."""
    state = tmp_path_factory.mktemp("carddav") / "state"
    make_core(state).close()
    return state


@pytest.fixture
def state(fresh_state: Path, tmp_path: Path) -> Path:
    """A state directory on SQLite that :func:`make_core` made."""
    return shutil.copytree(fresh_state, tmp_path / "state")


@pytest.fixture
def core(state: Path) -> Iterator[Core]:
    """A core with a few accounts, on SQLite."""
    core = open_core(Settings(state=state))
    yield core
    core.close()


@pytest.fixture
def root_url(core: Core) -> Iterator[str]:
    """The URL of the served CardDAV root."""
    nothing = Response("nothing here", status=404)
    with served(DispatcherMiddleware(nothing, {"/dav": create_application(core)})) as url:
        yield f"{url}/dav/"


@pytest.fixture
def client_for(root_url: str) -> Iterator[ClientFor]:
    """Gives a client that signs in with an address."""
    with ExitStack() as clients:

        def client_for(address: str) -> Client:
            return clients.enter_context(
                Client(base_url=root_url, auth=(address, PASSWORD), timeout=30)
            )

        yield client_for


@pytest.fixture
def ada(client_for: ClientFor) -> Client:
    """Ada's client."""
    return client_for("ada@example.org")

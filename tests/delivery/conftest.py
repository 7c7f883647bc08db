"""The product on an SQLite file, for the Postfix face without Postfix."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from contactsgroups import settings
from contactsgroups.bootstrap import Core, open_core
from contactsgroups.delivery.map_file import MapFile
from contactsgroups.services.delivery.published_maps import MapName
from tests.directories import add_accounts


@pytest.fixture(scope="session")
def fresh_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state directory with four accounts in example.org, to copy."""
    state = tmp_path_factory.mktemp("delivery") / "state"
    core = open_core(settings.from_mapping({"state": state}), upgrade=True)
    add_accounts(core.database, ["ada", "bob", "eve", "zoe"])
    core.close()
    return state


@pytest.fixture
def core(fresh_state: Path, tmp_path: Path) -> Iterator[Core]:
    """The product with four accounts in example.org."""
    state = shutil.copytree(fresh_state, tmp_path / "state")
    core = open_core(settings.from_mapping({"state": state}))
    yield core
    core.close()


@pytest.fixture
def maps(core: Core) -> Path:
    """The directory of the published maps."""
    return core.settings.effective_maps_directory


def read(maps: Path, name: MapName) -> dict[str, str]:
    """The rows of a published map."""
    return dict(MapFile(maps, name).read())

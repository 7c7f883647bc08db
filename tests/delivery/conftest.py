"""The product on an SQLite file, for the Postfix face without Postfix."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contactsgroups import settings
from contactsgroups.bootstrap import Core, open_core
from tests.directories import add_accounts


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    """The product with four accounts in example.org."""
    core = open_core(settings.from_mapping({"state": tmp_path / "state"}), upgrade=True)
    add_accounts(core.database, ["ada", "bob", "eve", "zoe"])
    yield core
    core.close()


@pytest.fixture
def maps(core: Core) -> Path:
    """The directory of the published maps."""
    return core.settings.effective_maps_directory

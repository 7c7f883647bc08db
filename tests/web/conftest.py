"""A small generated directory, the application on it, and visitors who may do this or that."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from contactsgroups.bootstrap import Core, open_core
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from contactsgroups.services.groups import GroupDetails
from contactsgroups.settings import from_mapping
from contactsgroups.web.app import create_app
from tests.web.forms import Visitor
from tests.web.sample import fill


@pytest.fixture(scope="session")
def filled_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state directory of the generated directory, made once; tests work on copies."""
    state = tmp_path_factory.mktemp("filled")
    core = open_core(from_mapping({"state": state}), upgrade=True)
    fill(core)
    core.close()
    return state


@pytest.fixture
def core(filled_state: Path, tmp_path: Path) -> Iterator[Core]:
    state = tmp_path / "state"
    shutil.copytree(filled_state, state)
    core = open_core(from_mapping({"state": state, "secret_key": "s" * 40}))
    yield core
    core.close()


@pytest.fixture
def app(core: Core) -> Flask:
    return create_app(core, carddav_path="/dav/")


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody who has not signed in."""
    return Visitor(app.test_client())


@pytest.fixture
def admin(app: Flask) -> Visitor:
    """An administrator of every domain."""
    return Visitor(app.test_client()).take_session("admin@example.org")


@pytest.fixture
def ada(app: Flask) -> Visitor:
    """An ordinary account of example.org."""
    return Visitor(app.test_client()).take_session("ada@example.org")


@pytest.fixture
def find(core: Core) -> Callable[[str], GroupDetails]:
    """What is stored of a group, by its local part in example.org, or by its address."""

    def find(name: str) -> GroupDetails:
        address = name if "@" in name else f"{name}@example.org"
        return groups.find_group(core.database, OPERATOR, address)

    return find

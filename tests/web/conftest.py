"""A small generated directory, the application on it, and visitors who may do this or that."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from contactsgroups.bootstrap import Core, bootstrap
from contactsgroups.domain.group import GroupSwitches
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import directory, groups
from contactsgroups.services.directory import AccountDraft
from contactsgroups.services.groups import GroupDetails, GroupDraft
from contactsgroups.services.work import write
from contactsgroups.settings import from_mapping
from contactsgroups.web.app import create_app
from tests.web.forms import Visitor

PASSWORD = "correct horse"
DEPARTMENTS = {"ada": "Sales/Europe", "bob": "Sales", "eve": "IT", "zoe": ""}


def fill(core: Core) -> None:
    """Two domains; four people; an administrator of all, and one of example.com only."""
    database = core.database
    with write(database, OPERATOR) as work:
        for domain in ("example.org", "example.com"):
            directory.put_domain(work, domain)
        for name, department in DEPARTMENTS.items():
            draft = AccountDraft(
                address=f"{name}@example.org",
                display_name=f"{name.title()} Example",
                department=department,
            )
            directory.put_account(work, draft)
        for address in ("admin@example.org", "admin@example.com", "carl@example.com"):
            directory.put_account(work, AccountDraft(address=address, display_name=""))
        directory.put_alias(work, "ada.alias@example.org", "ada@example.org")
    for address in (
        "admin@example.org",
        "admin@example.com",
        "ada@example.org",
        "carl@example.com",
    ):
        directory.set_password(database, OPERATOR, address, PASSWORD)
    directory.appoint_administrator(database, OPERATOR, "admin@example.org", domain=None)
    directory.appoint_administrator(database, OPERATOR, "admin@example.com", domain="example.com")
    for draft in GROUPS:
        groups.create_group(database, OPERATOR, draft)


GROUPS = (
    GroupDraft(
        address="team@example.org",
        display_name="Team Blue",
        members=["ada@example.org", "bob@example.org", "guest@example.net"],
        owners=["ada@example.org"],
    ),
    GroupDraft(
        address="sales@example.org",
        display_name="Sales",
        kind="department",
        department="Sales",
    ),
    GroupDraft(
        address="secret@example.org",
        display_name="Secret Plans",
        members=["eve@example.org"],
        switches=GroupSwitches(show_in_contacts=False),
    ),
    GroupDraft(
        address="com@example.com",
        display_name="Other Domain",
        members=["carl@example.com"],
    ),
)


@pytest.fixture(scope="session")
def filled_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state directory of the generated directory, made once; tests work on copies."""
    state = tmp_path_factory.mktemp("filled")
    core = bootstrap(from_mapping({"state": state}), upgrade=True)
    fill(core)
    core.close()
    return state


@pytest.fixture
def core(filled_state: Path, tmp_path: Path) -> Iterator[Core]:
    state = tmp_path / "state"
    shutil.copytree(filled_state, state)
    core = bootstrap(from_mapping({"state": state, "secret_key": "s" * 40}))
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

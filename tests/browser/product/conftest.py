"""The real application on a free port, and people who are signed in to it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from contactsgroups.bootstrap import Core, open_core
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from contactsgroups.services.groups import GroupDetails
from contactsgroups.settings import from_mapping
from contactsgroups.web.app import create_app
from tests.directories import group_draft
from tests.servers.web import served
from tests.web.sample import PASSWORD, fill


@dataclass(frozen=True)
class Site:
    """A running application and what it works on."""

    url: str
    core: Core

    def find(self, name: str) -> GroupDetails:
        """Return what is stored of a group of example.org."""
        return groups.find_group(self.core.database, OPERATOR, f"{name}@example.org")

    def create(self, name: str, **values: object) -> GroupDetails:
        """Create a group that Ada is in."""
        draft = {"display_name": name.title(), "members": ["ada@example.org"], **values}
        return groups.create_group(
            self.core.database, OPERATOR, group_draft(address=f"{name}@example.org", **draft)
        )


@pytest.fixture(scope="session")
def filled_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state directory of the generated directory, made once; tests work on copies."""
    state = tmp_path_factory.mktemp("filled")
    core = open_core(from_mapping({"state": state}), upgrade=True)
    fill(core)
    core.close()
    return state


@pytest.fixture
def site(filled_state: Path, tmp_path: Path) -> Iterator[Site]:
    state = tmp_path / "state"
    shutil.copytree(filled_state, state)
    core = open_core(from_mapping({"state": state}))
    with served(create_app(core, carddav_path="/dav/")) as url:
        yield Site(url, core)
    core.close()


def sign_in(page: Page, site: Site, address: str) -> None:
    """Sign in on the page's own form."""
    page.goto(f"{site.url}/sign-in")
    page.get_by_label("Mail address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()


@pytest.fixture
def page(site: Site, page: Page) -> Page:
    """The page, closed before the application stops: a late request would be an error."""
    return page


@pytest.fixture
def admin(page: Page, site: Site) -> Page:
    """The page of an administrator of every domain."""
    sign_in(page, site, "admin@example.org")
    return page


@pytest.fixture
def second_admin(context: BrowserContext, site: Site) -> Iterator[Page]:
    """Another administrator, with a browser of their own."""
    other = context.browser.new_context()
    page = other.new_page()
    sign_in(page, site, "admin@example.com")
    yield page
    other.close()


@pytest.fixture
def ada(page: Page, site: Site) -> Page:
    """The page of an ordinary account of example.org."""
    sign_in(page, site, "ada@example.org")
    return page

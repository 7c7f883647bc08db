"""Makes the pictures of the README anew (``make picture``): three pages of the sample."""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from contactsgroups.bootstrap import open_core
from contactsgroups.directory.first_start import SignIn, load_sample_once
from contactsgroups.settings import from_mapping
from contactsgroups.web.app import create_app
from tests.browser.conftest import CHROMIUM, CHROMIUM_ARGUMENTS
from tests.servers.web import served

PICTURES = Path(__file__).parents[2] / "docs" / "images"
NAMES = ("compose", "group", "my-groups")
SIZE = (960, 560)
TYPED = "sal"


def take_pictures(browser: Browser, state: Path, directory: Path) -> None:
    """Start the product with its sample in ``state``, and show its main pages."""
    core = open_core(from_mapping({"state": state}), upgrade=True)
    administrator, *_, account = load_sample_once(core.database, state)
    with served(create_app(core, carddav_path="/dav/")) as url:
        page = _signed_in(browser, url, account)
        page.goto(f"{url}/compose")
        page.get_by_role("combobox", name="To").press_sequentially(TYPED)
        page.get_by_role("option").first.wait_for()
        _take(page, directory / "compose.png")
        page.goto(f"{url}/groups")
        _take(page, directory / "my-groups.png")
        page.close()
        page = _signed_in(browser, url, administrator)
        page.goto(f"{url}/admin/groups?q={TYPED}")
        page.locator("tbody a.cover").first.click()
        page.get_by_role("columnheader", name="Member").wait_for()
        _take(page, directory / "group.png")
        page.close()
    core.close()


def _take(page: Page, picture: Path) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=picture, animations="disabled")


def _signed_in(browser: Browser, url: str, account: SignIn) -> Page:
    width, height = SIZE
    page = browser.new_page(viewport={"width": width, "height": height}, locale="en-GB")
    _sign_in(page, url, account)
    return page


def _sign_in(page: Page, url: str, account: SignIn) -> None:
    page.goto(f"{url}/sign-in")
    page.get_by_label("Mail address").fill(account.address)
    page.get_by_label("Password").fill(account.password or "")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()


def main() -> None:
    """Write the pictures to the directory given, or to their place in docs/."""
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as state:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        take_pictures(browser, Path(state), directory)
        browser.close()


if __name__ == "__main__":
    main()

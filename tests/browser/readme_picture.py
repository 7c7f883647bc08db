"""Makes the picture of the README anew (``make picture``): the compose page of the sample."""

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

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "compose.png"
SIZE = (960, 560)
TYPED = "sal"


def take_picture(browser: Browser, state: Path, picture: Path) -> None:
    """Start the product with its sample in ``state``, and show what a few letters suggest."""
    core = open_core(from_mapping({"state": state}), upgrade=True)
    *_, account = load_sample_once(core.database, state)
    width, height = SIZE
    with served(create_app(core, carddav_path="/dav/")) as url:
        page = browser.new_page(viewport={"width": width, "height": height}, locale="en-GB")
        _sign_in(page, url, account)
        page.goto(f"{url}/compose")
        page.get_by_role("combobox", name="To").press_sequentially(TYPED)
        page.get_by_role("option").first.wait_for()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=picture, animations="disabled")
        page.close()
    core.close()


def _sign_in(page: Page, url: str, account: SignIn) -> None:
    page.goto(f"{url}/sign-in")
    page.get_by_label("Mail address").fill(account.address)
    page.get_by_label("Password").fill(account.password or "")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()


def main() -> None:
    """Write the picture to the path given, or to its place in docs/."""
    picture = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as state:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        take_picture(browser, Path(state), picture)
        browser.close()


if __name__ == "__main__":
    main()

"""The picture of the README can be made anew at any time, and is as large as it was."""

from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests.browser.readme_picture import PICTURE, SIZE, take_picture


def test_the_picture_of_the_readme_can_be_made_anew(browser: Browser, tmp_path: Path) -> None:
    made = tmp_path / "compose.png"
    take_picture(browser, tmp_path / "state", made)
    for each in (made, PICTURE):
        with Image.open(each) as image:
            assert image.size == SIZE

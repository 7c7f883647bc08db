"""The pictures of the README can be made anew at any time, and are as large as they were."""

from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests.browser.readme_picture import NAMES, PICTURES, SIZE, take_pictures


def test_the_pictures_of_the_readme_can_be_made_anew(browser: Browser, tmp_path: Path) -> None:
    take_pictures(browser, tmp_path / "state", tmp_path)
    for directory in (tmp_path, PICTURES):
        for name in NAMES:
            with Image.open(directory / f"{name}.png") as image:
                assert image.size == SIZE

"""What the field costs, and what it asks of a page's policy."""

import gzip
import re

import pytest
from playwright.sync_api import expect

from tests.browser.recipient_field.sample_api import STATIC

MODULE = STATIC / "recipient-field.js"
SIX_KILOBYTES = 6 * 1024


def test_the_readable_source_fits_into_six_kilobytes():
    """All of it, with its comments and its languages, as a server compresses it."""
    assert len(gzip.compress(MODULE.read_bytes(), 9)) < SIX_KILOBYTES


def test_it_needs_no_other_module():
    assert not re.search(r"^import|import\(", MODULE.read_text(encoding="utf-8"), re.MULTILINE)


def test_it_never_writes_markup_or_makes_up_ids():
    source = MODULE.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|eval\(|Math\.random", source)


@pytest.mark.parametrize("name", ["group", "person", "contact", "external"])
def test_every_icon_can_be_loaded(compose, name):
    loaded = compose.evaluate(
        """async (source) => {
            const icon = new Image();
            icon.src = source;
            await icon.decode();
            return icon.naturalWidth;
        }""",
        f"/static/icons/{name}.svg",
    )
    assert loaded > 0


def test_without_javascript_it_is_an_ordinary_input(browser, site):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{site.url}/compose")
        page.get_by_label("To", exact=True).fill("ada@example.org, bob@example.org")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("heading", name="Sent")).to_be_visible()
    assert site.posted[0]["to"] == ["ada@example.org, bob@example.org"]

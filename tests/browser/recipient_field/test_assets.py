"""What the field costs, and what it asks of a page's policy."""

import re
import subprocess

import pytest
from playwright.sync_api import expect

from tests.browser.recipient_field.sample_api import STATIC

MODULE = STATIC / "recipient-field.js"
SIX_KILOBYTES = 6 * 1024


def test_the_readable_source_fits_into_six_kilobytes():
    """All of it, with its comments and its languages, as a server compresses it."""
    compressed = subprocess.run(
        ["gzip", "-9"], input=MODULE.read_bytes(), stdout=subprocess.PIPE, check=True
    ).stdout
    assert len(compressed) < SIX_KILOBYTES


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_documentation_page_works_without_a_server(
    site, page, accessibility_violations, scheme
):
    """Its examples ask a directory of its own."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"{site.url}/static/recipient-field.html")
    page.locator("#to").press_sequentially("sales")
    page.get_by_role("option", name="Sales Team").click()
    page.get_by_role("button", name="Send").first.click()
    page.get_by_role("button", name="Send anyway").click()
    expect(page.locator("output").first).to_contain_text('to: "Sales Team" <sales@example.org>')
    page.locator("#offline").press_sequentially("ada")
    expect(page.get_by_text("Directory offline")).to_be_visible()
    assert accessibility_violations(page) == []
    assert site.queries == []


def test_a_page_changes_the_look_with_custom_properties(compose):
    """Set anywhere above the field; the others keep their own values."""
    compose.evaluate("document.body.style.setProperty('--recipient-surface', 'rgb(1, 2, 3)')")
    field = compose.locator("recipient-field").first
    expect(field).to_have_css("background-color", "rgb(1, 2, 3)")
    expect(field).to_have_css("border-radius", "8px")
    compose.evaluate("document.body.style.setProperty('--recipient-radius', '20px')")
    expect(field).to_have_css("border-radius", "20px")

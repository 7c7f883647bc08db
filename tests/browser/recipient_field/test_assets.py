"""What the field costs, and what it asks of a page's policy."""

import gzip
import re
import shutil
import subprocess

import pytest
from playwright.sync_api import expect

from tests.browser.recipient_field.conftest import highlighted, type_at_once
from tests.browser.recipient_field.sample_api import STATIC

ENTRY = STATIC / "recipient-field.js"
MODULES = sorted((STATIC / "recipient-field").glob("*.js"))
TWELVE_KILOBYTES = 12 * 1024
# A quarter of it is comments.
READABLE = 20.5 * 1024


def _compressed(content: bytes) -> int:
    return len(gzip.compress(content, 9))


def test_each_module_can_be_read_at_one_sitting():
    assert all(each.read_text(encoding="utf-8").count("\n") <= 400 for each in MODULES)


def test_the_entry_reaches_every_module_by_a_relative_name():
    """So that all of them come from one version, wherever they are served."""
    reached, pending = set(), [ENTRY]
    while pending:
        module = pending.pop()
        for name in re.findall(r"""from ['"](.+?)['"]""", module.read_text(encoding="utf-8")):
            assert name.startswith("./")
            found = module.parent / name
            if found not in reached:
                reached.add(found)
                pending.append(found)
    assert sorted(reached) == MODULES


def test_they_never_write_markup_or_make_up_ids():
    source = "".join(each.read_text(encoding="utf-8") for each in [ENTRY, *MODULES])
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|eval\(|Math\.random", source)


def test_what_a_page_loads_without_a_build_is_known():
    """Readable, with comments and long names: growth should be noticed."""
    assert _compressed(b"".join(each.read_bytes() for each in [ENTRY, *MODULES])) < READABLE


@pytest.fixture
def one_file(tmp_path):
    """The field as `make dist` makes it for hosts that want one file."""
    shutil.copytree(STATIC, tmp_path / "static")
    shutil.copy(STATIC.parent / "Makefile", tmp_path)
    subprocess.run(["make", "--silent", "dist/recipient-field.js"], cwd=tmp_path, check=True)
    return tmp_path / "dist" / "recipient-field.js"


def test_all_modules_fit_into_twelve_kilobytes(one_file):
    """With all their languages, as one compressed file; nobody should save on comments."""
    assert _compressed(one_file.read_bytes()) < TWELVE_KILOBYTES


def test_one_file_does_what_the_modules_do(site, page, one_file):
    assert {each.name for each in one_file.parent.iterdir()} > {"icons", "recipient-field.css"}
    site.pages["/one.js"] = one_file.read_text(encoding="utf-8")
    site.pages["/compose"] = site.pages["/compose"].replace("/static/recipient-field.js", "/one.js")
    page.goto(f"{site.url}/compose")
    type_at_once(page, "sal")
    expect(highlighted(page)).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sales Team group")).to_be_visible()


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
    type_at_once(page, "sales")
    page.get_by_role("option", name="Sales Team").click()
    page.get_by_role("button", name="Send").first.click()
    page.get_by_role("button", name="Send anyway").click()
    expect(page.locator("output").first).to_contain_text('to: "Sales Team" <sales@example.org>')
    type_at_once(page, "ada", "offline")
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

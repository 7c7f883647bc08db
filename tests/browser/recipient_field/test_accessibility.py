"""What assistive technology finds, and what a screen reader says."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.recipient_field.conftest import highlighted, type_at_once
from tests.browser.recipient_field.test_suggestions import paste


def _fill(page: Page) -> None:
    """Chips of all kinds, and an open list."""
    paste(page, "ada@example.org, nonsense, sales@example.org, salary@example.org, x@example.net")
    expect(page.get_by_role("button", name="Sales Team group")).to_be_visible()
    type_at_once(page, "sal")
    expect(page.get_by_role("option")).to_have_count(4)
    page.keyboard.press("ArrowDown")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(compose, accessibility_violations, scheme):
    compose.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    assert accessibility_violations(compose) == []
    _fill(compose)
    assert accessibility_violations(compose) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_question_and_a_notice(compose, accessibility_violations, scheme):
    compose.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    paste(compose, "sales@example.org")
    compose.get_by_role("button", name="+3 Sales Team: replace").click()
    expect(compose.get_by_role("button", name="Cancel")).to_be_visible()
    assert accessibility_violations(compose) == []
    compose.get_by_role("button", name="replace with members", exact=True).click()
    expect(compose.get_by_role("button", name="Undo")).to_be_visible()
    assert accessibility_violations(compose) == []


def test_the_input_is_a_combobox_with_its_label(compose):
    to = compose.get_by_role("combobox", name="To", exact=True)
    expect(to).to_have_attribute("aria-autocomplete", "list")
    expect(to).to_have_attribute("aria-expanded", "false")
    listbox = compose.locator(f"#{to.get_attribute('aria-controls')}")
    expect(listbox).to_have_attribute("role", "listbox")
    to.press_sequentially("sal")
    expect(to).to_have_attribute("aria-expanded", "true")
    expect(compose.get_by_role("listbox", name="To")).to_be_visible()
    to.press("Escape")
    expect(to).to_have_attribute("aria-expanded", "false")


def test_a_click_on_the_label_reaches_the_input(compose):
    compose.get_by_text("Cc", exact=True).click()
    expect(compose.locator("#cc")).to_be_focused()


def test_the_names_of_rows_and_chips_say_everything(compose):
    type_at_once(compose, "sal")
    rows = compose.get_by_role("option")
    for i, name in enumerate(
        [
            "Sales Team group 3 members 1 external sales@example.org",
            "Salon Committee group 12 members needs approval salon@example.org",
            "Salary Office group 2 members sending not allowed salary@example.org",
            "Salma Ortiz salma.ortiz@example.org",
        ]
    ):
        expect(rows.nth(i)).to_have_accessible_name(name)
    compose.keyboard.press("Enter")
    chips = compose.get_by_role("list", name="To").get_by_role("button")
    for i, name in enumerate(
        [
            "Sales Team group 3 members 1 external",
            "+3 Sales Team: replace with members",
            "× Sales Team: remove",
        ]
    ):
        expect(chips.nth(i)).to_have_accessible_name(name)


def test_suggestions_are_announced_once(compose):
    """One status, after a pause, not one for each letter."""
    compose.evaluate(
        """() => {
            window.said = [];
            const status = document.querySelector('recipient-field [role=status]');
            new MutationObserver(() => window.said.push(status.textContent))
                .observe(status, { childList: true });
        }"""
    )
    type_at_once(compose, "sal")
    status = compose.get_by_role("status").first
    expect(status).to_have_text("4 suggestions. Sales Team, group, 3 members, 1 external")
    assert compose.evaluate("window.said") == [
        "4 suggestions. Sales Team, group, 3 members, 1 external"
    ]


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("ada", None, "1 suggestion. Ada Example"),
        ("zzz", None, "0 suggestions."),
        ("ada", "Enter", "Ada Example: added"),
    ],
)
def test_a_screen_reader_hears(compose, text, key, said):
    type_at_once(compose, text)
    if key:
        expect(compose.get_by_role("option")).to_have_count(1)
        compose.keyboard.press(key)
    expect(compose.get_by_role("status").first).to_have_text(said)


def test_a_screen_reader_hears_what_was_removed(compose):
    paste(compose, "x@example.net")
    compose.keyboard.press("Backspace")
    compose.keyboard.press("Backspace")
    expect(compose.get_by_role("status").first).to_have_text("x@example.net: removed")


def test_every_id_is_unique_and_stable(compose):
    """Ids come from the input's own, so that a page can refer to them."""
    _fill(compose)
    ids = compose.evaluate("[...document.querySelectorAll('[id]')].map(({ id }) => id)")
    assert len(ids) == len(set(ids))
    assert {"to", "to-list", "to-list-0", "to-list-3"} <= set(ids)


class TestOnAPhone:
    """390 px wide, with fingers."""

    @pytest.fixture
    def context_options(self):
        return {
            "locale": "en-GB",
            "viewport": {"width": 390, "height": 844},
            "has_touch": True,
            "is_mobile": True,
        }

    def test_targets_are_44_pixels_high(self, compose):
        """Also where a chip looks smaller: the space around it belongs to its buttons."""
        _fill(compose)
        for row in compose.get_by_role("option").all():
            assert row.bounding_box()["height"] >= 44
        heights = compose.evaluate(
            """() => [...document.querySelectorAll('.recipient-remove, .recipient-expand')]
                .map((button) => {
                    button.scrollIntoView({ block: 'center' });
                    const { left, top, width, height } = button.getBoundingClientRect();
                    const x = left + width / 2;
                    const middle = top + height / 2;
                    const hits = (y) => document.elementFromPoint(x, y) === button;
                    return [hits(middle - 21.5) && hits(middle + 21.5), width];
                })"""
        )
        assert heights
        assert all(high and width >= 40 for high, width in heights), heights

    def test_nothing_is_wider_than_the_screen(self, compose):
        paste(compose, f"{'long' * 30}@example.org, salary@example.org")
        _fill(compose)
        assert compose.evaluate("document.documentElement.scrollWidth") <= 390
        for row in compose.get_by_role("option").all():
            box = row.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 390

    def test_axe_finds_nothing(self, compose, accessibility_violations):
        compose.emulate_media(reduced_motion="reduce")
        _fill(compose)
        assert accessibility_violations(compose) == []


def test_forced_colours_keep_the_active_row_visible(compose):
    compose.emulate_media(forced_colors="active")
    type_at_once(compose, "sal")
    rows = compose.get_by_role("option")
    expect(rows).to_have_count(4)
    colours = rows.evaluate_all("(rows) => rows.map((r) => getComputedStyle(r).backgroundColor)")
    assert colours[0] != colours[1]


def test_forced_colours_keep_selected_chips_visible(compose):
    compose.emulate_media(forced_colors="active", reduced_motion="reduce")
    paste(compose, "one@example.net, two@example.net, three@example.net")
    for key in ["ArrowLeft", "Shift+ArrowLeft"]:
        compose.keyboard.press(key)
    chips = compose.locator(".recipient-chip")
    colours = chips.evaluate_all(
        "(all) => all.map((each) => getComputedStyle(each).backgroundColor)"
    )
    assert colours[1] == colours[2] != colours[0]
    highlight = compose.evaluate(
        """() => {
            document.body.style.setProperty('outline-color', 'Highlight');
            return getComputedStyle(document.body).outlineColor;
        }"""
    )
    assert colours[1] == highlight


def test_reduced_motion_moves_nothing(compose):
    compose.emulate_media(reduced_motion="reduce")
    type_at_once(compose, "sal")
    expect(compose.get_by_role("option")).to_have_count(4)
    assert compose.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_is_selected_guessed_or_missing(
    compose, accessibility_violations, scheme
):
    """Matched letters, a corrected row, two of one name, selected chips, and "Nothing found"."""
    compose.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    match = {"kind": "prefix", "name": [[0, 3]], "address": [[0, 3]]}
    rows = [
        {"kind": "account", "name": "Jane Doe", "address": "jane@example.org", "match": match},
        {"kind": "account", "name": "Jan Do", "address": "j@x.org", "match": {"kind": "corrected"}},
    ]
    compose.route("**/completions?q=jan*", lambda route: route.fulfill(json={"completions": rows}))
    paste(compose, "Jane Doe <jane.doe@example.net>, sales@example.org, zz@example.net")
    type_at_once(compose, "jan")
    expect(highlighted(compose)).to_have_count(1)
    assert accessibility_violations(compose) == []
    compose.keyboard.press("Enter")
    compose.keyboard.press("Control+a")
    expect(compose.locator(".recipient-selected")).to_have_count(4)
    assert accessibility_violations(compose) == []
    type_at_once(compose, "zzzz", "cc")
    expect(compose.get_by_text("Nothing found")).to_be_visible()
    assert accessibility_violations(compose) == []

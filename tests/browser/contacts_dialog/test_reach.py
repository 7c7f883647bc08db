"""Keys alone, a screen reader, a telephone, dark, right to left, without JavaScript."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.contacts_dialog.conftest import opened, search, tick


def focused(page):
    return page.evaluate("document.activeElement.closest('li')?.recipient?.name")


def test_all_of_it_works_by_keys(compose, chips):
    button = compose.get_by_role("button", name="Contacts")
    button.focus()
    compose.keyboard.press("Enter")
    dialog = compose.get_by_role("dialog")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    tick(dialog, "Sales Team").wait_for()
    for key in ("ArrowDown", "Space", "ArrowDown", "ArrowDown", "Space"):
        compose.keyboard.press(key)
    assert focused(compose) == "Salary Office"
    compose.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("button", name="Salary Office: Members")).to_be_focused()
    compose.keyboard.press("ArrowLeft")
    compose.keyboard.press("/")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    compose.keyboard.type("jane")
    expect(dialog.get_by_role("checkbox")).to_have_count(1)
    compose.keyboard.press("Enter")
    compose.keyboard.press("Space")
    compose.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    assert chips("to") == ["Sales Team", "Salary Office", "Doe, Jane"]


def test_who_goes_to_the_rows_before_the_answer_comes_goes_on_there(compose, dialog):
    dialog.get_by_role("searchbox").focus()
    compose.keyboard.type("jane")
    compose.keyboard.press("Enter")
    expect(dialog.get_by_role("checkbox")).to_have_count(1)
    expect(tick(dialog, "Doe, Jane")).to_be_focused()
    compose.keyboard.press("ArrowUp")
    expect(dialog.get_by_role("searchbox")).to_be_focused()


def test_the_button_for_more_keeps_the_focus(compose, dialog):
    more = dialog.get_by_role("button", name="More")
    more.focus()
    expect(dialog.get_by_role("checkbox")).to_have_count(140)
    expect(dialog.get_by_role("searchbox")).to_be_focused()


def test_enter_on_a_row_adds_it_if_nothing_is_ticked(compose, dialog, chips):
    dialog.get_by_role("searchbox").press("ArrowDown")
    compose.keyboard.press("Enter")
    assert chips("to") == ["Sales Team"]
    assert len(compose.context.pages) == 1  # Enter did not send the form around it.


def test_letters_on_a_row_go_to_the_search_and_no_further(compose, dialog):
    compose.evaluate("() => { document.onkeydown = ({ key }) => { window.heard = key; }; }")
    dialog.get_by_role("searchbox").press("ArrowDown")
    compose.keyboard.press("End")
    assert focused(compose) == "Person 039"
    compose.keyboard.type("jane")
    expect(dialog.get_by_role("searchbox")).to_have_value("jane")
    expect(dialog.get_by_role("checkbox")).to_have_count(1)
    assert compose.evaluate("window.heard") is None


def test_escape_closes_and_returns_the_focus(compose, dialog):
    search(dialog, "sal")
    compose.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(compose.get_by_role("button", name="Contacts")).to_be_focused()


def test_it_is_taken_from_the_page_open_and_comes_back(compose, dialog):
    compose.evaluate(
        """const found = document.querySelector('contacts-dialog');
        const place = found.parentNode;
        found.remove();
        place.prepend(found);"""
    )
    expect(compose.get_by_role("dialog")).to_be_hidden()
    expect(tick(opened(compose), "Sales Team")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_the_way_of_assistive_technology(
    compose, accessibility_violations, scheme
):
    compose.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    dialog = opened(compose)
    tick(dialog, "Sales Team").check()
    dialog.get_by_role("button", name="Sales Team: Members").click()
    expect(dialog.get_by_text("and 62 more")).to_be_visible()
    assert accessibility_violations(compose) == []
    search(dialog, "zzz")
    expect(dialog.get_by_text("Nothing found")).to_be_visible()
    assert accessibility_violations(compose) == []


def test_without_javascript_there_is_no_button_that_does_nothing(browser, site):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{site.url}/compose")
        expect(page.get_by_role("button", name="Contacts")).to_be_hidden()
        expect(page.get_by_label("To", exact=True)).to_be_visible()


class TestOnATelephone:
    @pytest.fixture
    def context_options(self) -> dict[str, Any]:
        size = {"width": 390, "height": 700}
        return {"locale": "en-GB", "viewport": size, "has_touch": True, "is_mobile": True}

    def test_it_is_the_whole_screen_and_everything_can_be_hit(self, dialog, site):
        site.book.insert(
            0, dict(site.book[0], name="W" * 200, address=f"{'a' * 60}@{'b' * 60}.org")
        )
        dialog.get_by_role("button", name="Groups").tap()
        expect(dialog.get_by_role("checkbox")).to_have_count(5)
        assert dialog.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 700}
        dialog.get_by_role("checkbox").first.tap()
        small = dialog.evaluate(
            """(dialog) => [...dialog.querySelectorAll('button, label, [role=searchbox]')]
                .filter((each) => each.checkVisibility())
                .filter((each) => each.getBoundingClientRect().height < 44
                    || each.getBoundingClientRect().width < 44).map((each) => each.outerHTML)"""
        )
        assert small == []
        assert dialog.evaluate(
            """(dialog) => [...dialog.querySelectorAll('*')]
                .every((each) => each.getBoundingClientRect().right <= 391)"""
        )


class TestFromRightToLeft:
    def test_arrow_keys_go_where_they_point(self, compose, dialog):
        compose.evaluate("document.documentElement.dir = 'rtl'")
        dialog.get_by_role("searchbox").press("ArrowDown")
        compose.keyboard.press("ArrowLeft")
        expect(dialog.get_by_role("button", name="Sales Team: Members")).to_be_focused()
        compose.keyboard.press("ArrowRight")
        expect(tick(dialog, "Sales Team")).to_be_focused()

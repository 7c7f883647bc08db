"""Composition in an input method: Chinese on a desktop, any language on a touch keyboard."""

import pytest
from playwright.sync_api import Page, expect


def _compose(page: Page, text: str) -> None:
    """What an input method does while candidates are shown."""
    client = page.context.new_cdp_session(page)
    client.send(
        "Input.imeSetComposition",
        {"text": text, "selectionStart": len(text), "selectionEnd": len(text)},
    )


def _key(page: Page, key: str, code: int) -> None:
    """A key that the input method handles reaches the page with the code 229."""
    client = page.context.new_cdp_session(page)
    client.send(
        "Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": key, "windowsVirtualKeyCode": code}
    )


def test_nothing_happens_while_composing(compose, site, chips):
    compose.locator("#to").focus()
    _compose(compose, "li")
    for key in ["Enter", "Tab", "ArrowDown", "Escape", "Process"]:
        _key(compose, key, 229)
    expect(compose.locator("#to")).to_be_focused()
    compose.evaluate("fetch('/api/v1/completions?q=zzz')")
    expect(compose.locator("#to")).to_have_value("li")
    assert "li" not in site.queries
    assert chips("to") == []


def test_the_composed_text_is_completed(compose, site, chips):
    compose.locator("#to").focus()
    _compose(compose, "lixiao")
    compose.context.new_cdp_session(compose).send("Input.insertText", {"text": "李"})
    expect(compose.get_by_role("option", name="李小龙")).to_be_visible()
    assert site.queries == ["李"]
    compose.keyboard.press("Enter")
    assert chips("to") == ["李小龙"]


def test_a_composed_separator_ends_an_address(compose, chips):
    compose.locator("#to").fill("new@example.net")
    compose.keyboard.press("End")
    _compose(compose, "，")
    assert chips("to") == []
    compose.context.new_cdp_session(compose).send("Input.insertText", {"text": "，"})
    assert chips("to") == ["new@example.net"]


class TestOnATouchKeyboard:
    """Touch keyboards compose Latin words too, and show their candidates above the keys."""

    @pytest.fixture
    def context_options(self):
        return {
            "locale": "en-GB",
            "viewport": {"width": 390, "height": 844},
            "has_touch": True,
            "is_mobile": True,
        }

    def test_words_are_completed_while_they_are_composed(self, compose):
        compose.locator("#to").tap()
        _compose(compose, "ada")
        expect(compose.get_by_role("option", name="Ada Example")).to_be_visible()

    def test_a_tap_takes_a_row(self, compose, chips):
        compose.locator("#to").tap()
        _compose(compose, "ada")
        compose.get_by_role("option", name="Ada Example").tap()
        assert chips("to") == ["Ada Example"]
        expect(compose.locator("#to")).to_have_value("")

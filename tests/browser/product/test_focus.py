"""Whoever goes through a page by keyboard sees what has the focus, whatever stays at its foot."""

import pytest
from playwright.sync_api import Page

HIDDEN = """() => {
  const focused = document.activeElement;
  if (focused === document.body) return null;
  const { top, bottom } = focused.getBoundingClientRect();
  const covers = (bar) => {
    const edge = bar.getBoundingClientRect();
    return !bar.contains(focused) && edge.height && bottom > edge.top && top < edge.bottom;
  };
  return [...document.querySelectorAll('.sticky, .selection')].some(covers)
    ? focused.outerHTML : '';
}"""
"""What has the focus where a bar covers it, nothing where none does, null at the page's end."""

MOST = 200
"""No page of these tests has more controls."""


def covered_controls(page: Page) -> list[str]:
    """Press Tab till the page ends; whatever had the focus and was covered."""
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    found = []
    for _ in range(MOST):
        page.keyboard.press("Tab")
        covered = page.evaluate(HIDDEN)
        if covered is None:
            return found
        found += filter(None, [covered])
    raise AssertionError(f"the page has more than {MOST} controls")


@pytest.mark.parametrize("width", [390, 1280])
class TestNoFocusedControlIsCovered:
    """By the bar to save, or by the buttons for what is ticked."""

    @pytest.fixture
    def context_options(self, width):
        touch = {"has_touch": True, "is_mobile": True} if width < 400 else {}
        return {"locale": "en-GB", "viewport": {"width": width, "height": 600}, **touch}

    @pytest.fixture
    def admin(self, admin, site):
        """German's long words make the bars high."""
        admin.goto(f"{site.url}/language?to=de&next=/")
        return admin

    def test_on_any_page_that_has_one(self, admin, site):
        for number in range(12):
            site.create(f"more{number}")
        people = [f"guest{number}@side.example" for number in range(20)]
        long = site.create("long", members=["ada@example.org", *people])
        paths = (
            f"/admin/groups/{site.find('sales').uuid}",
            "/admin/domains/example.org",
            "/admin/addresses/remove?address=ada@example.org",
            "/admin/groups",
            f"/admin/groups/{long.uuid}/members",
        )
        for path in paths:
            admin.goto(site.url + path)
            for box in admin.locator("tbody [type=checkbox]").all()[:1]:
                box.check()
            admin.locator(".sticky, .selection").wait_for()
            assert covered_controls(admin) == [], path

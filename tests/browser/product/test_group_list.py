"""The list of groups with JavaScript: ticks, ranges, filters and keys."""

import re

import pytest
from playwright.sync_api import expect

from tests.web.sample import PASSWORD


@pytest.fixture
def boxes(admin, site):
    admin.goto(f"{site.url}/admin/groups")
    return admin.locator("tbody [type=checkbox]")


def said(page):
    return page.locator("[data-ticked]")


def test_the_buttons_come_with_the_first_tick_and_say_how_many_there_are(admin, boxes):
    bar = admin.get_by_role("group", name="Selected groups")
    expect(bar).to_be_hidden()
    boxes.nth(0).check()
    expect(bar).to_be_visible()
    expect(said(admin)).to_have_text("1 group selected")
    admin.get_by_label("Select all on this page").check()
    expect(said(admin)).to_have_text("4 groups selected")
    admin.get_by_label("Select all on this page").uncheck()
    expect(bar).to_be_hidden()


def test_shift_ticks_a_range_by_mouse_and_by_space(admin, boxes):
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(said(admin)).to_have_text("3 groups selected")
    boxes.nth(2).focus()
    admin.keyboard.press("Space")
    boxes.nth(0).focus()
    admin.keyboard.press("Shift+Space")
    expect(boxes.nth(1)).not_to_be_checked()
    boxes.nth(3).click()
    expect(said(admin)).to_have_text("1 group selected")


def test_the_ticked_groups_are_disabled_and_then_deleted(admin, site, boxes):
    admin.get_by_label("Select Team Blue").check()
    admin.get_by_label("Select Secret Plans").check()
    admin.get_by_role("button", name="Disable").click()
    expect(admin.get_by_role("status").first).to_contain_text("Disabled 2 groups.")
    assert site.find("team").settings.disabled
    admin.get_by_label("Select Team Blue").check()
    admin.get_by_role("button", name="Delete …").click()
    expect(admin.get_by_role("heading", level=1)).to_have_text("Delete 1 group?")
    admin.get_by_label("Your password").fill(PASSWORD)
    admin.get_by_role("button", name="Delete 1 group").click()
    expect(admin.get_by_role("status").first).to_contain_text("Deleted team@example.org.")


def test_a_filter_opens_alone_closes_with_escape_and_narrows_the_list(admin, boxes):
    kind, domain = (admin.locator("summary", has_text=each) for each in ("Kind", "Domain"))
    domain.click()
    kind.click()
    expect(admin.locator("details.filter[open]")).to_have_count(1)
    admin.keyboard.press("Escape")
    expect(admin.locator("details.filter[open]")).to_have_count(0)
    expect(kind).to_be_focused()
    admin.keyboard.press("Enter")
    admin.get_by_label("Department").check()
    admin.get_by_role("button", name="Apply").click()
    expect(admin).to_have_url(re.compile(r"\?kind=department$"))
    expect(boxes).to_have_count(1)


def test_a_slash_goes_to_the_search_but_can_be_typed_there(admin, boxes):
    admin.keyboard.press("/")
    search = admin.get_by_label("Search", exact=True)
    expect(search).to_be_focused()
    admin.keyboard.type("a/b")
    expect(search).to_have_value("a/b")


def test_on_phones_filters_are_folded_away_but_those_that_are_set(admin, site):
    admin.set_viewport_size({"width": 390, "height": 850})
    admin.goto(f"{site.url}/admin/groups")
    moderated = admin.get_by_role("link", name=re.compile("^Moderated"))
    expect(moderated).to_be_hidden()
    admin.locator("summary", has_text="Filters and sorting").click()
    moderated.click()
    expect(admin).to_have_url(re.compile(r"\?moderated=yes$"))
    expect(moderated).to_be_hidden()
    chosen = admin.get_by_role("list", name="Filters that are set").get_by_role("link")
    expect(chosen).to_have_text("Drop the filter: Moderated ×")
    chosen.click()
    expect(admin).to_have_url(re.compile(r"/admin/groups$"))
    expect(chosen).to_have_count(0)


def test_where_there_is_room_filters_are_not_folded(admin, site):
    admin.goto(f"{site.url}/admin/groups?moderated=yes")
    expect(admin.locator("summary", has_text="Kind")).to_be_visible()
    expect(admin.locator("summary", has_text="Filters and sorting")).to_be_hidden()
    expect(admin.get_by_role("list", name="Filters that are set")).to_be_hidden()
    admin.locator("summary", has_text="Kind").click()
    expect(admin.get_by_label("Department")).to_be_visible()

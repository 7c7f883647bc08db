"""Where one is can be seen in the rows of links, also where they are wider than the screen."""

from playwright.sync_api import Page, expect

from tests.browser.product.conftest import Site


def test_on_a_phone_each_row_shows_where_one_is(admin: Page, site: Site) -> None:
    admin.set_viewport_size({"width": 390, "height": 844})
    admin.context.set_extra_http_headers({"Accept-Language": "de"})
    admin.goto(f"{site.url}/admin/groups/{site.find('team').uuid}/history")
    here = admin.locator(":is(.bar nav, .side-nav, .tabs) [aria-current]")
    expect(here).to_have_count(3)
    for each in here.all():
        expect(each).to_be_in_viewport(ratio=0.95)
    assert admin.evaluate("scrollY") == 0

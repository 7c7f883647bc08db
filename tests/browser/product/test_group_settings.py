"""A group's settings in a browser: all faults at once, and two people at once."""

import pytest
from playwright.sync_api import Page, expect

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import accounts
from tests.browser.product.conftest import Site


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def meet(admin: Page, second: Page, site: Site) -> None:
    """Let both change the same group, and the second find out."""
    accounts.appoint_administrator(
        site.core.database, OPERATOR, "admin@example.com", domain="example.org"
    )
    url = f"{site.url}/admin/groups/{site.find('team').uuid}"
    for page in (admin, second):
        page.goto(url)
    second.get_by_label("Name optional").fill("Customer support in Europe")
    second.get_by_label("Description optional").fill("Questions of customers in Europe.")
    second.get_by_label("Show members").uncheck()
    save(second)
    expect(second.get_by_text("Saved team@example.org.")).to_be_visible()
    admin.get_by_label("Name optional").fill("Mine")
    admin.get_by_label("Description optional").fill("Questions in all time zones.\nRota: the wiki.")
    admin.get_by_label("Disabled").check()
    save(admin)


def fill_rule(page: Page, text: str) -> None:
    page.get_by_text("The same rule as text").click()
    page.locator("#rule").fill(text)


def make_faults(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/admin/groups/{site.find('team').uuid}")
    page.get_by_role("radio", name="Dynamic", exact=True).check()
    fill_rule(page, "shoe = 42")
    page.locator("#address").fill("ada@example.org")
    page.locator("#owners").fill("nobody@example.org, broken,")
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("4 things need a look")


def ask_about_the_kind(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/admin/groups/{site.find('team').uuid}")
    page.get_by_role("radio", name="Dynamic", exact=True).check()
    fill_rule(page, 'title = "Boss"')
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("3 typed members will no longer be members")


def test_another_kind_asks_first_and_members_come_back(admin, site, expected_errors):
    expected_errors.append("409")
    ask_about_the_kind(admin, site)
    assert site.find("team").settings.kind == "static"
    admin.get_by_role("button", name="Save, and let 3 members go").click()
    expect(admin.get_by_text("3 typed members are kept from before")).to_be_visible()
    assert site.find("team").recipient_count == 0
    admin.get_by_role("radio", name="Static", exact=True).check()
    save(admin)
    expect(admin.get_by_text("Saved team@example.org.")).to_be_visible()
    assert site.find("team").recipient_count == 3


def test_two_administrators_choose_what_both_changed(admin, second_admin, site, expected_errors):
    expected_errors.append("409")
    meet(admin, second_admin, site)
    expect(admin.get_by_role("alert")).to_contain_text("admin@example.com saved this group at")
    expect(admin.get_by_role("heading", name="Choose for 2 fields")).to_be_visible()
    save_result = admin.get_by_role("button", name="Save the result")
    admin.get_by_role("radio", name="Mine").check()
    save_result.click()
    admin.get_by_role("link", name="Description: choose one of the two.").click()
    admin.get_by_role("radio", name="Questions of customers").check()
    save_result.click()
    expect(admin.get_by_text("Saved team@example.org.")).to_be_visible()
    settings = site.find("team").settings
    assert settings.display_name == "Mine"
    assert settings.description == "Questions of customers in Europe."
    assert (settings.disabled, settings.show_members) == (True, False)


def test_every_fault_is_a_way_to_its_field(admin, site, expected_errors):
    expected_errors.append("422")
    make_faults(admin, site)
    for field in ("address", "rule", "owners"):
        expect(admin.locator(f"#{field}-fault")).to_be_visible()
    expect(admin.locator("#rule")).to_have_value("shoe = 42")
    admin.get_by_role("alert").get_by_role(
        "link", name="Address: ada@example.org is already"
    ).click()
    expect(admin.locator("#address")).to_be_focused()
    expect(admin.locator("#address")).to_have_accessible_description(
        "ada@example.org is already in use by an existing account."
        " Must be free: no account, alias or other group may have it."
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(
    admin, second_admin, site, accessibility_violations, expected_errors, scheme, width
):
    expected_errors += ["409", "422"]
    admin.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    admin.set_viewport_size({"width": width, "height": 900})
    found = []
    for make in (
        lambda: make_faults(admin, site),
        lambda: ask_about_the_kind(admin, site),
        lambda: meet(admin, second_admin, site),
    ):
        make()
        found += accessibility_violations(admin)
        assert admin.evaluate("document.documentElement.scrollWidth") <= width
    assert found == []


class TestWithoutJavaScript:
    @pytest.fixture
    def context_options(self):
        return {"java_script_enabled": False, "locale": "en-GB"}

    def test_both_changes_are_saved(self, admin, second_admin, site, expected_errors):
        expected_errors.append("409")
        meet(admin, second_admin, site)
        admin.get_by_role("radio", name="Customer support in Europe").check()
        admin.get_by_role("radio", name="Questions in all time zones.").check()
        admin.get_by_role("button", name="Save the result").click()
        expect(admin.get_by_text("Saved team@example.org.")).to_be_visible()
        settings = site.find("team").settings
        assert settings.display_name == "Customer support in Europe"
        assert settings.description == "Questions in all time zones.\nRota: the wiki."

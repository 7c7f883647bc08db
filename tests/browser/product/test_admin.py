"""What an administrator does, in a browser, with JavaScript and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services.groups import members
from tests.browser.product.conftest import Site, sign_in


def direct_members(site: Site, name: str) -> list[str]:
    views = members.list_members(site.core.database, OPERATOR, site.find(name).uuid)
    return [view.address for view in views]


def create_group(page: Page, site: Site, name: str, typed_members: str) -> None:
    """Fill in the form as a person does, from the list on."""
    local_part = name.split(maxsplit=1)[0].lower()
    page.goto(f"{site.url}/admin/groups")
    page.get_by_role("link", name="New group").click()
    page.get_by_label("Name optional", exact=True).fill(name)
    page.get_by_label("Address", exact=True).fill(f"{local_part}@example.org")
    page.locator("#members").fill(typed_members)
    page.get_by_role("button", name="Create group").click()
    expect(page.get_by_role("status").first).to_contain_text("Created")


def test_a_group_is_created_and_written_to(admin, site):
    """Made in the admin pages, suggested with its icon in compose, taken with the keyboard."""
    create_group(admin, site, "Harbour Crew", "ada@example.org, bob@example.org, x@example.net")
    assert direct_members(site, "harbour") == [
        "ada@example.org",
        "bob@example.org",
        "x@example.net",
    ]
    admin.get_by_role("link", name="Compose").click()
    admin.locator("#to[role=combobox]").press_sequentially("harb")
    option = admin.get_by_role("option", name="Harbour Crew", selected=True)
    expect(option).to_contain_text("harbour@example.org")
    expect(option).to_contain_text("3 members")
    icon = option.locator("img")
    expect(icon).to_have_js_property("complete", True)
    expect(icon).not_to_have_js_property("naturalWidth", 0)
    admin.keyboard.press("ArrowDown")
    admin.keyboard.press("Enter")
    chip = admin.get_by_role("list", name="To").get_by_role("button", name="Harbour Crew").first
    expect(chip).to_be_visible()
    admin.get_by_role("button", name="Check recipients").click()
    expect(admin.get_by_role("heading", name="Would reach 3 mailboxes")).to_be_visible()


def test_members_are_found_by_typing(admin, site):
    admin.goto(f"{site.url}/admin/groups/{site.find('team').uuid}/members")
    admin.locator("#members[role=combobox]").press_sequentially("ev")
    expect(admin.get_by_role("option", name="Eve Example", selected=True)).to_be_visible()
    admin.keyboard.press("Enter")
    admin.keyboard.type("outside@example.net,")
    admin.get_by_role("button", name="Add", exact=True).click()
    expect(admin.get_by_text("Added 2 members.")).to_be_visible()
    assert {"eve@example.org", "outside@example.net"} <= set(direct_members(site, "team"))


def test_pasted_lines_with_faults_are_sent_and_reported(admin, site, expected_errors):
    """The field marks them, but keeps nobody from sending the rest."""
    expected_errors.append("422")
    admin.goto(f"{site.url}/admin/groups/{site.find('team').uuid}/members")
    field = admin.locator("#members[role=combobox]")
    field.focus()
    admin.evaluate(
        """(text) => {
            const data = new DataTransfer();
            data.setData('text/plain', text);
            const options = { clipboardData: data, bubbles: true, cancelable: true };
            document.activeElement.dispatchEvent(new ClipboardEvent('paste', options));
        }""",
        "one@example.net, broken, ada@example.org",
    )
    admin.get_by_role("button", name="Add", exact=True).click()
    alert = admin.get_by_role("alert")
    expect(alert).to_contain_text("1 of 3 added. 1 was a member already. 1 needs a look.")
    expect(admin.get_by_label("Line 2")).to_have_value("broken")
    expect(admin.get_by_role("row", name="broken")).to_contain_text("There is no @ in it.")


def test_fields_that_do_not_matter_for_a_kind_are_out_of_the_way(admin, site):
    admin.goto(f"{site.url}/admin/groups/new")
    for kind, shown in (
        ("Static", "#members"),
        ("Department", "#department"),
        ("Dynamic", "[role=group][aria-label=Rule]"),
    ):
        admin.get_by_role("radio", name=kind, exact=True).check()
        for field in ("#members", "#department", "[role=group][aria-label=Rule]"):
            expect(admin.locator(field)).to_be_visible(visible=field == shown)


def test_leaving_with_unsaved_changes_asks_first(admin, site):
    admin.goto(f"{site.url}/admin/groups/{site.find('team').uuid}")
    admin.get_by_label("Name optional", exact=True).press_sequentially("!")
    asked = []
    admin.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    admin.get_by_role("link", name="Find address").click()
    expect(admin.get_by_role("heading", name="Find address")).to_be_visible()
    assert asked == ["beforeunload"]


def test_leaving_a_page_that_was_only_read_asks_nothing(admin, site):
    admin.goto(f"{site.url}/admin/groups/{site.find('team').uuid}")
    expect(admin.locator("#owners[role=combobox]")).to_be_visible()
    admin.get_by_label("Name optional", exact=True).click()
    asked = []
    admin.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    admin.get_by_role("link", name="Find address").click()
    expect(admin.get_by_role("heading", name="Find address")).to_be_visible()
    assert asked == []


def test_a_row_of_the_list_is_one_large_target(admin, site):
    admin.goto(f"{site.url}/admin/groups")
    row = admin.get_by_role("row", name="Team Blue")
    box = row.bounding_box()
    admin.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(admin.get_by_role("heading", name="Team Blue")).to_be_visible()


def test_the_first_stop_of_the_keyboard_skips_to_the_content(admin, site):
    admin.goto(f"{site.url}/admin/groups")
    admin.keyboard.press("Tab")
    expect(admin.get_by_role("link", name="Skip to content")).to_be_focused()
    admin.keyboard.press("Enter")
    admin.keyboard.press("Tab")
    expect(admin.locator("main").get_by_role("link", name="Deleted groups")).to_be_focused()


def test_back_returns_to_the_search(admin, site):
    admin.goto(f"{site.url}/admin/groups")
    admin.get_by_label("Search", exact=True).fill("blue")
    admin.keyboard.press("Enter")
    expect(admin).to_have_url(re.compile(r"\?q=blue$"))
    expect(admin.locator("tbody tr")).to_have_count(1)
    admin.get_by_role("link", name="Team Blue", exact=True).click()
    expect(admin.get_by_role("heading", name="Team Blue")).to_be_visible()
    admin.go_back()
    expect(admin.get_by_label("Search", exact=True)).to_have_value("blue")
    expect(admin.locator("tbody tr")).to_have_count(1)


class TestWithoutJavaScript:
    @pytest.fixture
    def context_options(self):
        return {"java_script_enabled": False, "locale": "en-GB"}

    def test_a_group_is_created_filled_and_deleted(self, admin, site):
        create_group(admin, site, "Plain Group", "ada@example.org\nBob <bob@example.org>")
        admin.get_by_role("link", name="Members").click()
        admin.locator("#members").fill("eve@example.org\nbroken")
        admin.get_by_role("button", name="Add", exact=True).click()
        expect(admin.get_by_role("alert")).to_contain_text("1 of 2 added.")
        expect(admin.get_by_label("Line 2")).to_have_value("broken")
        admin.get_by_label("Select Ada Example").check()
        admin.get_by_role("button", name="Remove", exact=True).click()
        expect(admin.get_by_text("Removed ada@example.org.")).to_be_visible()
        assert direct_members(site, "plain") == ["bob@example.org", "eve@example.org"]
        admin.get_by_role("link", name="Settings").click()
        admin.get_by_label("Show in contacts").uncheck()
        admin.get_by_role("button", name="Save").click()
        expect(admin.get_by_text("Hidden", exact=True)).to_be_visible()
        admin.get_by_role("link", name="Delete").click()
        admin.get_by_label("Your password").fill("correct horse")
        admin.get_by_role("button", name="Delete group").click()
        expect(admin.get_by_text("Deleted plain@example.org.")).to_be_visible()

    def test_compose_says_whom_a_message_reaches(self, page, site):
        sign_in(page, site, "ada@example.org")
        page.goto(f"{site.url}/compose")
        page.get_by_label("To", exact=True).fill("team@example.org, broken")
        page.get_by_role("button", name="Check recipients").click()
        expect(page.get_by_role("heading", name="Would reach 3 mailboxes")).to_be_visible()
        expect(page.get_by_label("To", exact=True)).to_have_value("team@example.org, broken")

    def test_a_department_is_chosen(self, admin, site):
        admin.goto(f"{site.url}/admin/groups/new")
        admin.get_by_label("Name optional", exact=True).fill("Europe")
        admin.get_by_label("Address", exact=True).fill("europe@example.org")
        admin.get_by_role("radio", name="Department", exact=True).check()
        admin.get_by_label("Department", exact=True).last.select_option("example.org/Sales/Europe")
        admin.get_by_role("button", name="Create group").click()
        expect(admin.get_by_text("Created europe@example.org.")).to_be_visible()
        assert site.find("europe").recipient_count == 1

    def test_a_leaver_is_removed_from_groups(self, admin, site):
        lunch = site.create("lunch", members=["ada.alias@example.org"])
        site.create("tea", members=["ada@example.org", "bob@example.org"])
        admin.goto(f"{site.url}/admin/addresses?address=ada@example.org")
        admin.get_by_label("Choose Lunch").check()
        admin.get_by_label("Choose Tea", exact=True).check()
        admin.get_by_role("button", name="Remove from these …").click()
        decision = admin.get_by_role("group", name="Lunch lunch@example.org")
        expect(decision.get_by_role("radio", name="Disable the group")).to_be_checked()
        admin.get_by_role("button", name="Remove from 2 groups").click()
        expect(admin.get_by_role("status")).to_contain_text("disabled lunch@example.org")
        assert site.find("lunch").settings.disabled
        assert members.list_members(site.core.database, OPERATOR, lunch.uuid) == []
        assert direct_members(site, "tea") == ["bob@example.org"]
        assert "ada@example.org" in direct_members(site, "team")

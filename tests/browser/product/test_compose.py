"""The compose page with the recipient field on the real API."""

from playwright.sync_api import expect


def compose(page, site):
    page.goto(f"{site.url}/compose")
    to = page.locator("#to[role=combobox]")
    to.wait_for()
    return to


def test_a_group_is_suggested_as_soon_as_it_exists(ada, site):
    to = compose(ada, site)
    to.press_sequentially("flower")
    expect(ada.get_by_role("option")).to_have_count(0)
    site.create("flowers")
    to.press_sequentially("s")
    expect(ada.get_by_role("option", name="Flowers")).to_be_visible()


def test_a_group_is_replaced_by_its_members(ada, site):
    to = compose(ada, site)
    to.press_sequentially("team")
    expect(ada.get_by_role("option", name="Team Blue", selected=True)).to_be_visible()
    to.press("Enter")
    field = ada.locator("recipient-field", has=to)
    field.get_by_role("button", name="+3 Team Blue").click()
    field.get_by_role("button", name="replace with members", exact=True).click()
    expect(field.get_by_role("listitem")).to_have_count(3)
    expect(field.get_by_role("button", name="guest@example.net").first).to_be_visible()


def test_what_was_typed_is_still_there_after_the_check(ada, site):
    to = compose(ada, site)
    to.press_sequentially("bob@example.org, broken, ")
    ada.get_by_label("Subject").fill("Kept")
    ada.get_by_role("button", name="Check recipients").click()
    expect(ada.get_by_role("heading", name="Would reach 1 mailbox")).to_be_visible()
    expect(ada.locator("recipient-field", has=to).get_by_role("listitem")).to_have_count(2)
    expect(ada.get_by_label("Subject")).to_have_value("Kept")


def test_hidden_groups_are_not_suggested(ada, site):
    to = compose(ada, site)
    to.press_sequentially("secret")
    expect(ada.get_by_role("status").first).to_contain_text("0 suggestions")


def test_contacts_are_chosen_from_the_address_book(ada, site, accessibility_violations):
    site.create("secret2", show_in_contacts=False)
    to = compose(ada, site)
    ada.get_by_role("button", name="Contacts").click()
    dialog = ada.get_by_role("dialog")
    dialog.get_by_role("checkbox", name="Team Blue").check()
    dialog.get_by_role("button", name="Team Blue: Members").click()
    expect(dialog.get_by_text("guest@example.net")).to_be_visible()
    assert accessibility_violations(ada) == []
    dialog.get_by_role("searchbox").fill("secret")
    expect(dialog.get_by_text("Nothing found")).to_be_visible()
    dialog.get_by_role("searchbox").fill("zoe")
    dialog.get_by_role("checkbox", name="Zoe Example").check()
    dialog.get_by_role("button", name="Add to To").click()
    expect(to).to_be_focused()
    expect(ada.locator("recipient-field", has=to).get_by_role("listitem")).to_have_count(2)
    ada.get_by_role("button", name="Check recipients").click()
    expect(ada.get_by_role("heading", name="Would reach 4 mailboxes")).to_be_visible()

"""Every page: accessible, in light and dark, and no wider than a telephone."""

from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from contactsgroups.domain.errors import GroupNotFound
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from contactsgroups.services.accounts.identity import find_principal
from contactsgroups.services.accounts.sessions import begin_session
from tests.browser.product.conftest import Site
from tests.services.moderation.holds import STRANGER, hold
from tests.web.forms import LIMITS

PAGES = {
    "start": "/",
    "compose": "/compose",
    "list": "/admin/groups",
    "filtered": "/admin/groups?q=e&kind=static&domain=example.org&shown=yes&sort=-recipients",
    "nothing found": "/admin/groups?q=zzzz&disabled=yes",
    "wrong filter": "/admin/groups?owner=nobody",
    "new": "/admin/groups/new",
    "settings": "/admin/groups/{team}",
    "settings of a department": "/admin/groups/{sales}",
    "members": "/admin/groups/{team}/members",
    "members found": "/admin/groups/{team}/members?q=e&kind=account",
    "no members found": "/admin/groups/{team}/members?q=zzzz&kind=group",
    "ways to add": "/admin/groups/{team}/members/add",
    "last day": "/admin/groups/{team}/members/until?member=ada@example.org",
    "department counted": "/admin/groups/{team}/members/department?department=example.org/Sales",
    "derived members": "/admin/groups/{sales}/members",
    "delivery": "/admin/groups/{team}/delivery",
    "refused delivery": "/admin/groups/{team}/delivery?sender=x@side.example&proof=signed-in",
    "delete": "/admin/groups/{team}/delete",
    "address": "/admin/addresses?address=ada@example.org",
    "no address": "/admin/addresses",
    "leaving": "/admin/addresses/remove?address=eve@example.org",
    "leaving with roles": "/admin/addresses/remove?address=ada@example.org",
    "my groups": "/groups",
    "held mail": "/held",
    "held message": "/held/{held}",
    "rejecting held mail": "/held/{held}",
    "moderated": "/groups/moderated",
    "requests": "/groups/requests",
    "to join": "/groups/join",
    "group": "/groups/{team}",
    "asking to join": "/groups/{team}/join",
    "new team": "/groups/new",
    "domains": "/admin/domains",
    "domain": "/admin/domains/example.org",
    "domain viewers": "/admin/domains/example.org/viewers",
    "domain removal": "/admin/domains/example.org/remove",
    "departments": "/admin/domains/example.org/departments",
    "department": "/admin/domains/example.org/departments/one?path=Sales",
    "accounts": "/admin/accounts",
    "reports": "/admin/reports",
    "a report's groups": "/admin/groups?finding=no-owner",
    "requests of all groups": "/admin/requests",
    "decided requests": "/admin/requests?state=decided&wish=join",
    "no accounts": "/admin/accounts?q=zzzz",
    "aliases": "/admin/aliases",
    "attributes of an account": "/admin/accounts/attributes?address=admin@example.com",
    "history": "/admin/groups/{team}/history",
    "no deleted groups": "/admin/deleted-groups",
    "releasing": "/admin/deleted-groups/{gone}/release",
    "deleted groups": "/admin/deleted-groups",
    "administrators": "/admin/administrators",
    "new administrator": "/admin/administrators/new",
    "administrator": "/admin/administrators/remove?address=admin@example.com&domain=example.com",
    "last administrator": "/admin/administrators/remove?address=admin@example.org&domain=*",
    "audit": "/admin/audit",
    "audit filters": "/admin/audit?q=team&who=operator@localhost&what=group&since=2026-01-01",
    "audit faults": "/admin/audit?since=soon&until=later",
    "account": "/account",
    "error": "/admin/nothing",
}


def visit(page: Page, site: Site, name: str) -> None:
    if name == "account":
        sign_in_elsewhere(site)
    uuids = {each: site.find(each).uuid for each in ("team", "sales")}
    if "{gone}" in PAGES[name]:
        uuids["gone"] = delete_something(site)
    if name.startswith(("held", "rejecting")):
        uuids["held"] = hold_something(site)
    page.goto(site.url + PAGES[name].format(**uuids))
    if name.startswith("rejecting"):
        page.get_by_text("Reject with a note", exact=True).click()
        page.get_by_text("Headers", exact=True).click()
    page.locator("h1").wait_for()
    if page.locator("recipient-field").count():
        page.locator("[role=combobox]").first.wait_for(state="attached")


def sign_in_elsewhere(site: Site) -> None:
    """The administrator has another session, which the page offers to end."""
    principal = find_principal(site.core.database, "admin@example.org")
    assert principal is not None
    begin_session(site.core.database, principal, client="Chrome on Android", limits=LIMITS)


def delete_something(site: Site) -> str:
    """A group that can be restored."""
    uuid = site.create("gone").uuid
    groups.remove_group(site.core.database, OPERATOR, uuid)
    return uuid


def hold_something(site: Site) -> str:
    """A message with everything that such a page shows."""
    try:
        group = site.find("kept")
    except GroupNotFound:
        group = site.create("kept", moderated=True, moderators=["admin@example.org"])
    message = EmailMessage()
    message["From"], message["Subject"] = "Jana Dvořák <jana@partner.example>", "w" * 200
    message["To"] = "kept@example.org, " + "x" * 200 + "@example.org"
    message.set_content("https://partner.example/" + "y" * 300 + "\n\nHello\n")
    message.add_alternative("<p>Hello</p>", subtype="html")
    message.add_attachment(b"x", maintype="image", subtype="png", filename="z" * 200 + ".png")
    return hold(site.core.database, group, content=bytes(message), evidence=STRANGER)


def refuse_something(page: Page, site: Site) -> None:
    """A form with faults of all kinds."""
    visit(page, site, "settings")
    page.get_by_label("Address", exact=True).fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()


def tick_something(page: Page, site: Site, *, delete: bool = False) -> None:
    """The list with two groups ticked and a filter open, or the question about deleting them."""
    visit(page, site, "list")
    for place in (0, 1):
        page.locator("tbody [type=checkbox]").nth(place).check()
    if delete:
        page.get_by_role("button", name="Delete …").click()
        page.get_by_label("Your password").wait_for()
    else:
        page.locator("summary.chip:visible").first.click()


def paste_something(page: Page, site: Site) -> None:
    """Lines that need a look, with a proposal and without, and a member ticked below them."""
    visit(page, site, "ways to add")
    page.get_by_label("Paste members").fill("eve@example.org\nbobb@example.org\nx@@gmail.com\n@")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="lines to look at")).to_be_visible()
    page.locator("tbody [name=member]").first.check()


def paste_days(page: Page, site: Site) -> None:
    """Lines whose last days need a look."""
    visit(page, site, "ways to add")
    rows = "address,until\neve@example.org,2020-01-01\nzoe@example.org,soon\n"
    file = {"name": "days.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    page.get_by_label("Upload a file").set_input_files([file])
    page.get_by_role("button", name="Upload and add").click()
    expect(page.get_by_label("Last day of line").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(admin, site, accessibility_violations, expected_errors, scheme):
    expected_errors += ["404", "422"]
    admin.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found = {}
    for name in PAGES:
        visit(admin, site, name)
        found[name] = accessibility_violations(admin)
    refuse_something(admin, site)
    found["faults"] = accessibility_violations(admin)
    tick_something(admin, site)
    found["ticked"] = accessibility_violations(admin)
    tick_something(admin, site, delete=True)
    found["deleting several"] = accessibility_violations(admin)
    paste_something(admin, site)
    found["pasted"] = accessibility_violations(admin)
    visit(admin, site, "compose")
    admin.locator("#to").press_sequentially(
        "team@example.org, secret@example.org, broken, x@x.org,"
    )
    admin.get_by_role("button", name="Check recipients").click()
    expect(admin.get_by_role("heading", name="Would reach")).to_be_visible()
    found["checked"] = accessibility_violations(admin)
    admin.get_by_role("button", name="Sign out").click()
    found["sign in"] = accessibility_violations(admin)
    assert {name: each for name, each in found.items() if each} == {}


class TestOnATelephone:
    """390 px wide, with fingers."""

    @pytest.fixture
    def context_options(self):
        return {
            "locale": "en-GB",
            "viewport": {"width": 390, "height": 844},
            "has_touch": True,
            "is_mobile": True,
        }

    def test_no_page_scrolls_sideways(self, admin, site, expected_errors):
        expected_errors += ["404", "422"]
        long = "x" * 50
        uuid = site.create(f"{long}", display_name=f"{long} {long * 3}", description=long).uuid
        wide = {}
        rule = 'title = "Captain" and not (location = "Beijing")'
        rules = site.create("rules", kind="dynamic", members=None, rule=rule).uuid
        admin.goto(site.url + PAGES["settings"].format(team=rules))
        admin.get_by_label("Value", exact=True).first.wait_for()
        wide["rule"] = admin.evaluate("document.documentElement.scrollWidth")
        for name in ("members", "delivery", "settings", "history", "delete"):
            admin.goto(site.url + PAGES[name].format(team=uuid))
            wide[f"{name} of a long name"] = admin.evaluate("document.documentElement.scrollWidth")
        for name in PAGES:
            visit(admin, site, name)
            wide[name] = admin.evaluate("document.documentElement.scrollWidth")
        refuse_something(admin, site)
        wide["faults"] = admin.evaluate("document.documentElement.scrollWidth")
        tick_something(admin, site)
        wide["ticked"] = admin.evaluate("document.documentElement.scrollWidth")
        paste_something(admin, site)
        wide["pasted"] = admin.evaluate("document.documentElement.scrollWidth")
        paste_days(admin, site)
        wide["pasted days"] = admin.evaluate("document.documentElement.scrollWidth")
        assert {name: width for name, width in wide.items() if width > 390} == {}

    def test_axe_finds_nothing(self, admin, site, accessibility_violations):
        found = {}
        names = ("list", "settings", "members", "compose", "account", "address", "leaving")
        for name in (*names, "audit", "history"):
            visit(admin, site, name)
            found[name] = accessibility_violations(admin)
        assert {name: each for name, each in found.items() if each} == {}

    def test_controls_are_large_enough_for_a_finger(self, admin, site):
        """24 px is the least (WCAG 2.2, 2.5.8), 40 what is comfortable."""
        pages = ("list", "settings", "members", "delete", "my groups", "new team", "account")
        for name in (*pages, "audit filters"):
            visit(admin, site, name)
            buttons = "main :is(button, .button):not(recipient-field *):visible"
            for button in admin.locator(buttons).all():
                assert button.bounding_box()["height"] >= 40, (name, button.inner_text())


def test_text_twice_as_large_still_fits(admin, site):
    """WCAG 2.2, 1.4.4: at 200 percent nothing is cut off sideways."""
    admin.set_viewport_size({"width": 1280 // 2, "height": 512})
    for name in ("list", "new", "settings", "members", "compose", "account"):
        visit(admin, site, name)
        assert admin.evaluate("document.documentElement.scrollWidth") <= 640, name


FLOWING = """() => [...document.querySelectorAll('table')].flatMap((table) => {
  const edge = table.getBoundingClientRect().right + 1;
  return [...table.querySelectorAll('tr *')]
    .filter((each) => each.checkVisibility() && !each.closest('.unseen'))
    .filter((each) => {
      const range = document.createRange();
      range.selectNodeContents(each);
      const cell = each.closest('th, td');
      const isCut = getComputedStyle(cell).overflow !== 'visible';
      return !isCut && each.children.length === 0 && range.getBoundingClientRect().right > edge;
    })
    .map((each) => each.outerHTML);
})"""
"""Whatever stands beside its table, and is not cut."""


def test_no_text_flows_out_of_its_table(admin, site):
    names = ("list", "members", "accounts", "aliases", "audit", "delivery", "leaving with roles")
    for name in (*names, "address", "administrators", "departments", "account"):
        visit(admin, site, name)
        assert admin.evaluate(FLOWING) == [], name


def test_the_head_of_a_telephone_takes_two_lines(admin, site):
    """However long one's name is: it is cut before anything goes below."""
    admin.set_viewport_size({"width": 390, "height": 844})
    visit(admin, site, "list")
    brand, out = (admin.locator(place).bounding_box() for place in (".brand", ".who button"))
    assert brand["y"] <= out["y"] <= brand["y"] + brand["height"]

"""The builder of rules in a browser: rows and text are the same rule, and the preview follows."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from contactsgroups.domain.rule_text import parse_rule
from contactsgroups.services.groups import GroupDetails
from tests.browser.product.conftest import Site
from tests.directories import add_account, add_group

IN_ROWS = [
    'domain = "bücher.example" or not attribute.cost-center starts with "47"',
    'title = "x"',
    'title != "\\"quoted\\" and \\\\"',
    'not address starts with "test." and department under "Customer Care/Europe"',
    'location one of ("Αθήνα", "Athens", "東京") or title is not set',
    'name is set and (title contains "Engineer" or not title one of ("a", "b"))',
    '(title = "a" and title = "b") or (name = "c" and name = "d") or location = "e"',
]
TOO_DEEP = [
    'not (title = "a" or title = "b")',
    'title = "a" and (title = "b" or (name = "c" and name = "d"))',
    'title one of ("a, b", "c")',
]
UNREADABLE = [
    "title",
    "title =",
    'salary = "1"',
    'title = "a" and',
    '(title = "a"',
    'title = "a" "b"',
]


@pytest.fixture
def group(site: Site) -> GroupDetails:
    for name in ("Kim", "Lee"):
        add_account(site.core.database, f"{name}@example.org", display_name=name, title="Captain")
    return add_group(
        site.core.database,
        "deck@example.org",
        members=None,
        kind="dynamic",
        rule='title = "Captain" and name = "Kim"',
    )


def test_rows_are_counted_and_saved_as_text(admin: Page, site: Site, group: GroupDetails) -> None:
    admin.goto(f"{site.url}/admin/groups/{group.uuid}")
    values = admin.get_by_label("Value", exact=True)
    expect(values).to_have_count(2)
    expect(admin.get_by_label("Field", exact=True).nth(1)).to_have_value("name")
    admin.get_by_role("button", name="Remove: Name is Kim").click()
    expect(admin.locator("[data-count]")).to_have_text("2 people +1")
    expect(admin.locator("[data-moves]")).to_contain_text("Lee")
    values.fill("Captain of the deck")
    expect(admin.locator("[data-count]")).to_have_text("0 people −1")
    values.fill("Captain")
    admin.get_by_role("button", name="Save", exact=True).click()
    expect(admin.get_by_text("Saved deck@example.org.")).to_be_visible()
    assert site.find("deck").settings.rule == 'title = "Captain"'


def test_a_fault_in_the_text_leaves_the_last_number(
    admin: Page, site: Site, group: GroupDetails
) -> None:
    admin.goto(f"{site.url}/admin/groups/{group.uuid}")
    admin.get_by_text("The same rule as text").click()
    rule = admin.locator("#rule")
    rule.fill('title = "Captain"')
    expect(admin.locator("[data-count]")).to_have_text("2 people +1")
    rule.fill('title = "Captain"\nand name')
    expect(admin.locator("[data-fault]")).to_contain_text("line 2, column 9")
    expect(admin.locator("[data-count]")).to_have_text("2 people +1")
    rule.fill('not (title = "Captain" or name = "Kim")')
    expect(admin.get_by_text("This rule is too deep for the builder")).to_be_visible()
    expect(admin.get_by_role("combobox", name="Field")).to_have_count(0)


def test_the_builder_reads_and_writes_what_the_product_does(
    admin: Page, site: Site, group: GroupDetails
) -> None:
    admin.goto(f"{site.url}/admin/groups/{group.uuid}")
    address = admin.locator("script[src*='rule-builder.js']").get_attribute("src") or ""
    path = address.replace("rule-builder.js", "rule-builder/rule-text.js")
    found = admin.evaluate(
        """async ([path, rules]) => {
            const { readRule, writeRule } = await import(path);
            return rules.map((rule) => {
                const read = readRule(rule);
                return read ? writeRule(read) : String(read);
            });
        }""",
        [path, [*IN_ROWS, *TOO_DEEP, *UNREADABLE]],
    )
    rows, rest = found[: len(IN_ROWS)], found[len(IN_ROWS) :]
    assert [str(parse_rule(text)) for text in rows] == [str(parse_rule(text)) for text in IN_ROWS]
    assert rest == ["null"] * len(TOO_DEEP) + ["undefined"] * len(UNREADABLE)


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_in_the_builder_and_before_a_large_move(
    admin: Page,
    site: Site,
    group: GroupDetails,
    accessibility_violations: Callable[[Page], object],
    expected_errors: list[str],
    width: int,
) -> None:
    expected_errors.append("409")
    admin.set_viewport_size({"width": width, "height": 850})
    admin.goto(f"{site.url}/admin/groups/{group.uuid}")
    admin.get_by_role("button", name="+ Bracket").click()
    admin.get_by_label("Value", exact=True).last.fill("Nowhere")
    expect(admin.locator("[data-count]")).to_have_text("0 people −1")
    assert not accessibility_violations(admin)
    assert admin.evaluate("document.documentElement.scrollWidth") <= width
    admin.get_by_role("button", name="Save", exact=True).click()
    expect(admin.get_by_role("heading", name="Remove the only member?")).to_be_visible()
    assert not accessibility_violations(admin)
    assert admin.evaluate("document.documentElement.scrollWidth") <= width
    admin.get_by_role("button", name="Remove the only member").click()
    expect(admin.get_by_text("Saved deck@example.org.")).to_be_visible()


def test_attributes_that_accounts_have_are_fields_and_others_are_remarked(
    admin: Page, site: Site, group: GroupDetails
) -> None:
    add_account(site.core.database, "kim@example.org", attributes={"floor": "3"})
    admin.goto(f"{site.url}/admin/groups/{group.uuid}")
    admin.get_by_label("Field", exact=True).nth(1).select_option("attribute.floor")
    admin.get_by_label("Value", exact=True).nth(1).fill("3")
    expect(admin.locator("[data-count]")).to_have_text("1 person")
    admin.get_by_text("The same rule as text").click()
    admin.get_by_label("Rule", exact=True).last.fill("attribute.nobody is set")
    expect(admin.locator("[data-remarks]")).to_contain_text("attribute nobody (line 1, column 1)")
    expect(admin.get_by_label("Field", exact=True)).to_have_value("attribute.nobody")

"""Who is who: two of one name, new senders, matched letters, nothing found, an ended session."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.recipient_field.conftest import field_of, type_at_once
from tests.browser.recipient_field.test_suggestions import paste

JANES = [
    {"kind": "account", "name": "Jane Doe", "address": "jane@example.org"},
    {"kind": "account", "name": "Jane Doe", "address": "jane.doe@example.com"},
]


def _answer(page: Page, *rows) -> None:
    page.route("**/completions?*", lambda route: route.fulfill(json={"completions": rows}))


def _add(page: Page, address: str, field: str = "to") -> None:
    page.locator(f"#{field}").press_sequentially("jane")
    page.get_by_role("option").filter(has_text=address).click()


def _addresses(page: Page) -> Locator:
    """Addresses to be seen on chips."""
    return page.locator(".recipient-chip .recipient-address:visible")


def test_a_name_that_tells_who_it_is_stands_alone(compose):
    _answer(compose, *JANES)
    _add(compose, "jane@example.org")
    expect(compose.get_by_role("button", name="Jane Doe", exact=True)).to_be_visible()
    expect(_addresses(compose)).to_have_count(0)


@pytest.mark.parametrize("field", ["to", "cc"])
def test_two_of_one_name_show_their_addresses(compose, field):
    """Also if they stand in different fields; and only as long as there are two."""
    _answer(compose, *JANES)
    _add(compose, "jane@example.org")
    _add(compose, "jane.doe@example.com", field)
    expect(_addresses(compose)).to_have_text(["jane@example.org", "jane.doe@example.com"])
    compose.get_by_role("button", name="× Jane Doe: remove").last.click()
    expect(_addresses(compose)).to_have_count(0)


def test_a_name_that_only_the_sender_gave_shows_the_address(compose):
    """Everybody can write to "Support <support@elsewhere.example>"."""
    paste(compose, "Support <support@elsewhere.example>, Sales Team <sales@example.org>")
    expect(compose.get_by_role("button", name="Sales Team group")).to_be_visible()
    expect(_addresses(compose)).to_have_text(["support@elsewhere.example"])


def test_an_account_that_was_found_by_an_alias_says_by_which(compose):
    match = {"kind": "exact", "name": [], "address": [], "via": [[0, 4]]}
    _answer(compose, JANES[0] | {"via": "help@example.org", "match": match})
    type_at_once(compose, "help")
    row = compose.get_by_role("option")
    expect(row.locator(".recipient-via")).to_have_text("via help@example.org")
    expect(row.locator(".recipient-via b")).to_have_text("help")
    expect(row.locator(".recipient-address")).to_have_text("jane@example.org")
    compose.locator("#to").press("Enter")
    expect(compose.get_by_role("button", name="Jane Doe", exact=True)).to_be_visible()


class TestOnAPhone:
    @pytest.fixture
    def context_options(self):
        return {
            "locale": "en-GB",
            "viewport": {"width": 360, "height": 740},
            "has_touch": True,
            "is_mobile": True,
        }

    def test_every_chip_shows_its_address(self, compose):
        """Fingers cannot rest on a chip to read its title."""
        paste(compose, "ada@example.org")
        expect(_addresses(compose)).to_have_text(["ada@example.org"])

    def test_neither_names_nor_domains_are_cut(self, compose):
        name = "Bundesvereinigung der Verbraucherverbände Niederrhein"
        address = "geschaeftsstelle.oeffentlichkeitsarbeit@verbraucher-niederrhein.example.org"
        _answer(compose, {"kind": "account", "name": name, "address": address})
        type_at_once(compose, "verbr")
        expect(compose.get_by_role("option")).to_have_count(1)
        assert _cut(compose) == []
        compose.get_by_role("option").tap()
        expect(_addresses(compose)).to_have_text([address])
        assert _cut(compose) == []


def _cut(page: Page) -> list[str]:
    """Texts of rows, chips and labels that do not fit where they stand."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(
                '.recipient-name, .recipient-address, recipient-field > label')]
            .filter((each) => each.checkVisibility())
            .filter((each) => {
                const { overflow } = getComputedStyle(each);
                const box = each.getBoundingClientRect();
                const limit = each.closest('li, recipient-field').getBoundingClientRect();
                const isCut = overflow !== 'visible' && each.scrollWidth > each.clientWidth;
                return isCut || box.right > limit.right + 1 || box.bottom > limit.bottom + 1;
            })
            .map((each) => each.textContent)"""
    )
    return found


def test_the_letters_that_matched_are_emphasised(compose):
    match = {"kind": "prefix", "name": [[5, 7]], "address": [[0, 4]]}
    _answer(compose, JANES[0] | {"match": match})
    type_at_once(compose, "do")
    row = compose.get_by_role("option")
    expect(row.locator(".recipient-name b")).to_have_text(["Do"])
    expect(row.locator(".recipient-address b")).to_have_text(["jane"])
    expect(row).to_have_accessible_name("Jane Doe jane@example.org")


@pytest.mark.parametrize(
    ("name", "typed", "bold"),
    [
        ("Jane Doe", "do ja", ["Ja", "Do"]),
        ("Óscar Núñez", "nun", ["Núñ"]),
        ("O\u0301scar", "os", ["O\u0301s"]),
        ("李小龙", "李小", ["李小"]),
        ("😀 Jane", "ja", ["Ja"]),
    ],
)
def test_they_are_found_also_where_the_directory_does_not_say(compose, name, typed, bold):
    _answer(compose, {"kind": "account", "name": name, "address": "x@example.org"})
    compose.locator("#to").fill(typed)
    expect(compose.locator("[role=option] .recipient-name b")).to_have_text(bold)
    expect(compose.locator("[role=option] .recipient-name")).to_have_text(name)


def test_they_are_emphasised_in_name_and_address(compose):
    type_at_once(compose, "salm")
    expect(compose.locator("[role=option] b")).to_have_text(["Salm", "salm"])


@pytest.mark.parametrize("ranges", [[[3, 1]], [[0, 99]], [[4, 6], [0, 5]], [[-2, 1]], []])
def test_odd_ranges_change_no_text(compose, ranges):
    _answer(compose, JANES[0] | {"match": {"kind": "prefix", "name": ranges}})
    type_at_once(compose, "j")
    expect(compose.locator("[role=option] .recipient-name")).to_have_text("Jane Doe")


def test_nothing_found_is_to_be_seen(compose):
    type_at_once(compose, "zzz")
    expect(compose.get_by_text("Nothing found")).to_be_visible()
    compose.keyboard.press("Escape")
    expect(compose.get_by_text("Nothing found")).to_be_hidden()


def test_an_address_that_is_new_is_nothing_to_wonder_at(compose):
    compose.locator("#to").press_sequentially("somebody@example.net")
    expect(compose.get_by_role("status").first).to_have_text("0 suggestions.")
    expect(compose.get_by_text("Nothing found")).to_be_hidden()


def test_nothing_is_said_to_be_missing_where_nobody_answered(site, compose, expected_errors):
    expected_errors.append("status of 503")
    site.status = 503
    type_at_once(compose, "zzz")
    expect(compose.get_by_text("Directory offline")).to_be_visible()
    expect(compose.get_by_text("Nothing found")).to_be_hidden()


def test_a_session_that_has_ended_is_named(site, compose, chips, expected_errors):
    """What was typed and chosen stays, for the page to be signed in again elsewhere."""
    expected_errors.append("status of 401")
    paste(compose, "one@example.net")
    site.status = 401
    type_at_once(compose, "ada")
    expect(compose.get_by_text("Session expired, please sign in again")).to_be_visible()
    assert chips("to") == ["one@example.net"]
    site.status = 200
    compose.keyboard.press("ArrowDown")
    expect(field_of(compose, "to").get_by_role("option")).to_have_count(1)
    expect(compose.get_by_text("Session expired")).to_be_hidden()


def test_a_name_that_reads_like_an_address_does_not_hide_the_address(compose):
    row = {"kind": "contact", "name": "boss@example.org", "address": "other@example.net"}
    compose.route("**/completions?*", lambda route: route.fulfill(json={"completions": [row]}))
    paste(compose, "other@example.net")
    expect(field_of(compose, "to").locator(".recipient-contact, .contact")).to_have_count(1)
    expect(field_of(compose, "to").get_by_text("other@example.net", exact=True)).to_be_visible()

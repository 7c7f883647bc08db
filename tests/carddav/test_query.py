"""Address-book queries: the database gives the answers that Radicale would, only faster."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest
import vobject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from radicale import config
from radicale.app.report import test_filter as is_chosen_by_radicale
from radicale.xmlutils import make_clark

from contactsgroups.bootstrap import Core, open_core
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import accounts
from contactsgroups.settings import Settings
from radicale_plugin import Storage
from radicale_plugin.book import GroupsBook
from radicale_plugin.query import _FIELDS, _UNSEARCHED
from tests.carddav.conftest import ClientFor
from tests.carddav.dav import NAMESPACES, PASSWORD, Client, Resource, all_of, any_of, prop_filter
from tests.directories import add_accounts, add_group

BOOK = "ada@example.org/groups/"
NAMES = {
    "sales": "Sales Team",
    "sales-nord": "SALES NORD",
    "50_percent": "50% off_season",
    "path": "a/b\\c",
    "münchen": "München, Süd",
    "moskva": "Москва",
    "zeng": "曾家",
    "quote": 'The "best"; & <first>',
}


def names_of(resources: dict[str, Resource]) -> list[str]:
    texts = [each.text("CR:address-data") for each in resources.values()]
    return sorted(vobject.readOne(text).fn.value for text in texts)


@pytest.fixture
def groups(core: Core) -> None:
    for local_part, name in NAMES.items():
        add_group(core.database, f"{local_part}@example.org", "bob@example.org", display_name=name)


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        (any_of(prop_filter("EMAIL", "sales@example.org", "equals")), ["Sales Team"]),
        (any_of(prop_filter("EMAIL", "SALES", "starts-with")), ["SALES NORD", "Sales Team"]),
        (any_of(prop_filter("EMAIL", "nord@example.org", "ends-with")), ["SALES NORD"]),
        (any_of(prop_filter("email", "@EXAMPLE.ORG")), sorted(NAMES.values())),
        (any_of(prop_filter("FN", "sales")), ["SALES NORD", "Sales Team"]),
        (any_of(prop_filter("FN", "sales team", "equals")), ["Sales Team"]),
        (any_of(prop_filter("FN", "%")), ["50% off_season"]),
        (any_of(prop_filter("FN", "f_s")), ["50% off_season"]),
        (any_of(prop_filter("FN", "b\\c")), ["a/b\\c"]),
        (any_of(prop_filter("FN", "МОСК", "starts-with")), ["Москва"]),
        (any_of(prop_filter("FN", "MÜNCHEN")), ["München, Süd"]),
        (any_of(prop_filter("FN", "Mu\u0308nchen")), ["München, Süd"]),
        (any_of(prop_filter("FN", "家", "ends-with")), ["曾家"]),
        (any_of(prop_filter("FN", "nobody")), []),
        (any_of(prop_filter("FN", "s" * 60_000)), []),
        (any_of(prop_filter("FN", "nord"), prop_filter("EMAIL", "zeng")), ["SALES NORD", "曾家"]),
        (all_of(prop_filter("FN", "sales"), prop_filter("EMAIL", "nord")), ["SALES NORD"]),
        (
            all_of(
                prop_filter("FN", "s"), prop_filter("EMAIL", "s", extra='negate-condition="yes"')
            ),
            ["50% off_season", 'The "best"; & <first>', "München, Süd"],
        ),
        (any_of('<CR:prop-filter name="FN"/>'), sorted(NAMES.values())),
        (any_of('<CR:prop-filter name="NICKNAME"/>'), []),
        (any_of(prop_filter("NICKNAME", "sales"), prop_filter("FN", "nord")), ["SALES NORD"]),
        ("", sorted(NAMES.values())),
        # From here on, cards are looked at one by one.
        (any_of(prop_filter("NOTE", "x")), []),
        (any_of(prop_filter("CATEGORIES", "mail groups")), sorted(NAMES.values())),
        (any_of(prop_filter("FN", "SALES", extra='collation="i;octet"')), ["SALES NORD"]),
        (
            any_of('<CR:prop-filter name="TEL"><CR:is-not-defined/></CR:prop-filter>'),
            sorted(NAMES.values()),
        ),
        (
            any_of(
                '<CR:prop-filter name="EMAIL"><CR:param-filter name="TYPE"><CR:text-match>work'
                "</CR:text-match></CR:param-filter></CR:prop-filter>"
            ),
            sorted(NAMES.values()),
        ),
    ],
)
def test_a_query_finds_exactly_these(
    groups: None, ada: Client, filter_: str, expected: list[str]
) -> None:
    assert names_of(ada.query(BOOK, filter_)) == sorted(expected)


def test_names_are_compared_with_full_case_folding(core: Core, ada: Client) -> None:
    add_group(core.database, "strasse@example.org", "bob@example.org", display_name="Straße")

    assert names_of(ada.query(BOOK, any_of(prop_filter("FN", "STRASSE")))) == ["Straße"]


def test_an_international_domain_is_searched_as_the_card_shows_it(
    core: Core, client_for: ClientFor
) -> None:
    """The card has the address as it was typed; the rest of the product compares A-labels."""
    add_accounts(core.database, ["ada"], domain="bücher.example")
    accounts.set_password(core.database, OPERATOR, "ada@bücher.example", PASSWORD)
    add_group(core.database, "team@Bücher.example", "bob@example.org")
    client = client_for("ada@bücher.example")

    found = client.query(
        "ada@xn--bcher-kva.example/groups/", any_of(prop_filter("EMAIL", "BÜCHER"))
    )

    assert names_of(found) == ["Team"]


@pytest.mark.parametrize(
    "filter_",
    [
        '<CR:filter test="some"><CR:prop-filter name="FN"/></CR:filter>',
        "<CR:filter><D:prop/></CR:filter>",
        any_of(prop_filter("FN", "x", "sounds-like")),
    ],
)
def test_a_faulty_filter_is_a_bad_request(groups: None, ada: Client, filter_: str) -> None:
    assert ada.send_query(BOOK, filter_).status_code == 400


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GroupsBook]:
    core = open_core(Settings(state=tmp_path_factory.mktemp("query")), upgrade=True)
    add_accounts(core.database, ["ada", "bob"])
    for local_part, name in NAMES.items():
        add_group(core.database, f"{local_part}@example.org", "bob@example.org", display_name=name)
    (book,) = Storage(config.load(), core=core).discover("/ada@example.org/groups/")
    assert isinstance(book, GroupsBook)
    yield book
    core.close()


def test_what_cards_have_besides_is_known(book: GroupsBook) -> None:
    """Of a property that is on no list, the database says that no card has it."""
    for item in book.get_all():
        has = {name.upper() for name in item.vobject_item.contents}
        assert has <= _UNSEARCHED | set(_FIELDS)


_pieces = st.sampled_from(sorted("".join(NAMES.values()))) | st.sampled_from("%_\\/x'@. ")
_texts = st.text(_pieces, max_size=4) | st.sampled_from(sorted(NAMES.values()))
_tests = st.sampled_from(["anyof", "allof"])


@st.composite
def filters(draw: st.DrawFn) -> ET.Element:
    """Filters such as clients send, on properties that cards have and have not."""
    element = ET.Element(make_clark("CR:filter"), {"test": draw(_tests)})
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(["FN", "EMAIL", "fn", "NICKNAME", "TEL", "NOTE"]))
        part = ET.SubElement(
            element, make_clark("CR:prop-filter"), {"name": name, "test": draw(_tests)}
        )
        for _ in range(draw(st.integers(0, 2))):
            match = ET.SubElement(part, make_clark("CR:text-match"))
            match.text = draw(_texts)
            match.set("match-type", draw(st.sampled_from(["equals", "contains", "starts-with"])))
            match.set("negate-condition", draw(st.sampled_from(["yes", "no"])))
    return element


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(filters())
def test_the_book_chooses_as_radicale_does(book: GroupsBook, filter_: ET.Element) -> None:
    chosen = set()
    for item, certain in book.get_filtered([filter_]):
        assert certain
        chosen.add(item.href)

    expected = {
        item.href for item in book.get_all() if is_chosen_by_radicale("VADDRESSBOOK", item, filter_)
    }
    assert chosen == expected


def test_a_namespace_is_what_radicale_thinks() -> None:
    assert make_clark("CR:filter") == f"{{{NAMESPACES['CR']}}}filter"

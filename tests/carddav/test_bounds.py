"""No request keeps a thread for long: what is too much is refused, clearly and quickly."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from contactsgroups.bootstrap import Core
from radicale_plugin import limits
from tests.carddav.calling import SECONDS, Answer, Caller
from tests.carddav.dav import MAKING_A_BOOK
from tests.directories import add_group

HOME = "/ada@example.org/"
OWN = HOME + "contacts/"
GROUPS = HOME + "groups/"
SPACES = (
    'xmlns:D="DAV:" xmlns:CR="urn:ietf:params:xml:ns:carddav" '
    'xmlns:C="urn:ietf:params:xml:ns:caldav"'
)
FILTER = '<CR:prop-filter name="FN"><CR:text-match>x</CR:text-match></CR:prop-filter>'


@pytest.fixture
def ada(core: Core) -> Caller:
    """Ada, calling the application without a server between."""
    return Caller(core)


def card(*lines: str, uid: str = "1") -> str:
    head = f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{uid}\r\nFN:Ada\r\nN:Ada;;;;\r\n"
    return head + "".join(f"{line}\r\n" for line in lines) + "END:VCARD\r\n"


def propfind(*elements: str) -> str:
    return f"<D:propfind {SPACES}><D:prop>{''.join(elements)}</D:prop></D:propfind>"


def multiget(book: str, count: int) -> str:
    hrefs = "".join(f"<D:href>{book}{number}.vcf</D:href>" for number in range(count))
    properties = "<D:prop><D:getetag/><CR:address-data/></D:prop>"
    name = "addressbook-multiget"
    return f"<CR:{name} {SPACES}>{properties}{hrefs}</CR:{name}>"


def query(filter_: str) -> str:
    name = "addressbook-query"
    return f"<CR:{name} {SPACES}><D:prop><D:getetag/></D:prop>{filter_}</CR:{name}>"


def proppatch(*elements: str) -> str:
    properties = f"<D:set><D:prop>{''.join(elements)}</D:prop></D:set>"
    return f"<D:propertyupdate {SPACES}>{properties}</D:propertyupdate>"


def numbered(element: str, count: int) -> Iterator[str]:
    return (element.format(number) for number in range(count))


CARDS = {
    "folds": card("NOTE:" + "\r\n x" * 300_000),
    "properties": card(*numbered("EMAIL:a{}@b.example", 50_000)),
    "short properties": card(*["A:"] * (limits.PROPERTIES + 1)),
    "octets": card("NOTE:" + "x" * limits.CARD),
    "octets in a photo": card("PHOTO;ENCODING=b:" + ("\r\n " + "A" * 74) * 19_000),
    "parameters": card("EMAIL" + ";TYPE=x" * 100_000 + ":a@b.example"),
    "values of a parameter": card("EMAIL;TYPE=" + "x," * 100_000 + "x:a@b.example"),
    "encodings": card("PHOTO" + ";ENCODING=b" * 10_000 + ":"),
    "groups of properties": card("a." * 100_000 + "EMAIL:a@b.example"),
    "an open quote": card('EMAIL;TYPE="' + "x" * 100_000),
    "time zones": card("NOTE:" + "TZID=" * 100_000),
    "time zones in lines": card(*["TZID=x"] * 4_000),
    "cards in cards": "BEGIN:VCARD\r\n" * 100_000,
    "few cards in cards": "BEGIN:VCARD\r\n" * 400,
    "cards": card() * 10_000,
    "no colon": "x" * 900_000,
    "values without a colon": card("X;A=" + ",a" * 40),
    "quotes without a colon": card('NOTE;A="x"' + ';B="x"' * 150),
    "soft line breaks": card("NOTE;ENCODING=QUOTED-PRINTABLE:" + "=\r\n".join(["x"] * 19_000)),
}


@pytest.mark.parametrize("text", CARDS.values(), ids=CARDS)
def test_cards_that_take_long_to_parse_are_refused(ada: Caller, text: str) -> None:
    answer = ada.ask("PUT", OWN + "1.vcf", text)
    assert answer.is_refused_quickly, answer
    assert ada.ask("GET", OWN + "1.vcf").status == 404


@pytest.mark.parametrize("text", [CARDS["cards"], CARDS["properties"]], ids=["cards", "one"])
def test_a_whole_book_has_the_same_limits(ada: Caller, text: str) -> None:
    answer = ada.ask("PUT", HOME + "new/", text, Content_Type="text/vcard")
    assert answer.is_refused_quickly, answer
    assert answer.precondition == "max-resource-size"


LARGE = {
    "a photo": card("PHOTO;ENCODING=b:" + ("\r\n " + "A" * 74) * 12_000),
    "a folded note": card("NOTE:" + "\r\n x" * 19_000),
    "a long note": card("NOTE:" + "x" * 900_000),
    "addresses": card(*numbered("EMAIL:a{}@b.example", 4_900)),
    "heads": card(*["PHOTO" + ";ENCODING=b" * 85 + ":"] * 1_000),
    "values": card("CATEGORIES:" + "A," * 400_000),
    "escapes": card("NOTE:" + "\\n" * 400_000),
}


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE)
def test_the_largest_cards_are_stored_and_found_quickly(ada: Caller, text: str) -> None:
    stored = ada.ask("PUT", OWN + "1.vcf", text)
    assert stored.status == 201, stored
    found = ada.ask("REPORT", OWN, query(f"<CR:filter>{FILTER.replace('x<', 'ada<')}</CR:filter>"))
    assert found.status == 207
    assert "1.vcf" in found.text
    assert max(stored.seconds, found.seconds) < SECONDS


XML = {
    "nested": ("PROPFIND", "<a>" * 100_000),
    "nested and closed": ("PROPFIND", propfind("<D:a>" * 100_000 + "</D:a>" * 100_000)),
    "nested in a report": ("REPORT", query("<CR:filter>" * 100_000 + "</CR:filter>" * 100_000)),
    "entities": ("REPORT", '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'),
    "an outer entity": ("PROPFIND", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'),
    "attributes": ("PROPFIND", "<a " + " ".join(numbered('a{}=""', 100_000)) + "/>"),
    "namespaces": ("PROPFIND", "<a " + " ".join(numbered('xmlns:a{}="u"', 100_000)) + "/>"),
    "elements": ("PROPFIND", "<a>" + "<b/>" * 300_000 + "</a>"),
    "text": ("PROPFIND", propfind("<D:a>" + "x" * 2_000_000 + "</D:a>")),
    "references": ("PROPFIND", propfind("<D:a>" + "&#65;" * 400_000 + "</D:a>")),
    "a long name": ("PROPFIND", "<" + "a" * 2_000_000 + "/>"),
    "properties": ("PROPFIND", propfind(*numbered("<D:a{}/>", 5_000))),
    "properties of a report": (
        "REPORT",
        query("").replace("<D:getetag/>", "".join(numbered("<D:a{}/>", 5_000))),
    ),
    "properties to set": ("PROPPATCH", proppatch(*numbered("<D:a{0}>x</D:a{0}>", 5_000))),
    "filters": ("REPORT", query(f"<CR:filter>{FILTER * 5_000}</CR:filter>")),
    "conditions": ("REPORT", query(f"<CR:filter>{FILTER * limits.CONDITIONS}</CR:filter>")),
    "a long text to match": (
        "REPORT",
        query(f"<CR:filter>{FILTER.replace('x<', 'x' * 2_000_000 + '<')}</CR:filter>"),
    ),
    "hrefs": ("REPORT", multiget("/", 100_000)),
    "one href too many": ("REPORT", multiget("/", limits.HREFS + 1)),
    "a body": ("REPORT", multiget(OWN, 100_000)),
}


@pytest.mark.parametrize("book", [OWN, GROUPS])
@pytest.mark.parametrize(("method", "body"), XML.values(), ids=XML)
def test_xml_that_asks_for_too_much_is_refused(
    ada: Caller, method: str, body: str, book: str
) -> None:
    answer = ada.ask(method, book, body, Depth="1")
    assert answer.is_refused_quickly, answer


@pytest.mark.parametrize(
    ("method", "body", "precondition"),
    [
        ("REPORT", multiget("/", limits.HREFS + 1), "number-of-matches-within-limits"),
        ("REPORT", query(f"<CR:filter>{FILTER * 99}</CR:filter>"), "supported-filter"),
        ("REPORT", f"<D:acl-principal-prop-set {SPACES}/>", "supported-report"),
        ("PROPFIND", "", "propfind-finite-depth"),
    ],
)
def test_the_reason_is_one_that_programs_know(
    ada: Caller, method: str, body: str, precondition: str
) -> None:
    answer = ada.ask(method, OWN, body, Depth="infinity")
    assert answer.status == 403
    assert answer.precondition == precondition


@pytest.mark.parametrize("book", [OWN, GROUPS])
def test_as_many_cards_as_allowed_are_asked_for_at_once(ada: Caller, core: Core, book: str) -> None:
    group = add_group(core.database, "sales@example.org", "bob@example.org")
    assert ada.ask("PUT", OWN + f"{group.uuid}.vcf", card()).status == 201
    body = multiget(book, limits.HREFS - 1)
    body = body.replace("<D:href>", f"<D:href>{book}{group.uuid}.vcf</D:href><D:href>", 1)

    answer = ada.ask("REPORT", book, body)

    assert answer.status == 207
    assert answer.text.count("404 Not Found") == limits.HREFS - 1
    assert answer.text.count("BEGIN:VCARD") == 1
    assert answer.seconds < SECONDS


@pytest.mark.parametrize("book", [OWN, GROUPS])
@pytest.mark.parametrize(
    "filter_",
    [
        "",
        "<CR:filter/>",
        "<CR:filter></CR:filter>",
        "<CR:filter> </CR:filter>",
        '<CR:filter test="anyof"/>',
        '<CR:filter test="allof"/>',
        "<CR:filter/><CR:filter/>",
    ],
)
def test_an_empty_filter_stands_for_all_cards(
    ada: Caller, core: Core, book: str, filter_: str
) -> None:
    for number in "12":
        add_group(core.database, f"team{number}@example.org", "bob@example.org")
        assert ada.ask("PUT", f"{OWN}{number}.vcf", card(uid=number)).status == 201

    answer = ada.ask("REPORT", book, query(filter_))

    assert answer.status == 207
    assert answer.text.count("getetag") == 4  # Each with its end tag.


def test_properties_times_cards_are_limited(ada: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "VALUES_LISTED", 60)
    fill(ada, 5)
    few, many = (propfind(*numbered("<D:a{}/>", count)) for count in (12, 13))

    assert ada.ask("PROPFIND", OWN, few, Depth="1").status == 207
    assert ada.ask("PROPFIND", OWN, "", Depth="1").status == 207
    refused = ada.ask("PROPFIND", OWN, many, Depth="1")
    assert (refused.status, refused.precondition) == (403, "number-of-matches-within-limits")
    assert ada.ask("PROPFIND", OWN, many, Depth="0").status == 207
    assert ada.ask("PROPFIND", HOME, many, Depth="1").status == 207


def test_nobody_learns_the_size_of_a_book_of_others(
    ada: Caller, core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "VALUES_LISTED", 1)
    fill(ada, 2)
    answer = Caller(core, "bob@example.org").ask("PROPFIND", OWN, "", Depth="1")
    assert answer.status == 403
    assert "card" not in answer.text


@pytest.mark.parametrize("book", [OWN, GROUPS])
def test_a_search_ends_when_its_time_is_over(
    ada: Caller, core: Core, monkeypatch: pytest.MonkeyPatch, book: str
) -> None:
    add_group(core.database, "sales@example.org", "bob@example.org")
    fill(ada, 1)
    slow = query('<CR:filter><CR:prop-filter name="UID"/></CR:filter>')
    assert ada.ask("REPORT", book, slow).status == 207
    monkeypatch.setattr(limits, "SEARCH_SECONDS", -1)

    refused = ada.ask("REPORT", book, slow)

    assert (refused.status, refused.precondition) == (403, "number-of-matches-within-limits")


def test_an_account_has_a_limited_number_of_books(
    ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BOOKS", 3)
    answers = [ada.ask("MKCOL", f"{HOME}{number}/", MAKING_A_BOOK) for number in range(4)]
    assert [each.status for each in answers] == [201, 201, 507, 507]
    assert answers[-1].precondition == "quota-not-exceeded"
    whole = ada.ask("PUT", HOME + "new/", card(), Content_Type="text/vcard")
    assert whole.status == 507
    again = ada.ask("PUT", HOME + "0/", card(), Content_Type="text/vcard")
    assert again.status == 201


def test_a_book_has_a_limited_number_of_cards(ada: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CARDS", 2)
    fill(ada, 2)
    refused = ada.ask("PUT", OWN + "more.vcf", card(uid="more"))
    assert (refused.status, refused.precondition) == (507, "quota-not-exceeded")
    assert ada.ask("PUT", OWN + "1.vcf", card("NOTE:new", uid="1")).status == 204
    assert ada.ask("DELETE", OWN + "1.vcf").status == 200
    assert ada.ask("PUT", OWN + "more.vcf", card(uid="more")).status == 201


def test_a_book_has_a_limited_size(ada: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BOOK", 2 * len(card()) + 50)
    fill(ada, 2)
    assert ada.ask("PUT", OWN + "more.vcf", card(uid="more")).status == 507
    assert ada.ask("PUT", OWN + "1.vcf", card("NOTE:" + "x" * 100, uid="1")).status == 507
    assert ada.ask("PUT", OWN + "1.vcf", card("NOTE:x", uid="1")).status == 204


def test_a_book_keeps_a_limited_number_of_properties(ada: Caller) -> None:
    answers = [
        ada.ask("PROPPATCH", OWN, proppatch(*numbered(f"<D:{letter}{{0}}>x</D:{letter}{{0}}>", 40)))
        for letter in "abc"
    ]
    assert [each.status for each in answers] == [207, 207, 507]
    long = "x" * 90_000
    statuses = [
        ada.ask("PROPPATCH", OWN, proppatch(f"<D:a{number}>{long}</D:a{number}>")).status
        for number in range(3)
    ]
    assert statuses == [207, 207, 507]


def test_a_book_stays_a_book(ada: Caller) -> None:
    """Radicale would make a folder of it that its owner cannot open again."""
    for change in ("set", "remove"):
        body = proppatch("<D:resourcetype/>").replace("D:set", f"D:{change}")
        refused = ada.ask("PROPPATCH", OWN, body)
        assert (refused.status, refused.precondition) == (403, "cannot-modify-protected-property")
    assert ada.ask("PUT", OWN + "1.vcf", card()).status == 201


@pytest.mark.parametrize("token", ["x", "x" * 90_000, "data:,", "9" * 5_000, "data:,-1-1-1", "%00"])
@pytest.mark.parametrize("book", [OWN, GROUPS])
def test_a_token_of_nobody_starts_the_client_anew(ada: Caller, book: str, token: str) -> None:
    body = f"<D:sync-collection {SPACES}><D:sync-token>{token}</D:sync-token></D:sync-collection>"
    answer = ada.ask("REPORT", book, body)
    assert (answer.status, answer.precondition) == (403, "valid-sync-token")


@pytest.mark.parametrize("target", [OWN + "1.vcf", OWN, OWN + "1.vcf/1.vcf", HOME, "/"])
@pytest.mark.parametrize("method", ["MOVE", "COPY"])
def test_nothing_moves_into_itself(ada: Caller, method: str, target: str) -> None:
    fill(ada, 2)
    for source in (OWN + "1.vcf", OWN, HOME):
        answer = ada.ask(method, source, Destination=target, Overwrite="T")
        assert answer.status == 204 or answer.is_refused_quickly, answer
    assert ada.ask("GET", OWN + "1.vcf").text.startswith("BEGIN:VCARD")


def test_a_card_with_a_uid_that_is_there_is_refused_however_it_came(
    ada: Caller, core: Core
) -> None:
    """What is remembered of a book follows the files, whoever writes them."""
    fill(ada, 3)
    assert ada.ask("PUT", OWN + "x.vcf", card(uid="2")).precondition == "no-uid-conflict"
    assert ada.ask("DELETE", OWN + "2.vcf").status == 200
    assert ada.ask("PUT", OWN + "x.vcf", card(uid="2")).status == 201
    folder = core.settings.state / "collections/collection-root" / OWN[1:]
    (folder / "outside.vcf").write_text(card(uid="outside"))
    assert ada.ask("PUT", OWN + "y.vcf", card(uid="outside")).precondition == "no-uid-conflict"
    (folder / "outside.vcf").write_text(card("NOTE:x", uid="other"))
    assert ada.ask("PUT", OWN + "y.vcf", card(uid="outside")).status == 201


def test_an_import_does_not_read_the_whole_book_at_each_card(
    ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(ada, 100)
    read = itertools.count()
    collection = "radicale_plugin.own_collection.OwnCollection"
    monkeypatch.setattr(f"{collection}._uid_of", lambda *_: str(next(read)))
    fill(ada, 5, prefix="more")
    assert next(read) == 5  # Those that were stored; of the last, nobody has asked yet.


def fill(ada: Caller, count: int, prefix: str = "") -> None:
    """Put so many cards into the first own book."""
    answers: list[Answer] = [
        ada.ask("PUT", f"{OWN}{prefix}{number}.vcf", card(uid=f"{prefix}{number}"))
        for number in range(count)
    ]
    assert {each.status for each in answers} == {201}


def test_the_page_has_the_limits() -> None:
    page = (Path(__file__).parent.parent.parent / "docs" / "carddav.md").read_text()
    rows = [row.split("|")[2] for row in page.splitlines() if row.startswith("|")]
    numbers = {number for row in rows for number in re.findall(r"\d[\d,]*", row)}
    elsewhere = {"TIME_ZONES", "ATTRIBUTES", "DATES", "FILE", "BOOK_PROPERTIES_TEXT"}
    elsewhere |= {"RECURRENCE_SECONDS"}
    for name, limit in vars(limits).items():
        if name.isupper() and name not in elsewhere:
            assert f"{limit:,g}" in numbers or f"{limit:,}" in numbers, name

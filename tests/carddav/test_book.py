"""The book of mail groups over HTTP: listed last, read card by card, followed by sync tokens."""

import io
from base64 import b64decode

import pytest
import vobject
from PIL import Image

from contactsgroups.bootstrap import Core
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from tests.carddav.conftest import ClientFor
from tests.carddav.dav import Client
from tests.directories import add_accounts, add_group, changed_draft, group_draft

HOME = "ada@example.org/"
BOOK = "ada@example.org/groups/"
BOOK_HREF = "/dav/ada@example.org/groups/"


def href_of(uuid: str) -> str:
    return f"{BOOK_HREF}{uuid}.vcf"


def test_the_home_shows_ones_own_books_first_and_the_groups_last(core: Core, ada: Client) -> None:
    books = ada.propfind(HOME, "D:resourcetype", "D:displayname", depth=1)

    assert list(books) == ["/dav/ada@example.org/", "/dav/ada@example.org/contacts/", BOOK_HREF]
    assert books[BOOK_HREF].names("D:resourcetype") == {"D:collection", "CR:addressbook"}
    assert books[BOOK_HREF].text("D:displayname") == "Mail groups"


def test_clients_are_told_that_they_may_only_read(ada: Client) -> None:
    privileges = ada.propfind(HOME, "D:current-user-privilege-set", depth=1)

    names = privileges[BOOK_HREF].names("D:current-user-privilege-set")
    assert names == {"D:privilege", "D:read"}
    own = privileges["/dav/ada@example.org/contacts/"].names("D:current-user-privilege-set")
    assert "D:write" in own


def test_a_client_finds_the_home_from_the_root(ada: Client) -> None:
    principal = ada.propfind("", "D:current-user-principal")["/dav/"]
    (href,) = principal.found["D:current-user-principal"]
    assert href.text == "/dav/ada%40example.org/"

    home = ada.propfind(HOME, "CR:addressbook-home-set")["/dav/ada@example.org/"]
    (href,) = home.found["CR:addressbook-home-set"]
    assert href.text == "/dav/ada%40example.org/"


def test_the_book_lists_every_group_and_reads_none_for_it(core: Core, ada: Client) -> None:
    added = [add_group(core.database, f"g{n}@example.org", "bob@example.org") for n in range(3)]

    listing = ada.propfind(BOOK, "D:getetag", "D:getcontentlength", "D:getcontenttype", depth=1)

    assert set(listing) == {BOOK_HREF, *(href_of(group.uuid) for group in added)}
    for group in added:
        answer = ada.get(f"{BOOK}{group.uuid}.vcf")
        item = listing[href_of(group.uuid)]
        assert item.text("D:getetag") == answer.headers["ETag"]
        assert item.text("D:getcontentlength") == str(len(answer.content))
        assert item.text("D:getcontenttype").startswith("text/vcard")


def test_a_card_and_its_icon_can_be_parsed(core: Core, ada: Client) -> None:
    group = add_group(
        core.database,
        "Sales@Example.org",
        "bob@example.org",
        display_name="Verkauf; Nord, Süd",
        description="Zwei\nZeilen",
    )

    card = vobject.readOne(ada.get(f"{BOOK}{group.uuid}.vcf").text)

    assert card.fn.value == "Verkauf; Nord, Süd"
    assert card.email.value == "Sales@Example.org"
    assert card.uid.value == group.uuid
    assert card.note.value == "Zwei\nZeilen"
    image = Image.open(io.BytesIO(card.photo.value))
    assert image.format == "PNG"
    assert max(image.size) <= 256


def test_a_groups_own_picture_is_its_icon(core: Core, ada: Client) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (600, 300), "#00ff00").save(buffer, "JPEG")
    group = add_group(
        core.database, "sales@example.org", "bob@example.org", picture=buffer.getvalue()
    )

    card = vobject.readOne(ada.get(f"{BOOK}{group.uuid}.vcf").text)

    image = Image.open(io.BytesIO(card.photo.value)).convert("RGBA")
    assert image.size == (256, 128)
    red, green, blue, _ = image.getpixel((100, 60))
    assert green > 240
    assert max(red, blue) < 20


def test_the_whole_book_can_be_downloaded(core: Core, ada: Client) -> None:
    for name in ("sales", "support"):
        add_group(core.database, f"{name}@example.org", "bob@example.org")

    answer = ada.get(BOOK)

    assert answer.headers["Content-Type"].startswith("text/vcard")
    names = sorted(card.fn.value for card in vobject.readComponents(answer.text))
    assert names == ["Sales", "Support"]


def test_multiget_gives_the_cards_that_are_there_and_404_for_the_rest(
    core: Core, ada: Client
) -> None:
    group = add_group(core.database, "sales@example.org", "bob@example.org")
    other = "/dav/ada@example.org/contacts/x.vcf"
    wanted = [href_of(group.uuid), href_of("unknown"), f"{BOOK_HREF}{group.uuid}", other]

    answer = ada.multiget(BOOK, *wanted)

    assert {href: answer[href].status for href in answer} == dict(
        zip([*wanted[:3], other], [200, 404, 404, 404], strict=True)
    )
    assert "EMAIL" in answer[href_of(group.uuid)].text("CR:address-data")


def test_multiget_of_very_many_cards(core: Core, ada: Client) -> None:
    """More than a database takes as parameters of one statement."""
    group = add_group(core.database, "sales@example.org", "bob@example.org")

    answer = ada.multiget(BOOK, href_of(group.uuid), *(href_of(f"n{n}") for n in range(3000)))

    assert [href for href in answer if answer[href].status == 200] == [href_of(group.uuid)]
    assert len(answer) == 3001


def test_sync_tells_everything_then_nothing_then_what_changed(core: Core, ada: Client) -> None:
    sales = add_group(core.database, "sales@example.org", "bob@example.org")
    support = add_group(core.database, "support@example.org", "bob@example.org")

    token, first = ada.sync(BOOK)
    assert {href: each.status for href, each in first.items()} == {
        href_of(sales.uuid): 200,
        href_of(support.uuid): 200,
    }

    assert ada.sync(BOOK, token) == (token, {})

    draft = group_draft(address="sales@example.org", display_name="Selling")
    groups.update_group(core.database, OPERATOR, sales.uuid, sales.version, draft)
    changed_token, changed = ada.sync(BOOK, token)
    assert changed_token != token
    assert list(changed) == [href_of(sales.uuid)]
    assert changed[href_of(sales.uuid)].text("D:getetag") != first[href_of(sales.uuid)].text(
        "D:getetag"
    )

    groups.remove_group(core.database, OPERATOR, support.uuid)
    last_token, gone = ada.sync(BOOK, changed_token)
    assert {href: each.status for href, each in gone.items()} == {href_of(support.uuid): 404}

    # Who comes back after long gets both changes at once.
    assert ada.sync(BOOK, token)[0] == last_token
    assert set(ada.sync(BOOK, token)[1]) == {href_of(sales.uuid), href_of(support.uuid)}


@pytest.mark.parametrize("switches", [{"show_in_contacts": False}, {"disabled": True}])
def test_a_hidden_or_disabled_group_goes_at_the_next_sync_and_can_come_back(
    core: Core, ada: Client, switches: dict[str, bool]
) -> None:
    group = add_group(core.database, "sales@example.org", "bob@example.org")
    token, _ = ada.sync(BOOK)
    draft = group_draft(address="sales@example.org", display_name="Sales")

    hidden = changed_draft(draft, **switches)
    groups.update_group(core.database, OPERATOR, group.uuid, 1, hidden)
    token, changes = ada.sync(BOOK, token)
    assert {href: each.status for href, each in changes.items()} == {href_of(group.uuid): 404}
    assert ada.get(f"{BOOK}{group.uuid}.vcf").status_code == 404

    groups.update_group(core.database, OPERATOR, group.uuid, 2, draft)
    _, changes = ada.sync(BOOK, token)
    assert {href: each.status for href, each in changes.items()} == {href_of(group.uuid): 200}


def test_ctag_and_token_move_with_a_change_and_with_nothing_else(core: Core, ada: Client) -> None:
    def state() -> list[str]:
        book = ada.propfind(BOOK, "CS:getctag", "D:sync-token", "D:getetag")[BOOK_HREF]
        return [book.text(name) for name in book.found]

    before = state()
    add_accounts(core.database, ["newcomer"])
    add_group(core.database, "elsewhere@example.net", "nia@example.net")
    assert state() == before

    add_group(core.database, "sales@example.org", "bob@example.org")
    after = state()
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert ada.get(BOOK).headers["ETag"] == after[0]


@pytest.mark.parametrize(
    "token",
    [
        "data:,other-epoch-1",
        "http://radicale.org/ns/sync/0123456789abcdef",
        "rubbish",
        "data:,",
        "data:,-",
        "{token}0",
        "{token}x",
    ],
)
def test_an_unknown_token_makes_the_client_start_anew(core: Core, ada: Client, token: str) -> None:
    """RFC 6578 section 3.2: the precondition valid-sync-token."""
    add_group(core.database, "sales@example.org", "bob@example.org")
    current, _ = ada.sync(BOOK)

    answer = ada.send_sync(BOOK, token.format(token=current), "D:getetag")

    assert answer.status_code == 403
    assert "valid-sync-token" in answer.text


def test_each_domain_has_a_book_of_its_own(core: Core, client_for: ClientFor) -> None:
    add_group(core.database, "sales@example.org", "bob@example.org")
    theirs = add_group(core.database, "crew@example.net", "nia@example.net")

    _, cards = client_for("nia@example.net").sync("nia@example.net/groups/")

    assert list(cards) == [f"/dav/nia@example.net/groups/{theirs.uuid}.vcf"]


def test_an_empty_book_is_a_book(ada: Client) -> None:
    assert ada.sync(BOOK)[1] == {}
    assert ada.get(BOOK).text == ""
    assert list(ada.propfind(BOOK, "D:getlastmodified", depth=1)) == [BOOK_HREF]


def test_the_picture_is_the_same_for_everyone_and_in_every_run(core: Core, ada: Client) -> None:
    group = add_group(core.database, "sales@example.org", "bob@example.org")
    text = ada.get(f"{BOOK}{group.uuid}.vcf").text
    draft = group_draft(address="sales@example.org", display_name="Sales")

    groups.update_group(core.database, OPERATOR, group.uuid, 1, draft)
    again = ada.get(f"{BOOK}{group.uuid}.vcf").text

    assert _photo(text) == _photo(again)


def _photo(text: str) -> bytes:
    line = next(line for line in text.replace("\r\n ", "").splitlines() if line.startswith("PHOTO"))
    return b64decode(line.partition(":")[2])

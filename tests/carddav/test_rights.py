"""Nobody writes to the book of mail groups; other people's books are closed, one's own open."""

from pathlib import Path

import httpx
import pytest
from radicale import config

from contactsgroups.bootstrap import Core
from radicale_plugin import Rights, Storage
from radicale_plugin.book import GroupsBook
from tests.carddav.conftest import ClientFor
from tests.carddav.dav import MAKING_A_BOOK, Client
from tests.directories import add_group

CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{uid}\r\nFN:{name}\r\nN:{name};;;;\r\nEND:VCARD\r\n"
BOOK = "ada@example.org/groups/"
OWN = "ada@example.org/contacts/"
VCARD = {"Content-Type": "text/vcard"}
RENAMING = (
    '<propertyupdate xmlns="DAV:"><set><prop><displayname>X</displayname></prop></set>'
    "</propertyupdate>"
)


def card(uid: str = "mine", name: str = "Mine") -> str:
    return CARD.format(uid=uid, name=name)


@pytest.mark.parametrize(
    ("method", "path", "body", "headers"),
    [
        ("PUT", "new.vcf", card("new"), VCARD),
        ("PUT", "{uid}.vcf", card("{uid}"), VCARD),
        ("PUT", "", card(), VCARD),
        ("DELETE", "{uid}.vcf", "", {}),
        ("DELETE", "", "", {}),
        ("MKCOL", "", MAKING_A_BOOK, {}),
        ("MKCOL", "below/", MAKING_A_BOOK, {}),
        ("PROPPATCH", "", RENAMING, {}),
        ("PROPPATCH", "{uid}.vcf", RENAMING, {}),
        ("MOVE", "{uid}.vcf", "", {"Destination": "{root}ada@example.org/contacts/x.vcf"}),
        ("MOVE", "{uid}.vcf", "", {"Destination": "{root}ada@example.org/groups/x.vcf"}),
        ("MOVE", "", "", {"Destination": "{root}ada@example.org/other/"}),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_every_write_is_refused_and_changes_nothing(
    core: Core, ada: Client, method: str, path: str, body: str, headers: dict[str, str]
) -> None:
    group = add_group(core.database, "sales@example.org", "bob@example.org")
    before = ada.send_sync(BOOK, "", "D:getetag").text
    values = {"uid": group.uuid, "root": str(ada.base_url)}

    answer = ada.request(
        method,
        BOOK + path.format(**values),
        content=body.replace("{uid}", group.uuid),
        headers={name: value.format(**values) for name, value in headers.items()},
    )

    assert answer.status_code == 403, answer.text
    assert ada.send_sync(BOOK, "", "D:getetag").text == before


def test_a_card_of_ones_own_cannot_be_moved_into_the_book(ada: Client) -> None:
    assert ada.put(f"{OWN}mine.vcf", content=card(), headers=VCARD).status_code == 201

    target = {"Destination": f"{ada.base_url}{BOOK}mine.vcf"}
    assert ada.request("MOVE", f"{OWN}mine.vcf", headers=target).status_code == 403

    assert ada.get(f"{OWN}mine.vcf").status_code == 200


def test_ones_own_books_work_as_ever(ada: Client) -> None:
    """Made, filled, read, synchronised, changed, moved and deleted."""
    made = ada.send_xml("MKCOL", "ada@example.org/friends/", MAKING_A_BOOK)
    assert made.status_code == 201
    assert ada.put(f"{OWN}mine.vcf", content=card(), headers=VCARD).status_code == 201
    token, cards = ada.sync(OWN)
    assert list(cards) == [f"/dav/{OWN}mine.vcf"]

    changed = ada.put(f"{OWN}mine.vcf", content=card(name="Changed"), headers=VCARD)
    assert changed.status_code in {201, 204}
    assert list(ada.sync(OWN, token)[1]) == [f"/dav/{OWN}mine.vcf"]

    target = {"Destination": f"{ada.base_url}ada@example.org/friends/mine.vcf"}
    assert ada.request("MOVE", f"{OWN}mine.vcf", headers=target).status_code == 201
    assert "FN:Changed" in ada.get("ada@example.org/friends/mine.vcf").text
    assert ada.delete("ada@example.org/friends/").status_code == 200
    assert ada.get("ada@example.org/friends/").status_code == 404


@pytest.mark.parametrize(
    "path", ["bob@example.org/", "bob@example.org/groups/", "nia@example.net/"]
)
@pytest.mark.parametrize("method", ["PROPFIND", "REPORT", "GET", "PUT", "DELETE", "MKCOL"])
def test_books_of_others_are_closed(
    core: Core, client_for: ClientFor, method: str, path: str
) -> None:
    for address in ("bob@example.org", "nia@example.net"):
        client_for(address).propfind(f"{address}/", "D:displayname")

    answer = client_for("ada@example.org").request(method, path)

    assert answer.status_code == 403


def test_cards_of_another_domain_are_closed(core: Core, client_for: ClientFor) -> None:
    theirs = add_group(core.database, "crew@example.net", "nia@example.net")
    ada = client_for("ada@example.org")

    assert ada.get(f"nia@example.net/groups/{theirs.uuid}.vcf").status_code == 403
    assert ada.get(f"ada@example.org/groups/{theirs.uuid}.vcf").status_code == 404


@pytest.mark.parametrize("path", ["", "ada@example.org/", BOOK, OWN])
@pytest.mark.parametrize("method", ["PROPFIND", "REPORT", "GET", "PUT", "DELETE"])
def test_without_a_password_there_is_nothing(root_url: str, method: str, path: str) -> None:
    answer = httpx.request(method, root_url + path, timeout=60)

    if (method, path) == ("GET", ""):
        assert answer.status_code == 200  # A browser reads what the address is for.
    else:
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize(
    ("user", "path", "permissions"),
    [
        ("ada@example.org", "/", "R"),
        ("ada@example.org", "/ada@example.org/", "RW"),
        ("ada@example.org", "/ada@example.org/contacts/", "rw"),
        ("ada@example.org", "/ada@example.org/groups/", "r"),
        ("ada@example.org", "/ada@example.org/groups", "r"),
        ("ada@example.org", "/ada@example.org/groups/x.vcf", ""),
        ("ada@example.org", "/ada@example.org/groups/x/y", ""),
        ("ada@example.org", "/bob@example.org/", ""),
        ("ada@example.org", "/bob@example.org/groups/", ""),
        ("ada@example.org", "/groups/", ""),
        ("", "/", ""),
        ("", "/ada@example.org/groups/", ""),
    ],
)
def test_rights_compare_user_and_owner_even_where_nobody_is_checked(
    user: str, path: str, permissions: str
) -> None:
    configuration = config.load()
    configuration.update({"auth": {"type": "none"}})

    assert Rights(configuration).authorization(user, set(), path) == permissions


class TestBehindTheRights:
    """The second line: what storage does should rights ever let a write through."""

    @pytest.fixture
    def storage(self, core: Core) -> Storage:
        return Storage(config.load(), core=core)

    @pytest.fixture
    def book(self, core: Core, storage: Storage) -> GroupsBook:
        add_group(core.database, "sales@example.org", "bob@example.org")
        (book,) = storage.discover(f"/{BOOK}")
        assert isinstance(book, GroupsBook)
        return book

    def test_the_book_refuses(self, book: GroupsBook) -> None:
        (item,) = book.get_all()
        writes = [
            lambda: book.upload("x.vcf", item),
            book.delete,
            lambda: book.delete(item.href),
            lambda: book.set_meta({"D:displayname": "X"}),
        ]
        for write in writes:
            with pytest.raises(ValueError, match=r"\[Errno 13\]"):
                write()

    def test_the_storage_refuses(self, storage: Storage, book: GroupsBook) -> None:
        (item,) = book.get_all()
        own, _, _ = storage.create_collection(
            "/ada@example.org/own/", props={"tag": "VADDRESSBOOK"}
        )
        for path in (f"/{BOOK}", f"/{BOOK}below/"):
            with pytest.raises(ValueError, match=r"\[Errno 13\]"):
                storage.create_collection(path, props={"tag": "VADDRESSBOOK"})
        for target in (own, book):
            with pytest.raises(ValueError, match=r"\[Errno 13\]"):
                storage.move(item, target, "x.vcf")


def test_a_file_collection_in_the_place_of_the_book_is_hidden(
    core: Core, state: Path, ada: Client
) -> None:
    ada.propfind("ada@example.org/", "D:displayname")
    folder = state / "collections" / "collection-root" / "ada@example.org" / "groups"
    folder.mkdir(parents=True)
    (folder / ".Radicale.props").write_text('{"tag": "VADDRESSBOOK"}')
    (folder / "old.vcf").write_text(card("old"))
    group = add_group(core.database, "sales@example.org", "bob@example.org")

    assert list(ada.sync(BOOK)[1]) == [f"/dav/{BOOK}{group.uuid}.vcf"]
    assert ada.get(f"{BOOK}old.vcf").status_code == 404
    books = ada.propfind("ada@example.org/", "D:displayname", depth=1)
    assert [href for href in books if "groups" in href] == [f"/dav/{BOOK}"]

"""What stands in people's own address books is suggested to them, and to nobody else."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contactsgroups.bootstrap import Core
from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import AccountNotFound, Unavailable
from contactsgroups.domain.principal import Principal
from contactsgroups.persistence import Database
from contactsgroups.services.completion import contacts
from radicale_plugin import own_books
from radicale_plugin.pending import PendingPlaces
from radicale_plugin.rescan import rescan
from tests.carddav.conftest import ClientFor
from tests.carddav.dav import MAKING_A_BOOK, Client
from tests.servers.program import wait_for

BOOK = "ada@example.org/contacts/"


def card(uid: str, name: str, *emails: str) -> str:
    """A card with a property EMAIL for each address, the last one in a group of its own."""
    lines = [f"EMAIL;TYPE=work:{email}" for email in emails[:-1]]
    lines += [f"item1.EMAIL;PREF=1:{email}" for email in emails[-1:]]
    head = ["BEGIN:VCARD", "VERSION:4.0", f"UID:{uid}", f"FN:{name}"]
    return "\r\n".join([*head, *lines, "END:VCARD", ""])


@pytest.fixture
def book(ada: Client) -> Iterator[Client]:
    """Ada's client, after the visit that made her first book."""
    ada.propfind("ada@example.org/", "D:displayname")
    return ada


def put(client: Client, path: str, text: str) -> None:
    response = client.put(path, content=text.encode(), headers={"Content-Type": "text/vcard"})
    assert response.is_success, response.text


def is_recorded(core: Core) -> bool:
    """Whether nothing is noted to be recorded."""
    return PendingPlaces(core.settings.state / "collections/contactsgroups-pending").is_empty()


def suggested(core: Core, query: str, address: str = "ada@example.org") -> list[str]:
    """What is suggested once all is recorded."""
    wait_for(lambda: is_recorded(core))
    return suggested_now(core, query, address)


def suggested_now(core: Core, query: str, address: str = "ada@example.org") -> list[str]:
    principal = Principal(address=Address.parse(address))
    return [each.address for each in core.completions.complete(principal, query)]


def test_every_address_of_a_card_is_suggested_at_once(core: Core, book: Client) -> None:
    """Also a card that was changed, and one that was deleted."""
    put(book, BOOK + "1.vcf", card("1", "Grace Hopper", "grace@a.example", "hopper@b.example"))
    assert suggested(core, "gra hop") == ["grace@a.example", "hopper@b.example"]
    assert suggested(core, "gra hop", "bob@example.org") == []

    put(book, BOOK + "1.vcf", card("1", "Grace Murray", "grace@c.example"))
    assert suggested(core, "gra") == ["grace@c.example"]

    assert book.delete(BOOK + "1.vcf").status_code == 200
    assert suggested(core, "gra") == []


def test_a_whole_book_replaces_what_was_there(core: Core, book: Client) -> None:
    put(book, BOOK + "1.vcf", card("1", "Grace", "grace@a.example"))
    many = card("2", "Alan", "alan@a.example") + card("3", "Alonzo", "alonzo@a.example")
    put(book, BOOK, many)
    assert suggested(core, "al") == ["alan@a.example", "alonzo@a.example"]
    assert suggested(core, "gra") == []


def test_cards_move_between_books_and_go_with_them(core: Core, book: Client) -> None:
    other = "ada@example.org/other/"
    assert book.send_xml("MKCOL", other, MAKING_A_BOOK).status_code == 201
    put(book, BOOK + "1.vcf", card("1", "Grace", "grace@a.example"))
    target = str(book.base_url.join(other + "1.vcf"))
    moved = book.request("MOVE", BOOK + "1.vcf", headers={"Destination": target})
    assert moved.status_code == 201
    assert suggested(core, "gra") == ["grace@a.example"]
    assert book.delete(other).status_code == 200
    assert suggested(core, "gra") == []


def test_strange_cards_are_stored_and_do_no_harm(core: Core, book: Client) -> None:
    strange = card("1", "Gräce\\nHopper", "no address", "", "mailto:grace@bücher.example")
    put(book, BOOK + "1.vcf", strange)
    assert suggested(core, "grac") == ["grace@xn--bcher-kva.example"]


def test_long_names_of_books_and_cards_are_forgotten_with_them(core: Core, book: Client) -> None:
    """A component of a path has up to 255 octets on the disk."""
    long = f"ada@example.org/{'b' * 250}/"
    assert book.send_xml("MKCOL", long, MAKING_A_BOOK).status_code == 201
    put(book, long + "c" * 250 + ".vcf", card("1", "Grace", "grace@a.example"))
    assert suggested(core, "gra") == ["grace@a.example"]
    assert book.delete(long + "c" * 250 + ".vcf").status_code == 200
    assert suggested(core, "gra") == []


def test_the_groups_in_the_book_of_mail_groups_are_no_own_contacts(
    core: Core, book: Client
) -> None:
    """The principal is read whole when it is made; its book of groups is not in the files."""
    assert rescan(core, ["ada@example.org"]) == {"ada@example.org": 0}


def test_a_card_is_stored_though_the_database_does_not_answer(
    core: Core, book: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And its addresses are suggested as soon as it does, without another change."""
    tried = threading.Event()

    def fail(*_: object) -> int:
        tried.set()
        raise Unavailable("the database does not answer")

    with monkeypatch.context() as patched:
        patched.setattr(own_books, "replace_contacts", fail)
        put(book, BOOK + "1.vcf", card("1", "Grace", "grace@a.example"))
        assert tried.wait(30)
        assert book.get(BOOK + "1.vcf").status_code == 200
        assert suggested_now(core, "gra") == []
    assert suggested(core, "gra") == ["grace@a.example"]


def test_one_persons_cards_never_keep_others_from_theirs(
    core: Core, book: Client, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is wrong with them, all is stored, and the others' are suggested."""
    bob = client_for("bob@example.org")
    bob.propfind("bob@example.org/", "D:displayname")
    replace_contacts = own_books.replace_contacts

    def fail_for_ada(database: Database, principal: str, *more: Any) -> int:
        if principal == "ada@example.org":
            raise LookupError("nobody has thought of this")
        return replace_contacts(database, principal, *more)

    monkeypatch.setattr(own_books, "replace_contacts", fail_for_ada)
    put(book, BOOK + "1.vcf", card("1", "Grace", "grace@a.example"))
    put(bob, "bob@example.org/contacts/1.vcf", card("1", "Alan", "alan@a.example"))
    wait_for(lambda: suggested_now(core, "alan", "bob@example.org") == ["alan@a.example"])


def test_a_card_that_cannot_be_noted_is_not_stored(core: Core, book: Client) -> None:
    """What is answered with success is suggested, so this is answered with 503."""
    assert suggested(core, "grace") == []
    folder = core.settings.state / "collections/contactsgroups-pending"
    folder.rmdir()
    folder.write_text("")
    text = card("1", "Grace", "grace@a.example").encode()
    refused = book.put(BOOK + "1.vcf", content=text, headers={"Content-Type": "text/vcard"})
    assert refused.status_code == 503
    assert "Retry-After" in refused.headers
    assert book.get(BOOK + "1.vcf").status_code == 404
    folder.unlink()
    put(book, BOOK + "1.vcf", card("1", "Grace", "grace@a.example"))
    assert suggested(core, "grace") == ["grace@a.example"]


def test_an_address_that_is_too_long_as_it_is_written_is_left_out(core: Core, book: Client) -> None:
    """The dot at the end is no part of it, but of its spelling."""
    long = f"{'l' * 60}@{'.'.join(['d' * 61] * 3)}.example"
    assert len(long) == 254
    put(book, BOOK + "1.vcf", card("1", "Grace", f"{long}.", "grace@a.example"))
    assert suggested(core, "grace") == ["grace@a.example"]


def test_a_slow_database_keeps_nobody_from_reading_or_storing(
    core: Core, book: Client, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = client_for("bob@example.org")
    bob.propfind("bob@example.org/", "D:displayname")
    waiting, done = threading.Event(), threading.Event()
    suggested(core, "")  # The books that were made just now.
    replace_contacts = own_books.replace_contacts

    def wait_once(*arguments: Any) -> int:
        waiting.set()
        assert done.wait(30)
        return replace_contacts(*arguments)

    monkeypatch.setattr(own_books, "replace_contacts", wait_once)
    text = card("1", "Grace", "grace@a.example")
    slow = threading.Thread(target=put, args=(book, BOOK + "1.vcf", text))
    slow.start()
    assert waiting.wait(30)
    put(bob, "bob@example.org/contacts/1.vcf", card("1", "Alan", "alan@a.example"))
    assert bob.get("bob@example.org/contacts/1.vcf").status_code == 200
    slow.join(30)  # Not even the client whose card is being recorded waits.
    assert not slow.is_alive()
    done.set()
    assert suggested(core, "grace") == ["grace@a.example"]
    assert suggested(core, "alan", "bob@example.org") == ["alan@a.example"]


def test_a_rescan_takes_addresses_in_any_spelling_and_refuses_unknown_ones(
    core: Core, book: Client
) -> None:
    put(book, BOOK + "1.vcf", card("1", "Grace", "grace@a.example"))
    assert rescan(core, ["ADA@Example.org"]) == {"ada@example.org": 1}
    with pytest.raises(AccountNotFound):
        rescan(core, ["ada@example.org", "nobody@example.org"])
    assert suggested(core, "grace") == ["grace@a.example"]


def test_a_file_whose_name_is_no_text_is_passed_over(core: Core, book: Client) -> None:
    """As a backup from another machine may bring it."""
    put(book, BOOK + "1.vcf", card("1", "Grace", "grace@a.example"))
    folder = core.settings.state / "collections/collection-root" / BOOK
    (folder / os.fsdecode(b"\xff.vcf")).write_text(card("2", "Alan", "alan@a.example"))
    assert rescan(core) == {"ada@example.org": 1}


def test_books_from_before_are_read_by_a_rescan(
    core: Core, book: Client, client_for: ClientFor
) -> None:
    """Books whose owner has no account are counted as empty, contacts without a book go."""
    put(book, BOOK + "1.vcf", card("1", "Grace", "grace@a.example", "grace@b.example"))
    client_for("bob@example.org").propfind("bob@example.org/", "D:displayname")
    contacts.replace_contacts(core.database, "ada@example.org", "", [])
    stale = contacts.Contact("gone/1.vcf", "Stale", "stale@a.example")
    for owner in ("bob@example.org", "eve@example.org"):
        contacts.replace_contacts(core.database, owner, "gone/1.vcf", [stale])
    (core.settings.state / "collections/collection-root/nobody@example.org").mkdir()

    counts = rescan(core)

    assert counts == {
        "ada@example.org": 2,
        "bob@example.org": 0,
        "eve@example.org": 0,
        "nobody@example.org": 0,
    }
    assert suggested(core, "grace") == ["grace@a.example", "grace@b.example"]
    assert suggested(core, "stale", "bob@example.org") == []
    assert suggested(core, "stale", "eve@example.org") == []


def test_a_rescan_elsewhere_reads_the_files_there(core: Core, tmp_path: Path) -> None:
    """As of a Radicale with a folder of its own."""
    owner = tmp_path / "elsewhere/collection-root/ada@example.org/friends"
    owner.mkdir(parents=True)
    (owner / ".Radicale.props").write_text('{"tag": "VADDRESSBOOK"}')
    (owner / "1.vcf").write_text(card("1", "Grace", "grace@a.example"))
    assert rescan(core, folder=tmp_path / "elsewhere") == {"ada@example.org": 1}
    assert suggested(core, "gra") == ["grace@a.example"]

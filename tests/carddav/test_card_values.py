"""What a client stores comes back, however little of it vobject knows."""

import base64

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from radicale import config
from radicale.item import Item

from contactsgroups.bootstrap import Core
from radicale_plugin import Storage
from radicale_plugin.card_values import teach_values
from radicale_plugin.content_lines import teach_parser
from tests.carddav.dav import Client

BOOK = "ada@example.org/contacts/"
PICTURE = base64.b64encode(bytes(range(256))).decode()

KEPT = [
    ("3.0", f"PHOTO;ENCODING=b;TYPE=JPEG:{PICTURE}"),
    ("3.0", f"PHOTO;ENCODING=BASE64;TYPE=JPEG:{PICTURE}"),
    ("3.0", f"PHOTO;VALUE=uri:data:image/jpeg;base64,{PICTURE}"),
    ("4.0", f"PHOTO:data:image/jpeg;base64,{PICTURE}"),
    ("4.0", "PHOTO;MEDIATYPE=image/png:https://example.org/a;b,c.png"),
    ("3.0", "LOGO;ENCODING=BASE64:this is no base64"),
    ("4.0", "KEY:data:application/pgp-keys;base64,MICAjCC"),
    ("4.0", "URL:https://example.org/?a=b;c,d"),
    ("4.0", "TEL;TYPE=voice;VALUE=uri:tel:+33-01-23-45-67;ext=5"),
    ("3.0", "IMPP;X-SERVICE-TYPE=Skype:skype:a;b"),
    ("4.0", "RELATED;TYPE=friend:urn:uuid:f81d4fae-7dec,1"),
    ("4.0", "MEMBER:mailto:bob@example.org"),
    ("3.0", "NICKNAME:Ada,Countess"),
    ("3.0", "NOTE:first\\, second; third, fourth\\nand\\; a last one"),
    ("2.1", "NOTE;ENCODING=8BIT:plain, and not base64"),
    ("3.0", "N:Lovelace,Byron;Ada;Augusta,King;Countess;of Lovelace"),
    ("4.0", "N:Lovelace;Ada;;;;King;senior"),  # RFC 9554 section 2.2 has seven parts.
    ("3.0", "N:Lovelace"),
    ("3.0", "ADR;TYPE=HOME:;;12 St James's Square\\, London;London;;SW1;UK"),
    ("4.0", "ADR:;;a;b;c;d;e;room;apartment;floor"),
    ("3.0", "ORG:Analytical\\; Engines,Ltd;Programs"),
    ("4.0", "GENDER:F;she"),
    ("4.0", "CLIENTPIDMAP:1;urn:uuid:3df4"),
    ("3.0", "X-ABDATE:2000\\,1;2"),
    ("3.0", "item1.X-ABLABEL:_$!<Anniversary>!$_"),
]


@pytest.fixture
def book(ada: Client) -> Client:
    ada.propfind("ada@example.org/", "D:displayname", depth=1)
    return ada


@pytest.fixture(scope="module", autouse=True)
def _taught() -> None:
    """As in a process that has loaded the plugin, whichever test comes first."""
    teach_parser()
    teach_values()


def card(version: str, line: str) -> str:
    name = "" if line.startswith("N:") else "N:Lovelace;Ada;;;\r\n"
    head = f"BEGIN:VCARD\r\nVERSION:{version}\r\nUID:1\r\nFN:Ada\r\n"
    return f"{head}{name}{line}\r\nEND:VCARD\r\n"


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").splitlines()


@pytest.mark.parametrize(("version", "line"), KEPT, ids=[each[:24] for _, each in KEPT])
def test_a_property_comes_back_as_it_was_stored(book: Client, version: str, line: str) -> None:
    assert book.put(f"{BOOK}1.vcf", content=card(version, line)).status_code == 201
    first = book.get(f"{BOOK}1.vcf")
    assert line in unfolded(first.text)
    book.put(f"{BOOK}1.vcf", content=first.text)
    assert book.get(f"{BOOK}1.vcf").text == first.text


@pytest.mark.parametrize(
    ("came", "kept"),
    [
        ("TEL;CELL;PREF:+49 170 1", "TEL;TYPE=CELL,PREF:+49 170 1"),
        ("ADR;HOME:;;Main Street 1;Town;;;", "ADR;TYPE=HOME:;;Main Street 1;Town;;;"),
        (f"PHOTO;ENCODING=BASE64;JPEG:{PICTURE}", f"PHOTO;ENCODING=BASE64;TYPE=JPEG:{PICTURE}"),
        (f"PHOTO;JPEG;BASE64:{PICTURE}", f"PHOTO;ENCODING=B;TYPE=JPEG:{PICTURE}"),
        (
            "NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Hello, Gr=C3=BC=C3=9Fe=0D=0Abye; bye",
            "NOTE;CHARSET=UTF-8:Hello\\, Grüße\\nbye\\; bye",
        ),
        (
            "ADR;WORK;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:;;Stra=C3=9Fe 1=0D=0AHof;Ort;;;",
            "ADR;CHARSET=UTF-8;TYPE=WORK:;;Straße 1\\nHof;Ort;;;",
        ),
    ],
)
def test_what_telephones_write_keeps_its_meaning(book: Client, came: str, kept: str) -> None:
    assert book.put(f"{BOOK}1.vcf", content=card("2.1", came)).status_code == 201
    assert kept in unfolded(book.get(f"{BOOK}1.vcf").text)


def test_a_card_that_is_folded_within_characters_is_what_it_was_before(book: Client) -> None:
    name = "Ada Łukasiewicz 漢字 Grüße"
    octets = card("3.0", f"NICKNAME:{name}").encode()
    head, value = octets.split(b"NICKNAME:")
    line = b"NICKNAME:" + value.partition(b"\r\n")[0]
    for width in (1, 2, 3, 7):
        folded = b"\r\n ".join(line[at : at + width] for at in range(0, len(line), width))
        text = head + folded + value[value.index(b"\r\n") :]
        answer = book.put(f"{BOOK}1.vcf", content=text)
        assert answer.status_code in {201, 204}, answer.text
        assert f"NICKNAME:{name}" in unfolded(book.get(f"{BOOK}1.vcf").text)


def test_a_card_in_latin_1_is_stored_in_utf_8(book: Client) -> None:
    octets = card("3.0", "NICKNAME:Grüße").encode("latin-1")
    assert book.put(f"{BOOK}1.vcf", content=octets).status_code == 201
    assert "NICKNAME:Grüße" in unfolded(book.get(f"{BOOK}1.vcf").text)


def test_radicale_s_own_program_keeps_it_as_well(core: Core) -> None:
    """There, a card is parsed before the plugin is asked."""
    Storage(config.load(), core=core)
    for version, line in KEPT:
        item = Item(collection_path=BOOK.strip("/"), text=card(version, line))
        item.prepare()
        assert line in unfolded(item.serialize())


NAMES = st.sampled_from(["NOTE", "N", "ADR", "ORG", "PHOTO", "NICKNAME", "URL", "X-OWN", "FN"])
VALUES = st.text(alphabet="ab,;\\:nN\"'= é漢=", max_size=20)
ENCODINGS = st.sampled_from(["", ";ENCODING=b", ";ENCODING=BASE64", ";ENCODING=8BIT", ";BASE64"])


@given(NAMES, ENCODINGS, VALUES)
def test_whatever_a_value_is_it_is_written_as_it_came(name: str, encoding: str, value: str) -> None:
    text = f"BEGIN:VCARD\r\nVERSION:3.0\r\n{name}{encoding}:{value}\r\nEND:VCARD\r\n"
    parsed = vobject.readOne(text)
    written = unfolded(parsed.serialize(validate=False))
    assert value in [each.partition(":")[2] for each in written if each.startswith(name)]


@given(VALUES, VALUES)
def test_what_is_changed_is_written_anew(value: str, other: str) -> None:
    """Nobody finds the former value behind the program's back."""
    parsed = vobject.readOne(f"BEGIN:VCARD\r\nVERSION:3.0\r\nX-OWN:{value}\r\nEND:VCARD\r\n")
    parsed.x_own.value = other
    again = vobject.readOne(parsed.serialize(validate=False))
    assert again.x_own.value == other

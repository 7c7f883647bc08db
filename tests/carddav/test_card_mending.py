"""What older programs send is stored as it was meant, or refused with a reason."""

import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contactsgroups.bootstrap import Core
from radicale_plugin import limits
from radicale_plugin.card_bodies import with_cards
from radicale_plugin.card_mending import read_cards
from radicale_plugin.refusal import Refusal
from tests.carddav.calling import Caller
from tests.carddav.dav import Client
from tests.carddav.test_bounds import OWN
from tests.carddav.test_own_program import BOOK
from tests.carddav.test_own_program import ada as on_each_server  # noqa: F401
from tests.carddav.test_standalone import configuration  # noqa: F401

ONE = OWN + "1.vcf"


@pytest.fixture
def ada(core: Core) -> Caller:
    """Ada, calling the application without a server between."""
    return Caller(core)


def card(*lines: str, version: str = "3.0", name: str = "FN:Ada") -> str:
    some = ["BEGIN:VCARD", f"VERSION:{version}", "UID:1", name, *lines, "END:VCARD", ""]
    return "\r\n".join(line for line in some if line or line is some[-1])


def stored(ada: Caller, body: str | bytes, content_type: str = "text/vcard") -> list[str]:
    """The lines of a card after it was stored."""
    answer = ada.ask("PUT", ONE, body, Content_Type=content_type)
    assert answer.status in {201, 204}, answer
    return re.sub(r"\r?\n[ \t]", "", ada.ask("GET", ONE).text).splitlines()


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_part_of_the_card(ada: Caller, codec: str) -> None:
    assert "FN:Zoë" in stored(ada, card(name="FN:Zoë").encode(codec))


@pytest.mark.parametrize("codec", ["utf-16", "utf-8-sig"])
@pytest.mark.parametrize("label", ["utf-16", "UTF-8", "us-ascii"])
def test_the_mark_counts_whatever_the_request_says(ada: Caller, codec: str, label: str) -> None:
    body = card(name="FN:Zoë").encode(codec)
    assert "FN:Zoë" in stored(ada, body, f"text/vcard; charset={label}")


@pytest.mark.parametrize("name", ["FN:", "FN: ", "FN;CHARSET=UTF-8:"])
def test_an_empty_name_is_none(ada: Caller, name: str) -> None:
    lines = stored(ada, card("N:Lovelace;Ada;;;", name=name))
    assert [line for line in lines if line.startswith("FN")] == ["FN:Ada Lovelace"]
    assert "FN:" in stored(ada, card("NOTE:x", name=name))
    several = stored(ada, card("FN:Countess", name=name))
    assert [line for line in several if line.startswith("FN")] == ["FN:Countess"]


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["N:Lovelace;Ada;King,Byron;Dr.;"], "Dr. Ada King Byron Lovelace"),
        (["N:;;;;", "NICKNAME:Countess"], "Countess"),
        (["ORG:Analytical\\; Engines;Programs"], "Analytical\\; Engines Programs"),
        (["EMAIL:ada@a.example"], "ada@a.example"),
        (["TEL;CELL:+44 20"], "+44 20"),
        (["N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:K=C3=B6nig;Zo=C3=AB;;;"], "Zoë König"),
    ],
)
@pytest.mark.parametrize("version", ["2.1", "3.0", "4.0"])
def test_a_card_without_a_name_gets_one(
    ada: Caller, lines: list[str], name: str, version: str
) -> None:
    """Version 2.1 has none; the others need it, and clients show nothing without."""
    found = stored(ada, card(*lines, version=version, name=""))
    assert f"FN:{name}" in found
    assert sum(line.startswith("FN") for line in found) == 1


def test_each_card_of_a_book_gets_its_own_name(ada: Caller) -> None:
    two = card("N:One;;;;", name="") + card("N:Two;;;;", name="").replace("UID:1", "UID:2")
    assert ada.ask("PUT", "/ada@example.org/new/", two, Content_Type="text/vcard").status == 201
    assert set(re.findall("FN:.*", ada.ask("GET", "/ada@example.org/new/").text)) == {
        "FN:One\r",
        "FN:Two\r",
    }


def test_a_label_of_android_s_is_kept(ada: Caller) -> None:
    line = "TEL;X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=C3=9C=20ber):+49 1"
    (found,) = [each for each in stored(ada, card(line)) if each.startswith("TEL")]
    assert found == "TEL;TYPE=X-Ü ber:+49 1"


@pytest.mark.parametrize(
    ("octets", "line"),
    [
        (b"NOTE;CHARSET=windows-1252:\x80 sk\xe5l", "NOTE;CHARSET=UTF-8:€ skål"),
        (b"NOTE;CHARSET=KOI8-R:\xd7", "NOTE;CHARSET=UTF-8:в"),
        (b"NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:sk=E5l", "NOTE;CHARSET=UTF-8:skål"),
        (b"NOTE;CHARSET=shift_jis;ENCODING=QUOTED-PRINTABLE:=82=A0", "NOTE;CHARSET=UTF-8:あ"),
        (b"NOTE;QUOTED-PRINTABLE:a=\r\nb=0D=0Ac", "NOTE:ab\\nc"),
        (b"NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=nonsense:=C3=A9", "NOTE;CHARSET=UTF-8:é"),
        (b"NOTE;ENCODING=QUOTED-PRINTABLE:=C3", "NOTE:Ã"),
        (b"NOTE:\x93sk\xe5l\x94", "NOTE:“skål”"),
        ("NOTE:é".encode()[:-1] + b"\r\n " + "é".encode()[1:], "NOTE:é"),
    ],
)
def test_the_label_says_what_the_text_is(ada: Caller, octets: bytes, line: str) -> None:
    """All text is UTF-8 when it is stored, whatever it came in."""
    assert line in stored(ada, card("X-HERE:").encode().replace(b"X-HERE:", octets))


@pytest.mark.parametrize(
    "charset", ["windows-1252", "cp1252", "ISO-8859-15", "koi8-r", "gb18030", "Shift_JIS", "big5"]
)
def test_a_body_in_a_known_character_set_is_understood(ada: Caller, charset: str) -> None:
    """Version 3.0 allows any (RFC 2426 section 4), and older programs send them."""
    text = {"koi8-r": "привет", "gb18030": "你好", "Shift_JIS": "あ", "big5": "你好"}
    name = text.get(charset, "Zoë")
    body = card(name=f"FN:{name}").encode(charset)
    assert f"FN:{name}" in stored(ada, body, f"text/vcard; charset={charset}")


@pytest.mark.parametrize("charset", ["us-ascii", "big5"])
def test_a_body_in_utf_8_under_another_name_is_understood(ada: Caller, charset: str) -> None:
    body = card(name="FN:Zoë Ł.").encode()
    assert "FN:Zoë Ł." in stored(ada, body, f"text/vcard; charset={charset}")


def test_many_soft_line_breaks_take_no_time() -> None:
    line = b"NOTE;QUOTED-PRINTABLE:" + b"x" * 930_000 + b"=\r\n" + b" =\r\n" * 19_000
    started = time.process_time()
    assert "x" * 930_000 in read_cards(line)
    assert time.process_time() - started < 1  # It took four when each looked at the whole line.


def test_a_text_is_measured_as_it_is_parsed() -> None:
    """The octets of U+3A3A look like colons, which would end the head of a property."""
    body = card("NOTE;X=\u3a3a" + ";A" * limits.HEAD + ":x").encode("utf-16")
    with pytest.raises(Refusal, match="before its colon"):
        with_cards({}, body)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "no card"),
        ("hello", "hello"),
        (card() + card(), "stores one card, and this has 2"),
        (card(name=""), "needs a name"),
        (card("hello"), "hello"),
        (card().replace("END:VCARD", ""), "never closed"),
        (card("TEL;X(1)=2:1"), "TEL;X(1)=2:1"),
        (card("N:a", "N:b"), "more than 1 N"),
        (card().replace("UID:1", "X-A:1"), "without UID"),
    ],
)
def test_what_is_no_card_is_refused_with_a_reason(
    on_each_server: Client,  # noqa: F811
    body: str,
    reason: str,
) -> None:
    refused = on_each_server.put(BOOK + "2.vcf", content=body)
    assert refused.status_code == 403
    assert "valid-address-data" in refused.text
    assert reason in refused.text


def test_either_server_mends_cards(on_each_server: Client) -> None:  # noqa: F811
    body = "\ufeff" + card("N:Zweite;Karte;;;", name="").replace("UID:1", "UID:2")
    assert on_each_server.put(BOOK + "2.vcf", content=body.encode()).status_code == 201
    assert "FN:Karte Zweite" in on_each_server.get(BOOK + "2.vcf").text


_LINES = st.lists(
    st.sampled_from(
        [
            "BEGIN:VCARD",
            "END:VCARD",
            "VERSION:2.1",
            "UID:1",
            "FN:x",
            "N:a;b",
            " y",
            "A;B=C:D",
            "TEL",
        ]
    )
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
    | st.sampled_from(
        ["NOTE;ENCODING=QUOTED-PRINTABLE:=C3=", "FN;CHARSET=koi8-r:é", "=:", "a.b.c:1"]
    ),
    max_size=12,
)


@given(lines=_LINES, ends=st.sampled_from(["\r\n", "\n", "\r"]))
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_card_is_refused_without_a_reason(ada: Caller, lines: list[str], ends: str) -> None:
    body = ends.join(["BEGIN:VCARD", "VERSION:3.0", "UID:1", *lines, "END:VCARD", ""])
    answer = ada.ask("PUT", ONE, body, Content_Type="text/vcard")
    is_told = "responsedescription" in answer.text or "no-uid-conflict" in answer.text
    assert answer.status in {201, 204} or is_told, (body, answer)


@given(st.binary(max_size=200), st.sampled_from(["", "utf-8", "windows-1252", "utf-16"]))
def test_any_octets_are_read(octets: bytes, charset: str) -> None:
    assert isinstance(read_cards(octets, charset), str)


@given(st.lists(st.text("abcäé漢 ,;:=", min_size=1, max_size=40), max_size=6))
def test_a_card_that_needs_no_mending_says_the_same(values: list[str]) -> None:
    text = card(*[f"X-A{number}:{value.strip()}" for number, value in enumerate(values)])
    assert read_cards(text.encode()) == text

"""Lines are taken as vobject takes them, and what is no line is known at once."""

import re

import pytest
import vobject.base
from hypothesis import given
from hypothesis import strategies as st
from radicale import config
from radicale.item import Item

from contactsgroups.bootstrap import Core
from radicale_plugin import Storage
from radicale_plugin.content_lines import LINE
from tests.carddav.calling import Caller
from tests.carddav.test_bounds import OWN, card

ITS_OWN = re.compile(vobject.base.patterns["line"], re.VERBOSE | re.DOTALL)
GROUPS = ("group", "name", "params", "value")

EVIL = [
    "X;A=" + ",a" * 400,
    'NOTE;A="x"' + ';B="x"' * 150,
    "X;A=" + ",".join("1" * 400),
    "X;A" + "," * 900,
    "X;A=" + "1," * 400 + '":v',
    "X;" + "A=;" * 300,
    "A." * 450,
]
"""Each takes vobject's own expression longer than anybody waits."""


@pytest.fixture
def ada(core: Core) -> Caller:
    """Ada, calling the application without a server between."""
    return Caller(core)


@given(st.text(alphabet='Aa1-.;=,:"x _\né', max_size=12))
def test_a_line_is_divided_as_vobject_divides_it(line: str) -> None:
    ours, its = LINE.match(line), ITS_OWN.match(line)
    assert (ours is None) == (its is None)
    if ours is not None and its is not None:
        assert ours.group(*GROUPS) == its.group(*GROUPS)


@pytest.mark.parametrize("line", EVIL, ids=lambda line: line[:12])
def test_what_is_no_line_is_known_at_once(line: str) -> None:
    assert LINE.match(line) is None


@pytest.mark.parametrize("line", EVIL, ids=lambda line: line[:12])
def test_radicale_s_own_program_refuses_it_as_well(core: Core, line: str) -> None:
    """There, a card is parsed before the plugin is asked."""
    Storage(config.load(), core=core)
    item = Item(collection_path=OWN.strip("/"), text=card(line))
    with pytest.raises(RuntimeError, match="Failed to parse"):
        item.prepare()


def test_what_follows_a_soft_line_break_is_no_line_of_its_own(ada: Caller) -> None:
    """Cards of version 2.1 have it, as telephones export them."""
    note = "NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Gr=C3=BC=\r\n=C3=9Fe"
    assert ada.ask("PUT", OWN + "1.vcf", card(note)).status == 201
    assert "Gr" in ada.ask("GET", OWN + "1.vcf").text


@pytest.mark.parametrize("line", EVIL, ids=lambda line: line[:12])
def test_the_mount_refuses_it_and_goes_on(ada: Caller, line: str) -> None:
    answer = ada.ask("PUT", OWN + "1.vcf", card(line))
    assert answer.is_refused_quickly, answer

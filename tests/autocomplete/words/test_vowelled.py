"""Arabic and Hebrew names are found from their first typed letters on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.autocomplete.words.vowelled import beginnings_of_semitic
from tests.autocomplete.words.test_folding import finds


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("خالد القحطاني", "kh|kha|khal|qah|kah"),
        ("رنا حداد", "ran|had|rana had|rana h"),
        ("علي العلوي", "ali|aly|alawi|alaoui"),
        ("طارق زياد", "tar|ziad|ziyad|zia"),
        ("ندى أبو الخير", "nada|nada abu|kheir|khair"),
        ("שרון הלוי", "sha|shar|sharon ha|halevi"),
        ("עידו יעל", "ido|yael|ido y"),
        ("צבי חוה", "zvi|tzvi|tsvi|hava|chava"),
        ("יצחק בן־שלמון", "yitzhak ben sh|ben sha|shalmon"),
    ],
)
def test_a_name_is_found_by_its_first_letters(name: str, typed: str) -> None:
    missed = [text for text in typed.split("|") if not finds(text, name)]
    assert missed == []


@given(st.text("ابتخعوييشקבצויaه", max_size=12))
def test_no_word_has_many(word: str) -> None:
    found = list(beginnings_of_semitic(word))
    assert len(found) <= 64
    assert all(each.isascii() for each in found)

"""Chinese and Korean names in Latin letters are found as one word, and by their syllables."""

import pytest

from contactsgroups.autocomplete.words.syllables import words_of_syllables
from tests.autocomplete.words.test_folding import finds


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Xu Zhenqiang", "xuzhenq|zhen qiang|xu zhen qiang|zhenqiang xu"),
        ("Zhenqiang Xu", "xuzhenqiang|xu zhen qiang"),
        ("Yao Ming", "yaoming|ming yao"),
        ("Kim Minsu", "kimminsu|kim min su|minsu kim"),
        ("Ouyang Yuchen", "ouyangyuchen|ouyang yu chen"),
        ("张建霖", "zhangjl|zhangjianlin|zjl"),
        ("诸葛文轩", "zhugewx|zhuge wenxuan"),
        ("김정섭", "kim jung sub|jungsub kim|kim jeong seop|kimjungsub"),
        ("박기현", "park ki hyun|gihyeon|kihyun park"),
    ],
)
def test_a_name_is_found_joined_and_apart(name: str, typed: str) -> None:
    for text in typed.split("|"):
        assert finds(text, name), text


@pytest.mark.parametrize("name", ["Anna Lena", "Peter Long", "Maria Rossi", "Lee Martin"])
def test_other_names_are_not_cut(name: str) -> None:
    assert words_of_syllables(name.lower().split()) == set()

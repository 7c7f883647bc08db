"""Arabic and Hebrew names are found by their consonants, whichever vowels are typed."""

import pytest

from contactsgroups.autocomplete.words.skeleton import skeleton_of_semitic, skeletons_of_latin
from tests.autocomplete.words.test_folding import finds


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("خالد القحطاني", "khaled|khalid|chalid|qahtani|alqahtani|al qahtani|el kahtani"),
        ("محمد عبد الرحمن", "mohammed abdulrahman|muhamad abd al-rahman|abdel rahman"),
        ("مُحَمَّد", "mohammed|muhammad"),
        ("حسین رستمی", "hossein|hosein|rostami|rustami"),
        ("ظفر چوہدری", "zafar|chaudhry|choudhary"),
        ("فاطمة الزهراء", "fatima|fatimah|zahraa"),
        ("רחל אברהמי", "rachel|rahel|avrahami|abrahami"),
        ("כהן", "cohen|kohen"),
        ("יעקב שטרן", "stern|shtern"),
        ("משה רבינוביץ", "moshe|moishe|rabinovich|rabinowitz|rabinovitch"),
        ("پرویز خوري", "parviz khoury|khouri"),
    ],
)
def test_a_name_is_found_by_any_usual_spelling(name: str, typed: str) -> None:
    for text in typed.split("|"):
        assert finds(text, name), text


@pytest.mark.parametrize("text", ["ali", "aoife", "oo", "x1234", "müller", "mohammed2"])
def test_what_is_short_or_no_word_has_none(text: str) -> None:
    assert skeletons_of_latin(text) == []
    assert skeleton_of_semitic("علي") is None


def test_a_latin_name_is_not_found_by_its_consonants() -> None:
    assert finds("khaled", "خالد")
    assert not finds("khuludo", "Khaled")
    assert not finds("hld", "خالد")


def test_two_consonants_are_enough_only_if_a_name_has_no_more() -> None:
    assert finds("khoury", "خوري")
    assert not finds("khou", "خوري")
    assert not finds("khoury", "خالد حرب")
    assert not finds("mary", "مروان")

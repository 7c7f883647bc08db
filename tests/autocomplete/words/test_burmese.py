"""Burmese names are found by their syllables."""

import pytest

from contactsgroups.autocomplete.words.burmese import words_of_burmese
from tests.autocomplete.words.test_folding import finds


@pytest.mark.parametrize(
    ("written", "spelt"),
    [
        pair.split(":")
        for pair in (
            "အောင်:aung မြင့်:myint လွင်:lwin ခင်:khin မောင်:maung အေး:aye သီရိ:thiri လှိုင်:hlaing "
            "ဒေါ်:daw စန်း:san ကြည်:kyi နှင်း:hnin ဝင်း:win ထွန်း:tun ထွန်း:htun ဇော်:zaw ကျော်:kyaw "
            "စိုး:soe မိုး:moe ဖြိုး:phyo ကို:ko ညီ:nyi ခိုင်:khaing ချို:cho ချစ်:chit "
            "ရွှေ:shwe သိန်း:thein စိန်:sein ထက်:htet နိုင်:naing ဖုန်း:phone စည်သူ:sithu မြတ်:myat "
            "နန္ဒာ:nanda သန္တာ:thandar အိ:ei ဆွေ:swe ဝင့်:wint ဌေး:htay ဦးနု:unu လှ:hla"
        ).split()
    ],
)
def test_a_syllable_has_its_usual_spelling(written: str, spelt: str) -> None:
    assert spelt in words_of_burmese(written)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("ခင်မောင်အေး", "khin maung|khin maung aye|maung aye|khinmaung|ခင်မောင်|မောင်အေး"),
        ("သီရိလှိုင်", "thiri hl|thiri hlaing|hlaing|thirihlaing"),
        ("အောင်မြင့်", "aung myint|aungmyint|myint"),
        ("Khin Maung", "ခင်"),
    ],
)
def test_each_syllable_of_a_name_finds_it(name: str, typed: str) -> None:
    missed = [text for text in typed.split("|") if not finds(text, name)]
    assert missed == []


def test_other_scripts_have_no_syllables() -> None:
    assert words_of_burmese("Maria") == set()

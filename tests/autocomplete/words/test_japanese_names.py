"""Japanese names in Chinese characters are found as they are read."""

import pytest

from contactsgroups.autocomplete.words.japanese_names import words_of_japanese_name
from tests.autocomplete.words.test_folding import finds


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("佐藤 健太", "sato|satou|satoh|さとう|サトウ|kenta|kenta sato|satokenta|佐藤"),
        ("佐藤健太", "sato|kenta|satoukenta|kenta sato"),
        ("佐々木 健", "sasaki|takeshi|ken sasaki|佐佐木"),
        ("大野洋子", "ono|oono|ohno|yoko|youko|yohko"),
        ("渡邊 一郎", "watanabe|渡辺|ichiro|ichirou"),
        ("林 明", "hayashi|lin|ming|akira"),
        ("長谷川 光", "hasegawa|hikaru"),
        ("東野 圭", "higashino|kei|higashino kei"),
        ("本間 由美", "honma|homma"),
        ("小鳥遊 結弦", "takanashi yuzuru"),
    ],
)
def test_a_name_is_found_by_its_reading(name: str, typed: str) -> None:
    for text in typed.split("|"):
        assert finds(text, name), text


def test_a_chinese_name_is_not_read_as_a_japanese_one() -> None:
    assert words_of_japanese_name("林志强") == set()
    assert words_of_japanese_name("王小明") == set()


def test_a_given_name_that_no_dictionary_has_is_read_by_its_characters() -> None:
    assert {"shouheita", "saitoushouheita", "saitoshoheita"} <= words_of_japanese_name("斎藤翔平太")
    assert words_of_japanese_name("翔平太") == set()

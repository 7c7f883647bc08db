"""Ethiopian names are found with the vowels that are spoken."""

import pytest

from tests.autocomplete.words.test_folding import finds


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("ጥሩነሽ ዲባባ", "tirunesh|dibaba|tirunesh dib|ጥሩ"),
        ("ሃይለ ኃይሉ", "haile|hayle|hailu|haylu"),
        ("ተስፋዬ ገብረማርያም", "tesfaye|gebremariam|gebremaryam"),
        ("ወልደማርያም", "weldemariam|woldemariam|weldemaryam"),
        ("ብርሃኑ ክንፈ", "birhanu|berhanu|kinfe"),
        ("መንግሥቱ ፍቅርተ", "mengistu|fikirte"),
        ("እስጢፋኖስ ዘውዴ", "istifanos|zewde"),
        ("ጓንጉል ፀሐይ", "gwangul|tsehay"),
    ],
)
def test_a_name_is_found_by_what_its_bearer_writes(name: str, typed: str) -> None:
    missed = [text for text in typed.split("|") if not finds(text, name)]
    assert missed == []

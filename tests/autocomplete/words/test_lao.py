"""Lao names are found as they are written in Latin letters."""

import pytest

from tests.autocomplete.words.test_folding import finds


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("ບຸນມີ ສີສະຫວາດ", "bounmy|bounmi|bunmi|sisavat|bounmy sis|ບຸນ"),
        ("ສົມສັກ ພົມມະ", "somsak|phomma"),
        ("ວຽງຈັນ ບົວລາ", "viangchan|bouala"),
        ("ແກ້ວ ຄຳໄຊ", "keo|khamsai|khamxai"),
        ("ເພັດ ໝັ້ນ", "phet man"),
    ],
)
def test_a_name_is_found_by_what_its_bearer_writes(name: str, typed: str) -> None:
    missed = [text for text in typed.split("|") if not finds(text, name)]
    assert missed == []

"""Thai names are found with the vowels that Thai does not write."""

import pytest

from contactsgroups.autocomplete.words.thai import romanise_thai
from tests.autocomplete.words.test_folding import finds


@pytest.mark.parametrize(
    ("written", "official"),
    [
        pair.split(":")
        for pair in (
            "สมชาย:somchai วงศ์สวัสดิ์:wongsawat พรทิพย์:phonthip ศรีสุขใจ:sisukchai "
            "อภิสิทธิ์:aphisit ประยุทธ์:prayut จันทร์โอชา:chanocha ธนาธร:thanathon สุรชัย:surachai "
            "ทักษิณ:thaksin ยิ่งลักษณ์:yinglak เศรษฐา:settha อนุทิน:anuthin เจริญ:charoen "
            "เสถียร:sathian กิตติพงษ์:kittiphong สุวรรณ:suwan นภาพร:naphaphon กมล:kamon "
            "รุ่งเรือง:rungrueang ชูชาติ:chuchat ธีรพงศ์:thiraphong มงคล:mongkhon แก้ว:kaeo "
            "ประเสริฐ:prasoet สวนสมบูรณ์:suansombun หมวดเมือง:muatmueang เกียรติ:kiat เกษม:kasem"
        ).split()
    ],
)
def test_the_official_transcription_comes_first(written: str, official: str) -> None:
    assert next(romanise_thai(written)) == official


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("พรทิพย์ ศรีสุขใจ", "pornthip|porntip|srisuk|sisukchai|porntip sri"),
        ("สมชาย แก้ววิจิตร", "somchai k|somchai kaew|kaeowichit|สมชาย แก"),
        ("จิราพร ณัฐพล", "jiraporn|chiraphon|natthaphon|nattapon"),
        ("ชินวัตร", "chinawat|ชินวั"),
        ("วิทยา", "witthaya|wittaya"),
        ("เอกชัย", "ekkachai|ekachai"),
    ],
)
def test_a_name_is_found_by_what_its_bearer_writes(name: str, typed: str) -> None:
    missed = [text for text in typed.split("|") if not finds(text, name)]
    assert missed == []


def test_any_text_has_spellings() -> None:
    assert set(romanise_thai("ๆๆ์ฯ")) == {""} | set(romanise_thai("ฯ"))
    assert all(romanise_thai("ก" * 200))

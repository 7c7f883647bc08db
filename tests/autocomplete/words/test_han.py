"""Every form of a Chinese character has one form that stands for all."""

from contactsgroups.autocomplete.words.han import base_form

BLOCKS = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x32400))


def test_the_base_form_of_every_character_is_its_own_base_form() -> None:
    for first, end in BLOCKS:
        for character in map(chr, range(first, end)):
            base = base_form(character)
            assert len(base) == 1
            assert base_form(base) == base


def test_characters_that_are_other_characters_stay_apart() -> None:
    assert len({base_form(character) for character in "王田中山大小李张金木水火"}) == 12

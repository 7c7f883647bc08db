"""Readings of Chinese characters in pinyin without tones.

pypinyin is imported on first use: its tables take tens of megabytes, which a worker without
Chinese names should not load.
"""

from functools import lru_cache

# Surnames of two characters that are read in their own way.
_DOUBLE_SURNAMES = {
    "单于": ("chan", "yu"), "尉迟": ("yu", "chi"), "万俟": ("mo", "qi"), "长孙": ("zhang", "sun"),
    "澹台": ("tan", "tai"), "鲜于": ("xian", "yu"), "令狐": ("ling", "hu"), "皇甫": ("huang", "fu"),
}  # fmt: skip

# Surnames whose reading as a name a general dictionary may lack.
_SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "区": "ou", "查": "zha", "盖": "ge",
    "翟": "zhai", "缪": "miao", "朴": "piao", "任": "ren", "华": "hua", "纪": "ji", "盛": "sheng",
    "覃": "qin", "乐": "yue", "召": "shao", "员": "yun", "尹": "yin", "折": "she", "车": "che",
    "过": "guo", "黑": "he", "繁": "po", "秘": "bi", "冼": "xian", "洗": "xian", "乜": "nie",
    "幺": "yao", "佴": "nai", "逄": "pang", "郇": "xun", "晁": "chao", "牟": "mou", "撒": "sa",
    "祭": "zhai", "哈": "ha", "宿": "su", "种": "chong", "句": "gou", "阚": "kan", "谌": "chen",
}  # fmt: skip


def readings_of_name(han: str) -> list[tuple[str, ...]]:
    """Return for every character of a short run, such as a person's name, all its readings."""
    readings = [_readings(character) for character in han]
    surname = _SURNAMES.get(han[:1])
    if surname and surname not in readings[0]:
        readings[0] = (*readings[0], surname)
    for place, reading in enumerate(_DOUBLE_SURNAMES.get(han[:2], ())):
        readings[place] = tuple(dict.fromkeys((*readings[place], reading)))
    return readings


def readings_of_text(han: str) -> list[tuple[str, ...]]:
    """Return for every character of a long run its reading in this context."""
    from pypinyin import lazy_pinyin

    read = lazy_pinyin(han)
    if len(read) != len(han):  # pypinyin joins characters that it does not know.
        return [_readings(character)[:1] for character in han]
    return [_spellings(reading) for reading in read]


@lru_cache(maxsize=8_192)
def _readings(character: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin

    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    if not found:
        return ()
    return tuple(dict.fromkeys(spelt for reading in found[0] for spelt in _spellings(reading)))


def _spellings(reading: str) -> tuple[str, ...]:
    """Return the ways to type a reading: pypinyin's ``lv`` (lü) is also typed lu, passports lyu."""
    if not (reading.isascii() and reading.isalpha()):
        return ()
    if reading in ("lv", "nv"):
        return (reading, reading[0] + "u", reading[0] + "yu")
    return (reading,)

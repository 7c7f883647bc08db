"""Romanisation of Korean names: the official letters and the usual ones of surnames."""

from functools import lru_cache

_INITIALS = "g kk n d tt r m b pp s ss . j jj ch k t p h".replace(".", "_").split()
_VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
_FINALS = ". k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split()

# Surnames and frequent syllables that their bearers usually spell in another way than the
# official romanisation does.
_USUAL = {
    "김": "kim", "이": "lee", "박": "park", "최": "choi", "정": "jung", "강": "kang",
    "조": "cho", "윤": "yoon", "임": "lim", "오": "oh", "신": "shin", "유": "yoo", "권": "kwon",
    "고": "ko", "문": "moon", "배": "bae", "백": "baek", "허": "heo", "노": "roh", "구": "koo",
    "우": "woo", "주": "joo", "전": "jeon", "영": "young", "현": "hyun", "성": "sung",
    "준": "joon", "수": "soo", "희": "hee", "선": "sun", "경": "kyung", "훈": "hoon",
    "철": "chul", "은": "eun", "승": "seung", "미": "mi", "혜": "hye", "연": "yeon",
    "숙": "sook", "순": "soon", "욱": "wook", "운": "woon", "국": "kook", "춘": "choon",
}  # fmt: skip

# Further usual spellings of a syllable that is a surname.
_SURNAMES = {
    "김": "gim", "이": "yi rhee", "박": "bak pak", "최": "choe", "정": "chung", "강": "gang",
    "조": "jo", "윤": "yun", "임": "im rim", "유": "yu you", "류": "yoo yu ryoo", "권": "gwon",
    "노": "noh", "구": "gu", "우": "woo", "주": "chu", "전": "chun", "신": "shin", "심": "shim",
    "서": "suh", "여": "yeo yuh", "양": "ryang", "라": "na ra", "나": "ra", "곽": "kwak",
    "길": "kil", "금": "keum", "부": "boo", "손": "sohn", "석": "suk", "표": "pyo",
}  # fmt: skip

# How names are written that follow English spelling rather than any system: jung, sub, sook, kyu.
_ENGLISH_INITIALS = {"g": "k"}
_ENGLISH_VOWELS = {"eo": "u", "yeo": "yu", "u": "oo", "yu": "yoo", "ui": "ee"}
_ENGLISH_FINALS = {"p": "b"}

_FIRST_SYLLABLE = 0xAC00
_FIRST_INITIAL = 0x1100  # What compatibility letters (U+3131) are normalised to.


@lru_cache(maxsize=4_096)
def readings_of_hangul(syllable: str) -> tuple[str, ...]:
    """Return the romanisations of one Hangul syllable, the official one first."""
    index = ord(syllable) - _FIRST_SYLLABLE
    initial = _INITIALS[index // 588].replace("_", "")
    vowel = _VOWELS[index // 28 % 21]
    final = _FINALS[index % 28].replace(".", "")
    official = initial + vowel + final
    spelt = _ENGLISH_VOWELS.get(vowel, vowel) + _ENGLISH_FINALS.get(final, final)
    english = [initial + spelt, _ENGLISH_INITIALS.get(initial, initial) + spelt]
    if final in _ENGLISH_FINALS:
        english.append(initial + vowel + _ENGLISH_FINALS[final])
    return tuple(dict.fromkeys((official, _USUAL.get(syllable, official), *english)))


def readings_of_surname(syllable: str) -> tuple[str, ...]:
    """Return the romanisations of a syllable with which a name begins."""
    further = _SURNAMES.get(syllable, "").split()
    return tuple(dict.fromkeys((*readings_of_hangul(syllable), *further)))


def initials_of_hangul(run: str) -> str:
    """Return the first letters of a run of syllables, which people type instead (ㄱㅁㅅ)."""
    return "".join(chr(_FIRST_INITIAL + (ord(each) - _FIRST_SYLLABLE) // 588) for each in run)

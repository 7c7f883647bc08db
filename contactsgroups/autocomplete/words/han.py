"""Chinese characters that are one character in several forms: traditional, simplified, Japanese.

OpenCC knows which forms belong together; it is imported on first use, since a worker without such
names should not load it. Forms that only names have are here.
"""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

# Each first character also stands for those after it.
_FORMS_IN_NAMES = (
    "崎﨑嵜碕 吉𠮷 吴吳呉 国國囯圀 岛島嶋嶌 富冨 桑桒 桥橋𣘺 柳栁桺 渊淵渕渁 "
    "船舩 滨濱浜濵 户戸戶 笼籠篭 高髙 边邊邉辺 斋斎齋斉齊齐 梅楳 峰峯 杉杦 "
    "秋穐龝 松枩 岩巌巖嵒 原厡 濑瀬瀨 德徳悳 惠恵 曾曽 真眞"
)
_IN_NAMES = {form: forms[0] for forms in _FORMS_IN_NAMES.split() for form in forms[1:]}

# Conversions lead from form to form; none needs more than three steps.
_MOST_STEPS = 4


@cache
def base_form(character: str) -> str:
    """Return the one form that stands for ``character`` and its variants.

    >>> {base_form(form) for form in "澤沢泽"}
    {'泽'}
    """
    to_traditional, to_simplified = _converters()
    for _ in range(_MOST_STEPS):
        converted = to_simplified.convert(to_traditional.convert(character))
        converted = _IN_NAMES.get(converted, converted)
        if converted == character or len(converted) != 1:
            break
        character = converted
    return character


@cache
def _converters() -> "tuple[OpenCC, OpenCC]":
    from opencc import OpenCC

    return OpenCC("jp2t"), OpenCC("t2s")

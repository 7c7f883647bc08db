"""Chinese and Korean names in Latin letters: Xu Zhenqiang is typed xuzhenqiang and xu zhen qiang.

Where a surname stands beside two syllables that make one given name, each of these is a word too.
"""

import re
from collections.abc import Iterator, Sequence

_SURNAMES = frozenset(
    # Frequent ones in Pinyin, then those of Korea and what Hong Kong and Taiwan have instead.
    "an bai bao bi bian cai cao cen chai chang che chen cheng chi chu cui dai deng diao ding "
    "dong dou du duan fan fang fei feng fu gan gao ge geng gong gou gu guan guo han hao he hong "
    "hou hu hua huang huo ji jia jian jiang jiao jin jing kang ke kong kuang lai lan lang lei "
    "leng li lian liang liao lin ling liu long lou lu luo lv lyu ma mao mei meng mi miao min mo "
    "mu nan ni nie ning niu ou pan pang pei peng pi piao pu qi qian qiao qin qing qiu qu quan "
    "ran rao ren rong ruan shan shang shao shen sheng shi shu si song su sui sun tan tang tao "
    "teng tian tong tu wan wang wei wen weng wu xi xia xian xiang xiao xie xin xing xiong xu "
    "xuan xue yan yang yao ye yi yin ying you yu yuan yue yun zang zeng zha zhai zhan zhang "
    "zhao zhen zheng zhong zhou zhu zhuang zhuo zong zou zu zuo ouyang shangguan sima situ "
    "zhuge huangfu xiahou gongsun ahn baek bae bang byun cha cho choe choi chun chung eom gang "
    "gil gim goo gwon heo hur hwang hyun im jang jeon jeong jo joo jun jung kil kim ko koo kwak "
    "kwon lee lim moon nam noh oh pak paik park rhee roh ryu seo seok shim shin sim sohn son "
    "suh suk sung uhm um woo yim yoo yoon chan cheung chow chiu fung ho hsieh hsu kwok kwan lau "
    "leung lo ng tam tse tsai tsang wong yip yeung yuen".split()
)
_CHINESE = re.compile(
    "(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])"
    "(?:i?ao?|i?ang?|iong|ong|[ou]|ei?|eng?|ai|ou|ie|iu|ing?|uai?|uo|ui|uang?|un|ue|i|v)"
    "|a[io]?|ang?|eng?|ou"
)
_KOREAN = re.compile(
    "(?:kk|tt|pp|ss|jj|ch|sh|[gkndtrlmbpsjh])?"
    "(?:[wy]?(?:ae?|eo?|oo?|ou|ea|uh)|ui|eu|ye|yu|wi|u|ee?|i)(?:ng|[knlmptbgh])?"
)
_FEWEST, _MOST = 2, 12
_LONGEST_SURNAME = max(map(len, _SURNAMES))


def words_of_syllables(words: Sequence[str]) -> set[str]:
    """Return what else is typed for a surname and a given name of one or two syllables.

    >>> sorted(words_of_syllables(["xu", "zhenqiang"]))
    ['qiang', 'xuzhenqiang']
    """
    found: set[str] = set()
    for surname, given in (words, words[::-1]):
        if surname not in _SURNAMES or not _FEWEST <= len(given) <= _MOST:
            continue
        cuts = list(_cut(given))
        if cuts or _CHINESE.fullmatch(given) or _KOREAN.fullmatch(given):
            found.add(surname + given)
        found.update(second for _, second in cuts)
    return found


def behind_surnames(spelling: str) -> set[str]:
    """Return what is left of a word behind each of these surnames that it begins with."""
    ends = range(1, min(len(spelling), _LONGEST_SURNAME + 1))
    return {spelling[end:] for end in ends if spelling[:end] in _SURNAMES}


def _cut(given: str) -> Iterator[tuple[str, str]]:
    """Yield the ways to see two syllables of one language in a given name."""
    for end in range(1, len(given) - 1):
        pair = given[:end], given[end:]
        if all(map(_CHINESE.fullmatch, pair)) or all(map(_KOREAN.fullmatch, pair)):
            yield pair

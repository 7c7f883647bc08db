"""Japanese names in Chinese characters, as they are read: 佐藤 is Satou, and typed sato or satoh.

The readings of characters do not tell that of a name, so these are names: the most frequent
surnames, and given names with their usual readings. Others are found by their characters.
"""

from functools import cache

from contactsgroups.autocomplete.words.han import base_form

# With long vowels written out.
_SURNAMES = """
佐藤satou 鈴木suzuki 高橋takahashi 田中tanaka 伊藤itou 渡辺watanabe 山本yamamoto 中村nakamura
小林kobayashi 加藤katou 吉田yoshida 山田yamada 佐々木sasaki 山口yamaguchi 松本matsumoto 井上inoue
木村kimura 林hayashi 斎藤saitou 清水shimizu 山崎yamazaki 森mori 池田ikeda 橋本hashimoto 阿部abe
石川ishikawa 山下yamashita 中島nakajima 石井ishii 小川ogawa 前田maeda 岡田okada 長谷川hasegawa
藤田fujita 後藤gotou 近藤kondou 村上murakami 遠藤endou 青木aoki 坂本sakamoto 福田fukuda 太田oota
西村nishimura 藤井fujii 金子kaneko 岡本okamoto 藤原fujiwara 三浦miura 中野nakano 中川nakagawa
原田harada 松田matsuda 竹内takeuchi 小野ono 田村tamura 中山nakayama 和田wada 石田ishida 森田morita
上田ueda 原hara 内田uchida 柴田shibata 酒井sakai 宮崎miyazaki 横山yokoyama 高木takagi 安藤andou
宮本miyamoto 大野oono 小島kojima 谷口taniguchi 工藤kudou 今井imai 高田takada 増田masuda
丸山maruyama 杉山sugiyama 村田murata 大塚ootsuka 新井arai 小山koyama 平野hirano 藤本fujimoto
河野kouno 上野ueno 野口noguchi 武田takeda 松井matsui 千葉chiba 菅原sugawara 岩崎iwasaki
木下kinoshita 久保kubo 佐野sano 野村nomura 松尾matsuo 市川ichikawa 菊地kikuchi 菊池kikuchi
杉本sugimoto 古川furukawa 大西oonishi 島田shimada 水野mizuno 桜井sakurai 高野takano 吉川yoshikawa
山内yamauchi 西田nishida 飯田iida 西川nishikawa 小松komatsu 北村kitamura 安田yasuda 五十嵐igarashi
川口kawaguchi 平田hirata 関seki 中田nakata 久保田kubota 東higashi 服部hattori 川崎kawasaki
岩田iwata 土屋tsuchiya 本田honda 福島fukushima 辻tsuji 樋口higuchi 秋山akiyama 永井nagai
山中yamanaka 中西nakanishi 吉村yoshimura 川上kawakami 大橋oohashi 石原ishihara 松岡matsuoka
浜田hamada 馬場baba 森本morimoto 矢野yano 浅野asano 松下matsushita 星野hoshino 大久保ookubo
吉岡yoshioka 小池koike 荒木araki 野田noda 大谷ootani 熊谷kumagai 松浦matsuura 内藤naitou
黒田kuroda 尾崎ozaki 川村kawamura 永田nagata 望月mochizuki 松村matsumura 田口taguchi 堀hori
菅野kanno 西山nishiyama 平井hirai 片山katayama 早川hayakawa 本間honma 岡崎okazaki 荒井arai
岩本iwamoto 横田yokota 鎌田kamata 小田oda 成田narita 宮田miyata 石橋ishibashi 高山takayama
須藤sudou 萩原hagiwara 大島ooshima 小沢ozawa 篠原shinohara 児玉kodama 田辺tanabe 宮下miyashita
中井nakai 三好miyoshi 野々村nonomura 奈々瀬nanase 大石ooishi 小泉koizumi 青山aoyama 三宅miyake
"""
_GIVEN_NAMES = """
健太kenta 一郎ichirou 太郎tarou 花子hanako 洋子youko 純一junichi 健一kenichi 健ken,takeshi
誠makoto 浩hiroshi 隆takashi 明akira 翔太shouta 大輔daisuke 拓也takuya 直樹naoki 恵子keiko
美咲misaki 陽子youko 裕子yuuko 由美yumi 真由美mayumi 久美子kumiko 智子tomoko 幸子sachiko,yukiko
和子kazuko 京子kyouko 愛ai 彩aya 葵aoi 蓮ren 陽菜hina,haruna 結衣yui 大翔hiroto,haruto 悠斗yuuto
修osamu 学manabu 豊yutaka 博hiroshi 茂shigeru 進susumu 実minoru 勇isamu 清kiyoshi 正tadashi
三郎saburou 次郎jirou 二郎jirou 健二kenji 賢治kenji 雄一yuuichi 雄太yuuta 裕太yuuta 祐介yuusuke
亮ryou 涼子ryouko 香織kaori 美穂miho 奈々nana 真理mari 麻衣mai 沙織saori 直子naoko 典子noriko
文子fumiko 千尋chihiro 薫kaoru 光hikaru 優yuu 優子yuuko 翼tsubasa 和也kazuya 達也tatsuya
哲也tetsuya 剛tsuyoshi 佳奈kana 美香mika 絵美emi 春樹haruki 直美naomi 良太ryouta 智satoshi 聡satoshi
美紀miki 恵美emi 明美akemi 順子junko 節子setsuko 礼子reiko 玲子reiko 真一shinichi 慎一shinichi
浩二kouji 康二kouji 孝takashi 徹tooru 武takeshi 稔minoru 昭akira 正人masato 勝masaru 昇noboru
大樹daiki 翔shou,kakeru 涼ryou 樹itsuki 湊minato 凛rin 結菜yuina,yuna 美優miyu 桜sakura 楓kaede
"""
_LONGEST_SURNAME = 3
_SHORT = (("ou", "o"), ("oo", "o"), ("uu", "u"))


def words_of_japanese_name(run: str) -> set[str]:
    """Return the readings of a run of Chinese characters as far as it is a Japanese name.

    The surname stands first; the given name follows it or stands alone.
    """
    surnames, given_names = _names()
    base = "".join(map(base_form, run))
    found = {each for reading in given_names.get(base, ()) for each in _spellings(reading)}
    for end in range(min(len(base), _LONGEST_SURNAME), 0, -1):
        given = given_names.get(base[end:], ())
        # A single character is a Chinese surname as well.
        if base[:end] in surnames and (end > 1 or given or end == len(base)):
            for surname in surnames[base[:end]]:
                found.update(_spellings(surname))
                found.update(each for name in given for each in _spellings(surname + name))
            found.update(each for name in given for each in _spellings(name))
            break
    return found


def _spellings(reading: str) -> set[str]:
    """Return a reading with long vowels, with short ones, and with an h: satou, sato, satoh."""
    short, with_h = reading, reading
    for long, vowel in _SHORT:
        short = short.replace(long, vowel)
        with_h = with_h.replace(long, vowel + "h" if vowel == "o" else vowel)
    return {reading, short, with_h}


@cache
def _names() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Return surnames and given names with their readings, in the base forms of characters."""
    return _parsed(_SURNAMES), _parsed(_GIVEN_NAMES)


def _parsed(names: str) -> dict[str, tuple[str, ...]]:
    found = {}
    for each in names.split():
        characters = each.rstrip("abcdefghijklmnopqrstuvwxyz,")
        base = "".join(map(base_form, characters))
        found[base] = tuple(each[len(characters) :].split(","))
    return found

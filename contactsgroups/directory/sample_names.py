"""Given names and family names in many scripts, from which the sample makes up its people.

They are common names of each language, put together by chance; no person is meant.
"""

from dataclasses import dataclass

from anyascii import anyascii


@dataclass(frozen=True, slots=True)
class Name:
    """A name and how its bearers write it in an address."""

    text: str
    latin: str


@dataclass(frozen=True, slots=True)
class Naming:
    """How people of one language are called; ``share`` of them are wanted among a hundred."""

    share: int
    given: tuple[Name, ...]
    family: tuple[Name, ...]
    family_first: bool = False
    separator: str = " "


def _naming(share: int, given: str, family: str, *, order: str = "given family") -> Naming:
    return Naming(
        share,
        tuple(_name(word) for word in given.split()),
        tuple(_name(word) for word in family.split()),
        family_first=order.startswith("family"),
        separator="" if order == "familygiven" else " ",
    )


def _name(word: str) -> Name:
    """Read ``佐藤=sato``, or a word whose transliteration is what its bearers use."""
    text, _, latin = word.partition("=")
    return Name(text, latin or anyascii(text).lower())


NAMINGS = (
    _naming(
        18,
        "Ada Ben Clara Daniel Emma Felix Grace Henry Isla Jack Kate Liam Mia Noah Olive Paul",
        "Archer Baker Carter Dale Ellis Fletcher Gardner Hughes Irving Jordan Knight Lloyd",
    ),
    _naming(
        14,
        "Anna Jürgen Käthe Jörg Lena Matthias Sören Ulrike Günther Bärbel Jonas Heike",
        "Müller Schäfer Groß Weiß Köhler Böhm Krüger Vogel Lindner Jäger Strauß Hoffmann",
    ),
    _naming(
        8,
        "Chloé François Hélène Loïc Maëlle Noël Zoé Jérôme Aurélie Benoît",
        "Lefèvre Béranger Garçon Dupré Château Moreau Lévêque Bélanger",
    ),
    _naming(
        7,
        "Åsa Bjørn Øyvind Søren Märta Jöns Ærø Håkon Signe Þóra",
        "Ångström Ødegård Sørensen Sjöberg Bjørnsen Næss Håkansson Þorláksson",
    ),
    _naming(
        8,
        "Łukasz Agnieszka Żaneta Jiří Šárka Dvořák Željko Őrs Ştefan Çağla Gülşen Đorđe",
        "Wąsik Król Żuraw Novák Růžička Kovačić Szőke Ionescu Yıldız Ćosić",
    ),
    _naming(
        6,
        "Íñigo Núria João Conceição Begoña Raúl Mónica Antônio",
        "Muñoz Peña Gonçalves Simões Ibáñez Castaño Araújo Leão",
    ),
    _naming(
        9,
        "Иван Ольга Юрий Наталья Сергей Екатерина Фёдор Щукарь Елена Дмитрий",
        "Соколов Лебедь Журавлёв Щербак Орлов Чайка Ястреб Воробей",
    ),
    _naming(
        5,
        "Γιώργος Ελένη Νίκος Σοφία Αθηνά Χρήστος Ψυχή Ιωάννα",
        "Παπαδάκης Γεωργίου Αλεξίου Ξενάκης Ψαρράς Θεοδώρου",
    ),
    _naming(
        9,
        "伟 芳 娜 敏 静 丽 强 磊 洋 艳 秀英 建国 子涵 雨桐 欣怡",
        # The first four are read in another way as a surname than as a word.
        "单=shan 曾=zeng 仇=qiu 解=xie 王 李 张 刘 陈 杨 欧阳",
        order="familygiven",
    ),
    _naming(
        5,
        "さくら 健太=kenta 美咲=misaki 翔=sho ひかり 大輔=daisuke 結衣=yui アキラ",
        "佐藤=sato 鈴木=suzuki 高橋=takahashi 田中=tanaka 渡辺=watanabe 小林=kobayashi やまもと",
        order="family given",
    ),
    _naming(4, "민준 서연 지훈 하은 도윤 수아", "김 이 박 최 정 강", order="familygiven"),
    _naming(3, "أحمد فاطمة يوسف ليلى عمر مريم", "الحداد النجار الخياط البناء"),
    _naming(2, "דוד נועה יעל אורי", "כהן לוי מזרחי פרץ"),
    _naming(2, "अनिल प्रिया रोहन मीरा", "शर्मा वर्मा गुप्ता जोशी"),
)

"""One name as several people write it in Latin letters: Sergey, Sergei and Serguei.

Only what is sure: given names whose spellings are the usual ones of one name, umlauts that are
written out, and the endings of Slavic surnames. Everything else is left to the correction of typing
errors.
"""

import re
from functools import lru_cache

from contactsgroups.autocomplete.words.joining import gaelic_forms, servant_forms

# Arabic names also have the consonants that their own script gives (mhmd).
_NAMES = """
mohammed mohamed mohammad mohamad muhammad muhammed muhamed muhamad mehmed mohd mhmd
ahmed ahmad ahmet achmed ahmd
ali aly
hassan hasan hsn
hussein husein hussain husain hossein hosein hussayn hsyn
yusuf yousef youssef yousuf yussuf yusef youcef joussef ywsf
ibrahim ebrahim ibraheem brahim abrahym
khaled khalid halid chaled khald
omar umar omer amr
osman othman uthman ousman athman
mustafa mostafa moustafa mustapha mostapha msyfy mstfy
fatima fatma fatimah fatemeh fatme fatmh
aisha aysha ayesha aicha aishah ayse aaysh
maryam mariam meriem miriam myriam mrym
khadija hadija khadijah khadijeh hatice khdyjh
zeinab zaynab zainab zeynep zeyneb zynb
abdullah abdallah abdulla abdalla abdoullah abdallh
abdulrahman abdelrahman abdurrahman abdalrahman abdarrahman abdalrhmn
abdul abdel abdal abdoul abdur abdus abder abdes
said saeed saied sayeed sayd
karim kareem krym
rashid rasheed rachid rashyd
jamal gamal djamal jamel djamel jmal
nasser naser nasir nassir nasr
tariq tarik tarek tareq tarq
walid waleed oualid wlyd
amin ameen amyn
salim saleem selim slym
sergey sergei sergej serguei sergiy serhii serhiy siarhei
alexey alexei aleksey aleksei aleksej alexej oleksii oleksiy
andrey andrei andrej andriy andrii
nikolay nikolai nikolaj nicolai mykola
dmitry dmitri dmitriy dmitrii dmitrij dmytro dimitri dimitry
yuri yury yuriy yurii jurij juri iurii
evgeny evgeniy evgenii evgenij evgeni yevgeny yevgeniy yevgenii yevgeni eugene eugeny yevhen evhen
alexander aleksandr alexandr aleksander alexandre alexandros oleksandr aliaksandr aleksandar
alexandra aleksandra oleksandra aliaksandra
mikhail mihail michail mikhael mykhailo
vladimir wladimir volodymyr vladimyr uladzimir
vasily vasiliy vasilii vasilij vasili vassily wassily vasyl
grigory grigoriy grigorii grigorij grigori hryhorii hryhoriy
georgy georgiy georgii georgij georgi gueorgui heorhii
valery valeriy valerii valerij valeri valerii
vitaly vitaliy vitalii vitalij vitali witali vitalii
anatoly anatoliy anatolii anatolij anatoli anatole
arkady arkadiy arkadii arkadij arkadi
gennady gennadiy gennadii gennadij gennadi hennadii
yaroslav jaroslav iaroslav yaroslaw jaroslaw
vyacheslav viacheslav vjaceslav vaceslav wjatscheslaw viatcheslav
pyotr petr piotr pjotr petro
fyodor fedor fjodor feodor fedir
artyom artem artjom artiom
semyon semen semjon semion
igor ihor
oleg oleh
ilya ilia iliya ilja illia
nikita mykyta mikita
yulia julia yuliya iuliia yuliia julija iulia juliya
natalia natalya nataliya nataliia natalja natalija nathalia
tatiana tatyana tatjana tetiana tetyana
maria mariya mariia marija marya
anastasia anastasiya anastasiia anastasija anastassia
ksenia kseniya kseniia ksenija xenia
evgenia evgeniya evgeniia yevgenia yevgeniya eugenia jewgenia
sofia sofiya sofiia sofija sophia
daria darya dariya dariia darja
viktoria viktoriya viktoriia viktorija victoria victoriya
ekaterina yekaterina jekaterina katerina kateryna
elena yelena jelena olena alena
olga olha
galina halyna halina
irina iryna
svetlana svitlana swetlana
lyudmila liudmila ludmila ljudmila lyudmyla ludmyla
lyubov liubov lubov ljubov
catherine katherine katharine kathryn catharine kathrin katrin
giorgos georgios yorgos yiorgos jorgos
yannis ioannis giannis iannis janis
nikos nicos
christos hristos xristos
dimitris dimitrios demetris demetrios
konstantinos constantinos kostas costas
eleni heleni helene
stephen steven stephan stefan
philip phillip filip philipp philippe
choi choe tsoi tsoy
yosef yossef josef yosif yvsf
yitzhak yitzchak itzhak itzik izhak isaac ytshk
david dawid daoud dawood dvd dwd
levi levy lvy
sarah sara srh
chaya haya haja hyh
rao rav rava ravu
noa noah nvah
reza rida riza ridha redha rda rdha
ben bin ibn bn vn
al el
van vd
von vd
der vd
den vd
bint binti binte bte bt
st saint
ste sainte
"""
_NONE: frozenset[str] = frozenset()
_FORMS: dict[str, frozenset[str]] = {}
for _line in _NAMES.split("\n"):
    for _name in _line.split():
        _FORMS[_name] = _FORMS.get(_name, frozenset()) | frozenset(_line.split())

# Mueller, Schaefer, Oezdemir; not Michael, Samuels, Joel, Queen; not so short that Baer were Bar.
_WRITTEN_OUT = re.compile("(?:^|(?<=[b-df-hj-np-tv-z])(?<!q))([aou])e(?=[b-df-hj-np-tv-z])(?!ls?$)")
_SHORTEST_WRITTEN_OUT = 5

# Yoruba names begin with God, crown, joy or father, and are called by what follows: Segun, Tunde.
_YORUBA = re.compile("(?:oluwa|olu(?!wa)|ade(?!l)|ayo|baba|temi)(?=[b-df-hj-np-tv-z][a-z]{3})")

_YORUBA_BEGINNINGS = frozenset(("olu", "ade", "ayo", "bab", "tem"))

_SLAVIC_ENDINGS = (
    (re.compile("sk(?:[iy]|ij|iy|ii|yi|yj|yy)$"), ("ski", "sky")),
    (re.compile("(?<=[oe])(?:v|ff|w)$"), ("v", "ff", "w")),
)
_SHORTEST_WITH_ENDING = 6


@lru_cache(maxsize=65_536)
def other_forms(word: str) -> frozenset[str]:
    """Return the other usual spellings of this folded word of a name."""
    forms = _FORMS.get(word, _NONE)
    if word.startswith(("mac", "mc")):
        forms = forms.union(gaelic_forms(word))
    if word.startswith("abd"):
        forms = forms.union(servant_forms(word)) - {word}
    if word[:3] in _YORUBA_BEGINNINGS and (beginning := _YORUBA.match(word)):
        forms = forms.union([word[beginning.end() :]])
    # Most words have none of these pairs, which is quicker to see than what surrounds them.
    if len(word) >= _SHORTEST_WRITTEN_OUT and ("ae" in word or "oe" in word or "ue" in word):
        forms = forms.union([_WRITTEN_OUT.sub(r"\1", word)]) - {word}
    return forms


def forms_beginning_with(prefix: str) -> frozenset[str]:
    """Return all forms of the given names of which one begins with ``prefix``."""
    return frozenset().union(*(forms for name, forms in _FORMS.items() if name.startswith(prefix)))


def with_other_endings(word: str) -> tuple[str, ...]:
    """Return a typed word, and what it is with the other endings of a Slavic surname.

    A name with Abdul has one form for all its beginnings.

    >>> with_other_endings("romanoff")
    ('romanoff', 'romanov', 'romanow')
    """
    if len(word) < _SHORTEST_WITH_ENDING:
        return (word,)
    if word.startswith("abd"):
        return tuple(dict.fromkeys((word, *servant_forms(word)[:1])))
    for pattern, endings in _SLAVIC_ENDINGS:
        if ending := pattern.search(word):
            stem = word[: ending.start()]
            return tuple(dict.fromkeys((word, *(stem + other for other in endings))))
    return (word,)

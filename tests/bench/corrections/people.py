"""A generated directory with names as alike as those of real people are.

Surnames are put together letter by letter, each drawn from what follows the two before it in common
names of many languages: short ones, many of which differ in one letter. Nobody in it exists.
"""

import random
from collections import defaultdict
from collections.abc import Iterator

from contactsgroups.autocomplete import Entry, EntryKind
from tests.bench.autocomplete.people import Zipf

_COMMON = (
    "aaltonen abe abdullah adams adeyemi aguilar ahmed akhtar alexander ali almeida alvarez "
    "andersen anderson andersson andrade antonov arslan bailey baker bakker barbosa barnes barros "
    "bauer becker bell benali bennett berg bernard bernardi bertrand bianchi blanc bogdanov "
    "bondarenko bonnet bos brooks brouwer brown bruno butler campbell cardoso carlsson carter "
    "castillo castro celik cerny chavez chen chevalier choi clark coleman collins colombo conti "
    "cook cooper costa cox cruz dahl danilov davies davis dekker delgado demir diallo dias diaz "
    "dijkstra dimitrov dubois dupont dvorak edwards egorov eriksen eriksson esposito estrada "
    "evans fabian farkas fedorov felix fernandes fernandez ferrari ferreira fischer flores "
    "fontana foster fournier francois frank fuchs fujita gallo garcia garnier gauthier georgiou "
    "girard gomes gomez goncalves gonzalez gray greco green griffin gruber guerin guerrero gupta "
    "gustafsson gutierrez haas hall hansen hansson hartmann hasan hashimoto henry hernandez "
    "hoffmann hofer horvat horvath huang hughes hussain huber ibrahim iglesias ivanov iversen "
    "jackson jain jansen jansson janssens jenkins jensen jimenez johansen johansson johnson jones "
    "jovanovic juarez kaiser kapoor karlsson kaya keller kelly khan kim king klein klimek koch "
    "kovac kovacs kowalski kozlov kramer krause kristensen kruger kucera kumar kuznetsov lambert "
    "lang larsen larsson lebedev lee lefebvre lehmann leon leroy lewis lindberg lindgren long "
    "lopes lopez lorenz lund madsen maier malik mancini marchetti marino marques martin martinez "
    "martins mazur medina meier melnyk mendez mendoza mercier meyer michel mikkelsen miller "
    "mishra mitchell mohamed molina moore morales moreau moreira morel moreno moretti morgan mori "
    "moser muller murphy murray mustafa nagy nakamura navarro nelson neumann nguyen nielsen "
    "nieminen nikolaev nilsen nilsson novak novikov nowak nunes obrien oconnor okafor okeke "
    "oliveira olsen olsson orlov ortega ortiz osman ozturk papadopoulos parker patel pavlov "
    "pedersen pereira perez perrin persson peters petersen petrov pettersson phillips pichler "
    "pinto popescu popov powell price prochazka quinn radu rahman ramirez ramos rasmussen reed "
    "reis reyes ribeiro ricci richard richter riley rivera rizzo roberts robinson rocha rodrigues "
    "rodriguez rogers romano romero ross rossi rousseau roux roy ruiz russell russo sahin saito "
    "salazar sanchez sanders santos sato schmid schmidt schmitt schneider schroeder schubert "
    "schulz schwarz scott semenov silva simon singh smirnov smith smits sokolov sorensen sousa "
    "stan stewart suarez suzuki svensson szabo takahashi tanaka taylor thomas thompson toth tran "
    "turner ueda vargas vasquez vega verma vidal vincent virtanen visser vogel volkov wagner "
    "walker wang ward watanabe watson weber weiss werner white williams wilson winter wisniewski "
    "wolf wood wright yamamoto yilmaz young zajac zeller zhang zimmermann"
).split()
_GIVEN = (
    "adam agnes ahmed aisha alberto alice amelie ana anders andrea andreas andrei anna anton "
    "astrid beatriz benjamin birgit bjorn camille carla carlos carmen caroline catherine "
    "charlotte chiara christian christine claire claudia cristina daniel david diego dmitri "
    "dorothea eduardo elena elisabeth emilia emma erik eva fabian fatima felix filip francesca "
    "frederik gabriel georg giulia grace greta gustav hanna hannah harald heidi helena henrik "
    "hugo irma ingrid irina isabel ivan jakob jan jana jasmin javier jens joanna johan johanna "
    "jonas jorge josef julia julie kamil karin karl katarina katharina kerstin klara lara lars "
    "laura lea leila lena leon linda lisa louise lucas lucia luis lukas magdalena manuel marco "
    "maria marie marta martin matteo matthias mehmet mia michael miguel mikael mohamed monika "
    "nadia natalia nicolas nina nora olga oliver oscar pablo patrick paul pavel pedro peter petra "
    "philipp pierre rafael rebecca ricardo robert roman rosa sabine samuel sandra sara sebastian "
    "sergei silvia simon sofia stefan stephanie susanne svetlana tanja teresa thomas tobias tomas "
    "ursula valentina vanessa vera veronika victor viktor vincent walter wilhelm xavier yasmin "
    "yusuf zeynep"
).split()

_SHORTEST, _LONGEST = 4, 12
_RARE_SURNAMES = 60_000


def directory(number: int, seed: int) -> Iterator[Entry]:
    """Yield ``number`` accounts; another seed gives other surnames."""
    chance = random.Random(seed)
    given = Zipf(_GIVEN, chance)
    surnames = Zipf(_COMMON + _rare(chance, min(number, _RARE_SURNAMES)), chance)
    pairs = zip(given.some(number), surnames.some(number), strict=True)
    for n, (first, last) in enumerate(pairs):
        name = f"{first} {last}".title()
        address = f"{first[0]}.{last}{n}@example.org"
        score = int(10 * chance.paretovariate(0.6)) % 1_000_000
        yield Entry(address, EntryKind.ACCOUNT, name, address, score, "{}")


def _rare(chance: random.Random, number: int) -> list[str]:
    """Return so many further surnames."""
    following = defaultdict(list)
    for name in _COMMON:
        framed = f"^^{name}$"
        for place in range(2, len(framed)):
            following[framed[place - 2 : place]].append(framed[place])
    found: dict[str, None] = {}
    while len(found) < number:
        name = _surname(following, chance)
        if _SHORTEST <= len(name) <= _LONGEST:
            found[name] = None
    return list(found)


def _surname(following: dict[str, list[str]], chance: random.Random) -> str:
    name = "^^"
    while not name.endswith("$"):
        name += chance.choice(following[name[-2:]])
    return name.strip("^$")

"""Most typing errors are understood, and hardly ever is anybody shown who cannot be meant.

The errors, the texts that mean nobody and the directory are made by ``tests/bench/corrections``,
which has its own ideas of keyboards and sounds, with a seed that nobody has tuned the engine to.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from contactsgroups.autocomplete import Shard, build_generation
from tests.bench.corrections.cases import Case, cases, nobody
from tests.bench.corrections.people import directory
from tests.bench.corrections.run import noise, share_found

SEED = 14
CASES = 250


class Asked(NamedTuple):
    shard: Shard
    cases: dict[str, list[Case]]


@pytest.fixture(scope="module", params=[5_000, 25_000])
def asked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Asked]:
    entries = list(directory(request.param, SEED))
    home = tmp_path_factory.mktemp("errors")
    build_generation(home, entries, position=1, epoch="e")
    shard = Shard.open(home)
    yield Asked(shard, cases(entries, CASES, SEED))
    shard.close()


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        # Half of what is missed has ten answers as it was typed; the rest are short names of few.
        ("a slip behind the first letter", 0.95),
        ("a slip at the first letter", 0.9),
        ("a sound behind the first letter", 0.9),
        ("a sound at the first letter", 0.9),
        ("two words, a slip in one", 0.97),
        ("two words, a slip in each", 0.97),
        # Among many entries, a wrong beginning may be anything; what is typed next usually tells.
        ("the same in a beginning", 0.65),
    ],
)
def test_what_was_meant_is_among_the_first_ten(asked: Asked, kind: str, wanted: float) -> None:
    assert share_found(asked.shard, asked.cases[kind]) >= wanted


def test_for_texts_that_mean_nobody_hardly_ever_anybody_is_shown(asked: Asked) -> None:
    texts = [text for some in nobody(CASES, SEED).values() for text in some]
    assert noise(asked.shard, texts) <= 0.0125

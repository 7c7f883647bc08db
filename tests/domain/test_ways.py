"""The shortest ways, compared with all ways there are."""

from collections.abc import Iterator, Mapping

from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.ways import shortest_ways

Graph = Mapping[int, list[int]]
GRAPHS = st.dictionaries(st.integers(0, 6), st.lists(st.integers(0, 6), max_size=4, unique=True))


def all_ways(graph: Graph, start: int, passed: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    """Every way from a start that visits nothing twice, with its end."""
    yield (*passed, start)
    for each in graph.get(start, []):
        if each not in (*passed, start):
            yield from all_ways(graph, each, (*passed, start))


@given(GRAPHS)
def test_each_way_is_one_of_the_shortest(graph: Graph) -> None:
    found = shortest_ways([0], lambda each: graph.get(each, []))
    every: dict[int, list[tuple[int, ...]]] = {}
    for way in all_ways(graph, 0):
        every.setdefault(way[-1], []).append(way[:-1])
    assert found.keys() == every.keys()
    for end, way in found.items():
        assert way in every[end]
        assert len(way) == min(map(len, every[end]))


def test_the_nearest_of_several_starts_counts() -> None:
    graph = {1: [3], 2: [4], 3: [5], 4: [], 5: [4]}
    assert shortest_ways([1, 2], lambda each: graph[each])[4] == (2,)

"""A group reaches every mailbox below it once, and no group may contain itself."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.expansion import expand, find_cycle

Graph = dict[str, list[str]]

_NODES = st.sampled_from([f"g{number}" for number in range(6)])
_MEMBERS = st.lists(st.one_of(_NODES, st.sampled_from("abcdefgh")), max_size=5)
_GRAPHS = st.dictionaries(_NODES, _MEMBERS)


def _reachable(graph: Graph, start: str) -> set[str]:
    """The definition, without any order: everything that a walk can reach."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for member in graph.get(waiting.pop(), []):
            if member not in found:
                found.add(member)
                waiting.append(member)
    return found


def test_nested_groups_are_walked_and_each_mailbox_appears_once() -> None:
    graph = {"all": ["sales", "it", "a"], "sales": ["a", "b"], "it": ["c", "b"]}
    expansion = expand("all", graph.get)
    assert sorted(expansion.mailboxes) == ["a", "b", "c"]
    assert set(expansion.groups) == {"sales", "it"}


@given(_GRAPHS, _NODES)
def test_expansion_reaches_what_a_walk_reaches_even_through_cycles(
    graph: Graph, start: str
) -> None:
    expansion = expand(start, graph.get)
    reachable = _reachable(graph, start) - {start}
    assert set(expansion.mailboxes) == {node for node in reachable if node not in graph}
    assert set(expansion.groups) == {node for node in reachable if node in graph}
    assert len(set(expansion.mailboxes)) == len(expansion.mailboxes)


@given(_GRAPHS, _NODES, _NODES)
def test_a_cycle_is_found_exactly_when_there_would_be_one_and_its_path_is_real(
    graph: Graph, group: str, member: str
) -> None:
    path = find_cycle(group, member, graph.get)
    assert (path is not None) == (group == member or group in _reachable(graph, member))
    if path is not None:
        assert path[0] == path[-1] == group
        assert path[1] == member
        for above, below in pairwise(path[1:]):
            assert below in graph[above]

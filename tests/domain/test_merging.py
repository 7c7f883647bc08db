"""Two people's changes of the same thing: none of them is lost."""

from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.merging import Value, merge, merge_value

_words = st.sampled_from(["", "a", "b", "c"])
_sets = st.frozensets(_words)
_pairs = st.tuples(_words, _words)
_names = st.sampled_from(["x", "y", "z"])


@st.composite
def states(draw: st.DrawFn) -> list[dict[str, Value]]:
    """Three states with values of the same kinds."""
    kinds = draw(st.dictionaries(_names, st.sampled_from([_words, st.booleans(), _sets, _pairs])))
    return [{name: draw(kind) for name, kind in kinds.items()} for _ in range(3)]


@given(states())
def test_whoever_alone_changed_a_value_has_changed_it(three: list[dict[str, Value]]) -> None:
    base, theirs, mine = three
    for name, merged in merge(base, theirs, mine).items():
        if isinstance(base[name], frozenset):
            continue
        if mine[name] == base[name]:
            assert merged.result == theirs[name]
        elif theirs[name] == base[name]:
            assert merged.result == mine[name]
        else:
            assert merged.is_conflict == (theirs[name] != mine[name])


@given(_sets, _sets, _sets)
def test_every_addition_and_removal_of_a_list_is_done(
    base: frozenset[str], theirs: frozenset[str], mine: frozenset[str]
) -> None:
    """Each element is a value of its own, in or out: compared with merging these."""
    merged = merge_value(base, theirs, mine)
    for each in base | theirs | mine:
        alone = merge_value(each in base, each in theirs, each in mine)
        assert alone.result is (each in (merged.result or ()))
    assert not merged.is_conflict


@given(states())
def test_it_does_not_matter_who_was_first(three: list[dict[str, Value]]) -> None:
    base, theirs, mine = three
    here, there = merge(base, theirs, mine), merge(base, mine, theirs)
    assert {name: each.result for name, each in here.items()} == {
        name: each.result for name, each in there.items()
    }


@given(states())
def test_without_a_base_nothing_is_lost(three: list[dict[str, Value]]) -> None:
    _, theirs, mine = three
    for name, merged in merge(None, theirs, mine).items():
        if isinstance(merged.result, frozenset):
            assert merged.result == theirs[name] | mine[name]  # type: ignore[operator]
        else:
            assert merged.is_conflict == (theirs[name] != mine[name])


def test_who_changed_what_is_told() -> None:
    merged = merge_value("was", "was", "is")
    assert (merged.is_theirs, merged.is_mine, merged.is_conflict) == (False, True, False)

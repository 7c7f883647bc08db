"""Generated rules."""

from collections.abc import Sequence

from hypothesis import strategies as st

from contactsgroups.domain.rule import FIELDS, And, Comparison, Condition, Node, Not, Or, Rule

VALUES = st.text(
    st.characters(exclude_categories=["C", "Zl", "Zp"]) | st.sampled_from("\t\n\u200d"), max_size=8
)
"""What a value may have: all but control characters."""

ATTRIBUTES = ("attribute.cost_center", "attribute.x-9")


def conditions(
    comparisons: Sequence[Comparison] = tuple(Comparison),
    values: st.SearchStrategy[str] | None = None,
) -> st.SearchStrategy[Condition]:
    """Conditions with these comparisons and values."""
    value = VALUES if values is None else values
    return st.sampled_from(comparisons).flatmap(lambda each: _with(each, value))


def _with(comparison: Comparison, value: st.SearchStrategy[str]) -> st.SearchStrategy[Condition]:
    fields = ("department",) if comparison is Comparison.UNDER else (*FIELDS, *ATTRIBUTES)
    most = 3 if comparison is Comparison.ONE_OF else 1
    count = {"min_size": 1, "max_size": most} if comparison.takes_value else {"max_size": 0}
    if comparison is Comparison.UNDER:
        value = st.sampled_from(["Sales", "sales/europe", "\u00c4"])
    values = st.lists(value, **count).map(tuple)
    return st.builds(Condition, st.sampled_from(fields), st.just(comparison), values)


def rules(leaves: st.SearchStrategy[Condition] | None = None) -> st.SearchStrategy[Rule]:
    """Rules of these conditions, of few enough parts that they are not too long."""

    def joined(node: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        several = st.lists(node, min_size=2, max_size=3).map(tuple)
        return st.one_of(st.builds(And, several), st.builds(Or, several), st.builds(Not, node))

    leaf: st.SearchStrategy[Node] = conditions() if leaves is None else leaves
    return st.builds(Rule, st.recursive(leaf, joined, max_leaves=8))

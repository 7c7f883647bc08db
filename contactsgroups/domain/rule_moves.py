"""A department gets another path: rules that name the old one name the new one then."""

from contactsgroups.domain.rule import And, Comparison, Condition, Node, Not, Or, Rule
from contactsgroups.domain.text import fold

_NAMES_NO_DEPARTMENT = frozenset({Comparison.CONTAINS, Comparison.IS_SET, Comparison.IS_NOT_SET})
"""What asks for a piece of text, which may stand in many paths, or for none."""


def follow_move(rule: Rule, old: str, new: str) -> Rule:
    """Return the rule with a department's new path wherever it named the old one, or one below.

    Conditions with "contains" stay: they ask for a piece of text and name no department.
    """
    return Rule(_followed(rule.root, old, new))


def moved_path(path: str, old: str, new: str) -> str:
    """Return a department's path after one has moved: its own, if it is neither that nor below.

    Names are compared as rules compare them, without case and accents.
    """
    names, above = path.split("/"), old.split("/")
    begins = [fold(name) for name in names[: len(above)]]
    if begins != [fold(name) for name in above]:
        return path
    return "/".join([new, *names[len(above) :]])


def _followed(node: Node, old: str, new: str) -> Node:
    match node:
        case Condition("department", comparison, values) if comparison not in _NAMES_NO_DEPARTMENT:
            moved = tuple(moved_path(value, old, new) for value in values)
            return Condition("department", comparison, moved)
        case Not(part):
            return Not(_followed(part, old, new))
        case And(parts):
            return And(tuple(_followed(part, old, new) for part in parts))
        case Or(parts):
            return Or(tuple(_followed(part, old, new) for part in parts))
    return node

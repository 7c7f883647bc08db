"""Take back one change of a group and keep what came after it.

The audit log says what each value was and is, and who came and went.  The inverse of that is merged
with what is stored now (see :mod:`contactsgroups.domain.merging`): whatever was changed again since
stays as it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contactsgroups.domain.group import Role
from contactsgroups.domain.merging import Value, merge_value

MEMBERS = "members"
"""The name of the list of members; lists of roles are called like the role."""

_SOURCE = frozenset({"kind", "department", "rule"})
"""Where members come from is one value of three fields: a rule means nothing to another kind."""


@dataclass(frozen=True, slots=True)
class Moves:
    """Which addresses came into a list, and which left it."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()

    def without(self, addresses: Iterable[str]) -> "Moves":
        """Return the moves of all other addresses."""
        out = frozenset(addresses)
        return Moves(self.added - out, self.removed - out)

    def taken_back(self, present: frozenset[str]) -> frozenset[str]:
        """Return a list as it is without these moves, with all that moved since."""
        result = merge_value(self.added, present, self.removed).result
        return result if isinstance(result, frozenset) else present


@dataclass(frozen=True, slots=True)
class GroupChange:
    """What one unit of work did to a group.

    Attributes:
        fields: what each was and is; a department is its path, and nothing is "".
        lists: who moved, by :data:`MEMBERS` or the name of a role.
        last_days: until when members were in it and are, ISO 8601; "" for no end.  Of a group that
            follows the directory, until when accounts are pinned.
    """

    fields: Mapping[str, tuple[Value, Value]] = field(default_factory=dict)
    lists: Mapping[str, Moves] = field(default_factory=dict)
    last_days: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, details: Iterable[Mapping[str, Any]]) -> "GroupChange":
        """Read the details of the entries that the audit log has of one group and unit of work."""
        fields: dict[str, tuple[Value, Value]] = {}
        lists: dict[str, Moves] = {}
        last_days: dict[str, tuple[str, str]] = {}
        for detail in details:
            last_days |= _last_days_in(detail)
            for name, (before, after) in detail.get("fields", {}).items():
                fields[name] = ("" if before is None else before, "" if after is None else after)
            for name, section in {MEMBERS: detail.get(MEMBERS), **detail.get("roles", {})}.items():
                known, more = lists.get(name, Moves()), section or {}
                lists[name] = Moves(
                    known.added | frozenset(more.get("added", ())),
                    known.removed | frozenset(more.get("removed", ())),
                )
        moved = {name: each for name, each in lists.items() if each != Moves()}
        return cls(fields, moved, last_days)

    def without(self, addresses: Iterable[str]) -> "GroupChange":
        """Return the change without the moves of some addresses."""
        out = frozenset(addresses)
        return GroupChange(
            self.fields,
            {name: each.without(out) for name, each in self.lists.items()},
            {name: days for name, days in self.last_days.items() if name not in out},
        )


def _last_days_in(detail: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    pinned = detail.get("roles", {}).get(Role.ALWAYS_MEMBER, {})
    changed = {
        **(detail.get(MEMBERS) or {}).get("changed", {}),
        **pinned.get("changed", {}),  # What it says of members follows from that.
    }
    pairs = {name: fields["until"] for name, fields in changed.items() if "until" in fields}
    return {name: (before or "", after or "") for name, (before, after) in pairs.items()}


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The fields to write, and the names of those that stay: they were changed again since."""

    values: Mapping[str, Value]
    kept: tuple[str, ...]


def take_back(change: GroupChange, present: Mapping[str, Value]) -> TakenBack:
    """Return what fields are without a change.

    Args:
        present: what is stored now; fields that are not in it are left alone.

    >>> change = GroupChange({"rule": ("a", "b"), "moderated": (False, True)})
    >>> take_back(change, {"rule": "c", "moderated": True})
    TakenBack(values={'moderated': False}, kept=('rule',))
    """
    merged = {
        name: merge_value(after, present[name], before)
        for name, (before, after) in change.fields.items()
        if name in present
    }
    kept = {name for name, each in merged.items() if each.result is None}
    if kept & _SOURCE:
        kept |= _SOURCE & merged.keys()
    values = {
        name: each.result
        for name, each in merged.items()
        if each.result is not None and name not in kept and each.result != each.theirs
    }
    return TakenBack(values, tuple(sorted(kept)))

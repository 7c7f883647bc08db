"""Says of each completion of an answer how it matches what was typed."""

from collections.abc import Sequence
from functools import lru_cache

from contactsgroups.autocomplete import Completion, Explainer, Query, with_payload
from contactsgroups.services.completion.payload import shown_of, via_of, with_match

_QUERIES = 512
_COMPLETIONS = 64


def add_matches(query: Query, completions: Sequence[Completion]) -> list[Completion]:
    """Return the completions, their payloads extended by ``match``."""
    matching = _matching(query)
    return [with_payload(each, matching.extended(each)) for each in completions]


class _Matching:
    """What a query matches; kept, since short ones are asked again and again."""

    def __init__(self, query: Query) -> None:
        self._explain = Explainer(query).explain
        self._made: dict[tuple[int, str], str] = {}

    def extended(self, found: Completion) -> str:
        """Return the payload of a completion with its ``match``."""
        match, payload = found.match, found.payload
        key = match + 0, payload  # Hashing a member of an enumeration takes longer.
        extended = self._made.get(key)
        if extended is None:
            alias = via_of(payload)
            shown = ("", alias) if alias else shown_of(payload, found.name, found.address)
            extended = with_match(payload, self._explain(match, *shown))
            if len(self._made) >= _COMPLETIONS:
                self._made.clear()
            self._made[key] = extended
        return extended


_matching = lru_cache(_QUERIES)(_Matching)

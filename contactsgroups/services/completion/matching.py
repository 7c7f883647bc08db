"""Says of each completion of an answer how it matches what was typed."""

from collections.abc import Sequence
from functools import lru_cache

from contactsgroups.autocomplete import Completion, Query, explain, with_payload
from contactsgroups.services.completion.payload import shown_of, with_match

_QUERIES = 512
_COMPLETIONS = 64


def add_matches(query: Query, completions: Sequence[Completion]) -> list[Completion]:
    """Return the completions, their payloads extended by ``match``."""
    made = _made_for(query)
    if len(made) > _COMPLETIONS:
        made.clear()
    return [with_payload(each, _with_match(query, each, made)) for each in completions]


@lru_cache(_QUERIES)
def _made_for(_query: Query) -> dict[tuple[int, str], str]:
    """Return what was made for a query: short ones are asked again and again."""
    return {}


def _with_match(query: Query, found: Completion, made: dict[tuple[int, str], str]) -> str:
    match, payload = found.match, found.payload
    key = match + 0, payload  # Hashing a member of an enumeration takes longer.
    extended = made.get(key)
    if extended is None:
        shown = shown_of(payload, found.name, found.address)
        made[key] = extended = with_match(payload, explain(query, match, *shown))
    return extended

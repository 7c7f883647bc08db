"""Whom somebody may have meant with a line that is no member: from what completes it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from contactsgroups.domain.member_lines import MemberLine
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.text import fold
from contactsgroups.services.completion import CompletionIndex, EntryKind

_KINDS = (EntryKind.ACCOUNT, EntryKind.GROUP)
_LIKE = 0.75
"""How much of two local parts must be alike, as ``difflib`` measures it."""
_TRIED = 5  # completions


def with_proposals(
    index: CompletionIndex, actor: Principal, lines: Sequence[MemberLine]
) -> list[MemberLine]:
    """Return lines that need a look, with the nearest account or group that the actor may see."""
    return [_with_proposal(index, actor, line) for line in lines]


def _with_proposal(index: CompletionIndex, actor: Principal, line: MemberLine) -> MemberLine:
    if line.proposal:
        return line
    if line.address is not None:
        found = _nearest(index, actor, line.address.local_part, line.address.domain)
        return replace(line, proposal=found if found != str(line.address) else "")
    if line.text and "@" not in line.text:
        return replace(line, proposal=_only_one(index, actor, line.text))
    return line


def _nearest(index: CompletionIndex, actor: Principal, local_part: str, domain: str) -> str:
    """Return the address in the domain whose local part is most like another one, or ""."""
    best, likeness = "", _LIKE
    for query in _queries(local_part):
        for each in index.complete(actor, query, limit=_TRIED, kinds=_KINDS):
            local, _, of = each.address.rpartition("@")
            if of != domain:
                continue
            ratio = SequenceMatcher(None, fold(local), fold(local_part)).ratio()
            if ratio > likeness:
                best, likeness = each.address, ratio
        if best:
            break
    return best


def _queries(local_part: str) -> Iterator[str]:
    """Yield what may complete to the address that was meant: all of it, then its beginning."""
    words = "".join(each if each.isalnum() else " " for each in local_part).split()
    yield " ".join(words)
    yield from words[:2]
    yield local_part[: max(3, len(local_part) // 2)]


def _only_one(index: CompletionIndex, actor: Principal, name: str) -> str:
    """Return the only address that a name completes to, or ""."""
    found = index.complete(actor, name, limit=2, kinds=_KINDS)
    return found[0].address if len(found) == 1 else ""

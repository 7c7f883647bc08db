"""Give members back the last days that they had before a change: a part of its undo."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from contactsgroups.domain.authority import Right
from contactsgroups.domain.group import GroupKind, Role
from contactsgroups.domain.last_day import in_sentence, read_last_day
from contactsgroups.domain.sentence import Sentence
from contactsgroups.domain.undoing import MEMBERS, GroupChange, Moves
from contactsgroups.persistence.models import Group
from contactsgroups.persistence.queries import scalars_where
from contactsgroups.services.accounts.group_standing import require_in_group
from contactsgroups.services.groups.drafts import GroupDraft
from contactsgroups.services.groups.last_days import (
    dated_rows,
    ended_among,
    entity_with_day,
    set_last_days_in,
    without_ended,
)
from contactsgroups.services.groups.restoration import told
from contactsgroups.services.unit_of_work import Work


def set_former_days_in(
    work: Work, group: Group, change: GroupChange, staying: Collection[str], notes: list[str]
) -> bool:
    """Give those who stay the last days that they had; return whether anything differs."""
    moves = _moves_of_dated(group, change)
    asked = (change.last_days.keys() & staying) - moves.added - moves.removed
    column = entity_with_day(group).address
    stored = {
        row.address: "" if row.until is None else row.until.isoformat()
        for row in scalars_where(work.session, dated_rows(group), column, sorted(asked))
    }
    back: dict[str, date | None] = {}
    for address in sorted(stored):
        before, after = change.last_days[address]
        if stored[address] == after:
            back[address] = read_last_day(before)
        elif stored[address] != before:
            notes.append(
                Sentence(
                    "the last day of {member} in {address} was changed again since",
                    member=address,
                    address=group.original,
                )
            )
    ended = {each: until for each in sorted(ended_among(back)) if (until := back[each])}
    notes += (_day_stays(group, each, until) for each, until in ended.items())
    open_ones = {address: until for address, until in back.items() if address not in ended}
    return bool(set_last_days_in(work, group, open_ones))


def without_ended_pins(
    draft: GroupDraft, stored: GroupDraft, change: GroupChange, notes: list[str]
) -> GroupDraft:
    """Return a draft that pins nobody again whose last day has passed."""
    again = {*draft.always_members} - {*stored.always_members}
    former = {
        each: read_last_day(change.last_days[each][0]) for each in again & {*change.last_days}
    }
    ended = ended_among(former)
    if not ended:
        return draft
    notes += told(without_ended, sorted(ended))
    staying = tuple(each for each in draft.always_members if each not in ended)
    return replace(draft, always_members=staying)


def already_pinned(group: Group) -> frozenset[str]:
    """Return the normalised addresses of the accounts that are always in a group."""
    return frozenset(row.address for row in group.roles if row.role == Role.ALWAYS_MEMBER)


def pin_until_former_days_in(
    work: Work, group: Group, change: GroupChange, before: Collection[str], notes: list[str]
) -> bool:
    """Give pinned accounts the last days that they had; return whether anything differs.

    Args:
        before: those that were pinned when the undo began: whoever pinned them again meanwhile has
            decided until when.  The others are none whose day has passed (without_ended_pins).
    """
    pinned = already_pinned(group)
    if not GroupKind(group.kind).is_derived or not change.last_days.keys() & pinned:
        return False
    again = (_moves_of_dated(group, change).removed & pinned & change.last_days.keys()) - {*before}
    require_in_group(work.session, work.actor, Right.CHANGE_SOURCE, group)
    days = {each: read_last_day(change.last_days[each][0]) for each in again}
    is_dated = bool(set_last_days_in(work, group, days))
    return set_former_days_in(work, group, change, pinned, notes) or is_dated


def _moves_of_dated(group: Group, change: GroupChange) -> Moves:
    """Return who came to those that have last days in a group, and who left them."""
    name = Role.ALWAYS_MEMBER if GroupKind(group.kind).is_derived else MEMBERS
    return change.lists.get(name, Moves())


def _day_stays(group: Group, address: str, former: date) -> Sentence:
    return Sentence(
        "the last day of {member} in {address} stays: the former one, {day}, has passed",
        member=address,
        address=group.original,
        day=in_sentence(former),
    )

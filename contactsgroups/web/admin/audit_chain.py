"""What the page of the audit log says first: is the log whole, and since when is that known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from contactsgroups.domain.audit_inspection import Damage
from contactsgroups.domain.authority import Right, may
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.sentence import Sentence
from contactsgroups.services.audit_verification import NEWEST, Verification


@dataclass(frozen=True, slots=True)
class ChainStatus:
    """What is known of the chain, in words that the page translates.

    Attributes:
        faults: a sentence for each; empty where nothing was found, or nothing was verified yet.
        more: how many faults are not among them.
        checked: what was verified, and when; the newest verification first.
        is_unsealed: whether entries have no seal of this installation.
        may_verify: whether the reader may verify now.
        newest: so many entries are verified then.
    """

    faults: tuple[Sentence, ...]
    more: int
    checked: tuple[Sentence, ...]
    is_unsealed: bool
    may_verify: bool
    newest: int = NEWEST


def status_of(found: Sequence[Verification], principal: Principal) -> ChainStatus:
    """Say what the last verifications found, to somebody who reads the log."""
    faults = dict.fromkeys(fault for each in found for fault in each.faults)
    return ChainStatus(
        faults=tuple(fault.sentence for fault in faults),
        more=sum(each.fault_count - len(each.faults) for each in found),
        checked=tuple(_checked(each) for each in found),
        is_unsealed=any(fault.damage is Damage.NOT_SEALED for fault in faults),
        may_verify=may(principal, Right.MANAGE_DOMAIN, None) and not principal.read_only,
    )


def _checked(found: Verification) -> Sentence:
    """Return such as "Every entry up to 48,210 was checked 12 minutes ago"."""
    when = _ago(datetime.now(UTC) - found.at)
    if found.last == 0:
        return Sentence("There was no entry yet {when}", when=when)
    if found.is_of_all:
        return Sentence("Every entry up to {last:,} was checked {when}", last=found.last, when=when)
    return Sentence(
        "The newest entries, {first:,} to {last:,}, were checked {when}",
        first=found.first,
        last=found.last,
        when=when,
    )


def _ago(time: timedelta) -> Sentence:
    seconds = int(time.total_seconds())
    if days := seconds // 86400:
        return Sentence("{number:,} day ago", many="{number:,} days ago", number=days)
    if hours := seconds // 3600:
        return Sentence("{number} hour ago", many="{number} hours ago", number=hours)
    if minutes := seconds // 60:
        return Sentence("{number} minute ago", many="{number} minutes ago", number=minutes)
    return Sentence("just now")

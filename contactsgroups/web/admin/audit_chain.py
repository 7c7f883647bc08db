"""What the page of the audit log says first: is the log whole, and since when is that known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from contactsgroups.domain.audit_inspection import Damage
from contactsgroups.domain.authority import Right, may
from contactsgroups.domain.principal import Principal
from contactsgroups.services.audit_verification import NEWEST, Verification


@dataclass(frozen=True, slots=True)
class ChainStatus:
    """What is known of the chain, in words.

    Attributes:
        faults: a sentence for each; empty where nothing was found, or nothing was verified yet.
        more: how many faults are not among them.
        checked: what was verified, and when; the newest verification first.
        is_unsealed: whether entries have no seal of this installation.
        may_verify: whether the reader may verify now.
        newest: so many entries are verified then.
    """

    faults: tuple[str, ...]
    more: int
    checked: tuple[str, ...]
    is_unsealed: bool
    may_verify: bool
    newest: int = NEWEST


def status_of(found: Sequence[Verification], principal: Principal) -> ChainStatus:
    """Say what the last verifications found, to somebody who reads the log."""
    faults = dict.fromkeys(fault for each in found for fault in each.faults)
    return ChainStatus(
        faults=tuple(f"{str(fault).capitalize()}." for fault in faults),
        more=sum(each.fault_count - len(each.faults) for each in found),
        checked=tuple(_checked(each) for each in found),
        is_unsealed=any(fault.damage is Damage.NOT_SEALED for fault in faults),
        may_verify=may(principal, Right.MANAGE_DOMAIN, None) and not principal.read_only,
    )


def _checked(found: Verification) -> str:
    """Return such as "Every entry up to 48,210 was checked 12 minutes ago"."""
    when = _ago(datetime.now(UTC) - found.at)
    if found.last == 0:
        return f"There was no entry yet {when}"
    if found.is_of_all:
        return f"Every entry up to {found.last:,} was checked {when}"
    return f"The newest entries, {found.first:,} to {found.last:,}, were checked {when}"


def _ago(time: timedelta) -> str:
    for seconds, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        number = int(time.total_seconds()) // seconds
        if number:
            return f"{number:,} {unit}{'' if number == 1 else 's'} ago"
    return "just now"

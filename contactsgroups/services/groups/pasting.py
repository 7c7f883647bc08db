"""Members that are pasted or uploaded, with a report for each line that needs a look."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from sqlalchemy import select

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import ContactsGroupsError, InvalidInput
from contactsgroups.domain.member_lines import MemberLine
from contactsgroups.domain.mistyped import is_one_slip_from
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.sentence import Sentence
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import Group, Member
from contactsgroups.persistence.queries import local_domain_names
from contactsgroups.services.accounts.sharing import visible_domain_names
from contactsgroups.services.groups.last_days import Stay, last_days_of, require_open_now
from contactsgroups.services.groups.member_pieces import AddedMembers, add_in_pieces
from contactsgroups.services.groups.members import ADDRESSES_LIMIT, require_editable

ADDRESS = "{address}: "
"""How errors begin that name an address first; beside the address, they go without."""
_LONG = 8
"""Letters of a domain before another one with one letter changed is more likely a slip."""
COMMON_DOMAINS = frozenset(
    (
        "126.com 163.com aol.com free.fr freenet.de gmail.com gmx.at gmx.ch gmx.de gmx.net "
        "googlemail.com hotmail.com icloud.com laposte.net libero.it live.com mail.ru mailbox.org "
        "me.com msn.com orange.fr outlook.com posteo.de proton.me protonmail.com qq.com "
        "t-online.de web.de yahoo.com yandex.ru"
    ).split()
)
"""Where many people have their own addresses: a line that is nearly one of there may mean it."""
_COMPARED = 500
"""The most unknown domains that are compared with ours: each with each takes its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasteReport:
    """What became of the lines.

    Attributes:
        lines: how many were read.
        added: the addresses that are new.
        already: how many were members before.
        dated: how many of these have another last day now.
        doubled: how many say again what a line above them says.
        refused: those that need a look, with what is wrong; in order.
        left: those that were not looked at, because of ``stopped``.
    """

    lines: int
    added: tuple[str, ...] = ()
    already: int = 0
    dated: int = 0
    doubled: int = 0
    refused: tuple[MemberLine, ...] = ()
    left: tuple[MemberLine, ...] = ()
    stopped: ContactsGroupsError | None = None

    @property
    def unchanged(self) -> int:
        """How many were members before and are as they were."""
        return self.already - self.dated

    @property
    def is_clean(self) -> bool:
        """Whether no line needs a look."""
        return not (self.refused or self.left)


def paste_members(
    database: Database,
    actor: Principal,
    uuid: str,
    lines: Sequence[MemberLine],
    *,
    until: date | Stay | None = Stay.AS_IT_IS,
) -> PasteReport:
    """Add what can be added; nothing is mended that nobody has looked at.

    An address whose domain is nearly one of ours waits until somebody says that it is meant.

    Args:
        until: the last day of those whose line has none of its own, also of those who are members
            already; None for no end.

    Raises:
        InvalidInput: there are too many lines, or none, or the last day has passed.
        GroupNotFound, MembersAreDerived, NotPermitted, Unavailable: nothing was changed.
    """
    require_editable(database, actor, uuid)
    if len(lines) > ADDRESSES_LIMIT:
        raise InvalidInput(
            "more than {limit} addresses at once", field="members", limit=ADDRESSES_LIMIT
        )
    if not lines:
        raise InvalidInput("no address was given", field="members")
    lines = [_without_past_day(each) for each in lines]
    first = _first_of_each(lines)
    doubtful = _find_doubtful(database, actor, first.values())
    candidates = {
        key: line.address
        for key, line in first.items()
        if line.address is not None and key not in doubtful
    }
    own_days = {key: first[key].until for key in candidates if first[key].until is not None}
    last_days = {**last_days_of(candidates, until), **own_days}
    result = add_in_pieces(database, actor, uuid, candidates, last_days)
    refused = _plausible(database, actor, uuid, [each for each in lines if each.address is None])
    refused += doubtful.values()
    refused += [_refused(first[key], result.group, why) for key, why in result.refused.items()]
    return _report(lines, first, result, refused)


def _without_past_day(line: MemberLine) -> MemberLine:
    """Return a line that is to be looked at if its last day has passed."""
    try:
        require_open_now(line.until)
    except InvalidInput as error:
        day = line.day or str(line.until)
        return replace(line, address=None, until=None, day=day, fault=error.sentence)
    return line


def _report(
    lines: Sequence[MemberLine],
    first: Mapping[str, MemberLine],
    result: AddedMembers,
    refused: Sequence[MemberLine],
) -> PasteReport:
    valid = sum(each.address is not None for each in lines)
    return PasteReport(
        lines=len(lines),
        added=tuple(result.added),
        already=result.already,
        dated=result.dated,
        doubled=valid - len(first),
        refused=tuple(sorted(refused, key=lambda each: each.number)),
        left=tuple(first[key] for key in result.left),
        stopped=result.stopped,
    )


def _first_of_each(lines: Sequence[MemberLine]) -> dict[str, MemberLine]:
    """Return the first line with each address, by its normalised form."""
    first: dict[str, MemberLine] = {}
    for line in lines:
        if line.address is not None:
            first.setdefault(str(line.address), line)
    return first


def _refused(line: MemberLine, group: str, reason: str) -> MemberLine:
    address = str(line.address)
    if address == group:
        return replace(line, fault=Sentence("the group cannot be in itself"))
    return replace(line, fault=_without_address(reason, address))


def _without_address(reason: str, address: str) -> str:
    """Return what is wrong, where the address stands beside it."""
    if isinstance(reason, Sentence) and reason.message.startswith(ADDRESS):
        rest = reason.message.removeprefix(ADDRESS)
        return Sentence(rest, many=reason.many, **reason.values)
    return reason.removeprefix(f"{address}: ")


def _find_doubtful(
    database: Database, actor: Principal, lines: Collection[MemberLine]
) -> dict[str, MemberLine]:
    """Return the addresses whose domain is one slip from one of ours that the actor may see."""
    with database.read() as session:
        served = local_domain_names(session)
        readable = visible_domain_names(session, actor)
    ours = served if readable is None else served & readable
    asked = dict.fromkeys(
        each.address.domain
        for each in lines
        if each.address is not None and each.address.domain not in served
    )
    compared = islice(asked, _COMPARED)
    meant = {domain: near for domain in compared for near in _near(domain, ours)}
    return {
        str(line.address): _doubtful(line, line.address, meant[line.address.domain])
        for line in lines
        if line.address is not None and line.address.domain in meant and not line.is_seen
    }


def _plausible(
    database: Database, actor: Principal, uuid: str, lines: Sequence[MemberLine]
) -> list[MemberLine]:
    """Return lines with those proposals alone whose domain is known here, or one slip from it.

    Known are the domains that the actor may see, those of the group's members, and the common ones:
    whatever stands behind an @ makes a domain, but nobody meant ``ada@exa.mple``.
    """
    if not any(each.proposal for each in lines):
        return [*lines]
    with database.read() as session:
        of_group = select(Member.address).join(Group).where(Group.uuid == uuid)
        known = {each.rpartition("@")[2] for each in session.scalars(of_group)}
        served, readable = local_domain_names(session), visible_domain_names(session, actor)
    known |= COMMON_DOMAINS | (served if readable is None else served & readable)
    return [replace(each, proposal=_in_known_domain(each.proposal, known)) for each in lines]


def _in_known_domain(proposal: str, known: Collection[str]) -> str:
    if not proposal:
        return ""
    address = Address.parse(proposal)
    if address.domain in known:
        return proposal
    near = next(_near(address.domain, known), "")
    return f"{address.local_part}@{near}" if near else ""


def _near(domain: str, ours: Collection[str]) -> Iterator[str]:
    return (each for each in sorted(ours) if len(each) >= _LONG and is_one_slip_from(each, domain))


def _doubtful(line: MemberLine, address: Address, domain: str) -> MemberLine:
    fault = Sentence(
        "the domain {domain} is nearly {ours}; send it once more if it is meant",
        domain=address.domain,
        ours=domain,
    )
    return replace(line, fault=fault, proposal=f"{address.local_part}@{domain}")

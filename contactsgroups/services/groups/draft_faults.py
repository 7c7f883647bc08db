"""Why a group was not saved: everything that is wrong with its draft, each at its field.

Saving stops at the first fault, so that what is right costs nothing more.  Only then is the whole
draft looked at, by the same rules.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy.orm import Session

from contactsgroups.domain import authority
from contactsgroups.domain.address import Address
from contactsgroups.domain.authority import Right
from contactsgroups.domain.errors import (
    ContactsGroupsError,
    InvalidAddress,
    InvalidInput,
    MembersAreDerived,
    NoMembers,
)
from contactsgroups.domain.faults import FAULTS, Faults
from contactsgroups.domain.group import GroupKind, GroupSettings
from contactsgroups.domain.principal import Principal
from contactsgroups.domain.sentence import Sentence
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import DomainRow, Group
from contactsgroups.services import pictures
from contactsgroups.services.accounts import addresses, domains
from contactsgroups.services.accounts.departments import find_department
from contactsgroups.services.accounts.group_standing import require_in_group
from contactsgroups.services.groups.drafts import GroupDraft
from contactsgroups.services.groups.lookup import require_group
from contactsgroups.services.groups.members import ADDRESSES_LIMIT, find_member_faults
from contactsgroups.services.groups.pins import find_pin_faults
from contactsgroups.services.groups.responsible import Named, find_irresponsible, responsible_for
from contactsgroups.services.groups.stored_settings import settings_of

FAULTS_OF_A_FIELD = 20
"""Faults that are said of one field; who pastes a wrong file needs no more."""


@contextmanager
def saying_all_faults(
    database: Database,
    actor: Principal,
    draft: GroupDraft,
    *,
    uuid: str = "",
    right: Right = Right.CREATE_GROUP,
) -> Iterator[None]:
    """Let a fault that is raised within bring all others of the draft with it.

    Args:
        uuid: the group that is changed, if there is one.
        right: what the actor needs to create one.

    Raises:
        SeveralFaults: there is more than one.
    """
    try:
        yield
    except FAULTS as error:
        faults = Faults()
        with database.read() as session:
            group = _require_editable(session, actor, uuid) if uuid else None
            _Inspection(session, actor, draft, group, faults).run(right)
        _note_first(faults, error)
        faults.refuse()


def _require_editable(session: Session, actor: Principal, uuid: str) -> Group:
    """Return the group, of which nothing is told to whom may not change it."""
    group = require_group(session, uuid)
    require_in_group(session, actor, Right.EDIT_SETTINGS, group)
    return group


def _note_first(faults: Faults, error: ContactsGroupsError) -> None:
    """Let the fault that was met be among those that are said, wherever it belongs."""
    if str(error) not in map(str, faults.errors):
        faults.note(error)


class _Inspection:
    """Looks at every value of a draft, and changes nothing."""

    def __init__(
        self,
        session: Session,
        actor: Principal,
        draft: GroupDraft,
        group: Group | None,
        faults: Faults,
    ) -> None:
        self._session = session
        self._actor = actor
        self._draft = draft
        self._group = group
        self._faults = faults
        self._before = settings_of(group) if group else None

    def run(self, right: Right) -> None:
        """Note what is wrong; what the directory has is told to those only who may create here."""
        address = self._parse_address()
        settings = self._checked_settings()
        named = self._parse_roles()
        members = self._parse_members()
        if self._may_look(address, right):
            with self._faults.at("picture"):  # It takes long, so not for just anybody.
                if self._draft.picture:
                    pictures.normalise(self._draft.picture)
            domain = self._find_domain(address)
            self._look_up(domain, settings)
            self._look_up_pins(domain, named)
            self._look_up_people(named, members)

    def _may_look(self, address: Address | None, right: Right) -> bool:
        if self._group is not None:
            return True
        if address is not None:
            return authority.may(self._actor, right, address.domain)
        administered = authority.domains_where(self._actor, Right.CREATE_GROUP)
        return administered is None or bool(administered)

    def _parse_address(self) -> Address | None:
        if self._group is not None and self._draft.address == self._group.original:
            return self._group.parsed_address
        with self._faults.at("address"):
            address = Address.parse(self._draft.address, field="address")
            if self._group is not None and address.domain != self._group.domain.name:
                raise InvalidInput("a group cannot move to another domain", field="address")
            return address
        return None

    def _checked_settings(self) -> GroupSettings:
        with self._faults.at("settings"):
            return self._draft.settings.checked(self._before)
        return self._draft.settings

    def _parse_roles(self) -> Named:
        kept = {row.original for row in self._group.roles} if self._group else set()
        named: set[tuple[str, str]] = set()
        for role, texts in self._draft.roles.items():
            found = _parse(self._faults, [each for each in texts if each not in kept], f"{role}s")
            named |= {(role, key) for key in found}
            named |= {(role, _key_of(each)) for each in texts if each in kept}
        return frozenset(named)

    def _parse_members(self) -> dict[str, Address]:
        texts = self._draft.members or ()
        if len(texts) > ADDRESSES_LIMIT:
            return {}  # That is the fault, and was raised.
        return _parse(self._faults, texts, "members")

    def _find_domain(self, address: Address | None) -> DomainRow | None:
        if self._group is not None:
            self._require_free(address)
            return self._group.domain
        if address is None:
            return None
        with self._faults.at("address"):
            domain = domains.require_domain(self._session, address.domain)
            self._require_free(address)
            return domain
        return None

    def _require_free(self, address: Address | None) -> None:
        own = self._group.address if self._group else ""
        if address is None or str(address) == own:
            return
        with self._faults.at("address"):
            addresses.require_free(self._session, address)

    def _look_up(self, domain: DomainRow | None, settings: GroupSettings) -> None:
        unchanged = self._before is not None and self._before.department == settings.department
        if settings.kind == GroupKind.DEPARTMENT and settings.department and not unchanged:
            with self._faults.at("department"):
                if domain is not None:
                    find_department(self._session, domain, settings.department)

    def _look_up_pins(self, domain: DomainRow | None, named: Named) -> None:
        kind = self._draft.settings.kind
        if kind not in list(GroupKind):
            return
        before = {(row.role, row.address) for row in self._group.roles} if self._group else set()
        unfit = find_pin_faults(
            self._session, domain.id if domain else None, GroupKind(kind), named, before
        )
        _note_some(self._faults, unfit, "cannot be pinned")

    def _look_up_people(self, named: Named, members: dict[str, Address]) -> None:
        before = responsible_for(self._group) if self._group else frozenset()
        irresponsible = find_irresponsible(
            self._session, self._actor, self._draft.settings, named, before, self._before
        )
        _note_some(self._faults, irresponsible, "cannot be named")
        kind = self._draft.settings.kind
        if kind in list(GroupKind) and GroupKind(kind).is_derived:
            if self._draft.members:
                text = Sentence("members of this kind of group follow the directory")
                self._faults.note(MembersAreDerived(text), "members")
            return
        address = self._group.address if self._group else self._free_address()
        unfit = find_member_faults(self._session, self._actor, address, members)
        _note_some(self._faults, unfit.values(), "cannot be members", "members")
        if not self._draft.members and (self._group is None or self._draft.members is not None):
            self._faults.note(NoMembers("a group needs at least one member"), "members")

    def _free_address(self) -> str:
        """Return the address of a new group; nothing, if it cannot have it."""
        is_faulty = any(each.field == "address" for each in self._faults.errors)
        return "" if is_faulty else _key_of(self._draft.address)


def _parse(faults: Faults, texts: Sequence[str], field: str) -> dict[str, Address]:
    """Return the addresses among texts by their keys; note those that are none."""
    found: dict[str, Address] = {}
    wrong: list[InvalidAddress] = []
    for text in texts:
        try:
            address = Address.parse(text, field=field)
            found[str(address)] = address
        except InvalidAddress as error:
            wrong.append(error)
    _note_some(faults, wrong, "are no addresses", field)
    return found


def _note_some(
    faults: Faults, found: Iterable[ContactsGroupsError], what: str, field: str = ""
) -> None:
    """Note the first faults of each field, and of how many more addresses the same is true."""
    by_field: dict[str, list[ContactsGroupsError]] = {}
    for each in found:
        by_field.setdefault(each.field or field, []).append(each)
    for name, errors in by_field.items():
        faults.note_all(errors[:FAULTS_OF_A_FIELD], name)
        if (more := len(errors) - FAULTS_OF_A_FIELD) > 0:
            faults.note(
                InvalidAddress("{count} more {what}", field=name, count=more, what=Sentence(what))
            )


def _key_of(text: str) -> str:
    """Return an address as it is stored; a text that is none as it is."""
    try:
        return str(Address.parse(text))
    except InvalidAddress:
        return text

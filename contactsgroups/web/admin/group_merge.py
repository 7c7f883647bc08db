"""The form of a group that another principal saved meanwhile: what is settled, what to choose."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from contactsgroups.domain.address import Address
from contactsgroups.domain.errors import InvalidAddress
from contactsgroups.domain.group import SETTINGS
from contactsgroups.domain.mailboxes import addresses_in
from contactsgroups.domain.merging import MergedValue, Value, merge
from contactsgroups.domain.sentence import Sentence
from contactsgroups.web.admin.group_form import LABELS, ROLE_FIELDS, GroupForm, words_of_setting
from contactsgroups.web.languages import gettext, mark

_SOURCE = ("kind", "department", "rule")  # One decision: a rule without its kind says nothing.
_ORDER = ("display_name", "address", "description", "kind")
_NEW, _GONE = Sentence("A new picture"), Sentence("No picture")


@dataclass(frozen=True, slots=True)
class FieldMerge:
    """One field, in words: what it was, what both made of it."""

    name: str
    label: str
    was: str
    theirs: str
    mine: str
    seen: str
    value: MergedValue

    @property
    def is_list(self) -> bool:
        """Whether it is a list, of which single entries came and went."""
        return isinstance(self.value.mine, frozenset)

    @property
    def result(self) -> str:
        """What it will be."""
        return self.theirs if self.value.result == self.value.theirs else self.mine

    def moved(self) -> Iterator[tuple[str, str, str]]:
        """Yield ``+`` or ``−``, the entry, and whose change it is, for a list."""
        base = self.value.base if isinstance(self.value.base, frozenset) else frozenset[str]()
        for whose, state in ((mark("yours"), self.value.mine), (mark("theirs"), self.value.theirs)):
            if isinstance(state, frozenset):
                yield from (("+", each, whose) for each in sorted(state - base))
                yield from (("−", each, whose) for each in sorted(base - state))


@dataclass(frozen=True, slots=True)
class GroupMerge:
    """What was typed, beside what was saved meanwhile."""

    mine: GroupForm
    theirs: GroupForm
    fields: tuple[FieldMerge, ...]

    @classmethod
    def of(cls, mine: GroupForm, theirs: GroupForm) -> "GroupMerge":
        """Compare both with what the form showed."""
        base = mine.shown_form()
        values = merge(
            _values(base, base.picture_mark) if base else None,
            _values(theirs, theirs.picture_mark),
            _values(mine, (base or theirs).picture_mark),
        )
        changed = (name for name in _in_order(values) if _is_changed(values[name]))
        return cls(mine, theirs, tuple(_field(n, values[n], base, theirs, mine) for n in changed))

    @property
    def conflicts(self) -> tuple[FieldMerge, ...]:
        """The fields that both changed, each to another value."""
        return tuple(each for each in self.fields if each.value.is_conflict)

    @property
    def settled(self) -> tuple[FieldMerge, ...]:
        """The fields that nobody has to choose for."""
        return tuple(each for each in self.fields if not each.value.is_conflict)

    def undecided(self, choices: Mapping[str, str]) -> tuple[str, ...]:
        """Return the fields that still must be chosen for.

        Args:
            choices: ``choose.NAME`` and ``seen.NAME`` as the page sends them; a choice counts for
                the value that it was made against.
        """
        return tuple(
            each.name
            for each in self.conflicts
            if choices.get(f"choose.{each.name}") not in {"mine", "theirs"}
            or choices.get(f"seen.{each.name}") != each.seen
        )

    def tell(self, changed_by: str) -> str:
        """Return a sentence about what others changed meanwhile, for whom it is new."""
        labels = [gettext(each.label) for each in self.settled if each.value.is_theirs]
        if not labels:
            return ""
        return gettext(
            "{changed_by} saved it while you were editing; kept of that: {fields}.",
            changed_by=changed_by,
            fields=", ".join(labels),
        )

    def settle(self, choices: Mapping[str, str]) -> GroupForm:
        """Return the form with both people's changes, and for conflicts what was chosen."""
        form = replace(self.mine, version=self.theirs.version, shown=self.theirs.shown)
        for each in self.fields:
            if each.is_list:
                form = _with_list(form, self.theirs, each)
            elif _takes_theirs(each, choices):
                form = _with_theirs(form, self.theirs, each.name)
        return form


def _takes_theirs(field: FieldMerge, choices: Mapping[str, str]) -> bool:
    if field.value.is_conflict:
        return choices.get(f"choose.{field.name}") == "theirs"
    return field.value.result == field.value.theirs


def _with_theirs(form: GroupForm, theirs: GroupForm, name: str) -> GroupForm:
    if name == "picture":
        return replace(form, picture=None)
    if name == "address":
        return replace(form, values={**form.values, name: theirs.values[name]})
    names = _SOURCE if name == "kind" else (name,)
    stored = theirs.settings.values()
    return replace(form, settings=form.settings.changed({each: stored[each] for each in names}))


def _with_list(form: GroupForm, theirs: GroupForm, field: FieldMerge) -> GroupForm:
    spelled = {**_spellings(form.values[field.name]), **_spellings(theirs.values[field.name])}
    result = field.value.result
    kept = [
        text for key, text in spelled.items() if isinstance(result, frozenset) and key in result
    ]
    return replace(form, values={**form.values, field.name: ", ".join(kept)})


def _in_order(values: Mapping[str, MergedValue]) -> list[str]:
    return [*_ORDER, *(name for name in values if name not in _ORDER)]


def _is_changed(value: MergedValue) -> bool:
    return value.is_conflict or value.is_mine or value.is_theirs


def _values(form: GroupForm, picture_mark: str) -> dict[str, Value]:
    """Return what makes a difference, by the names of the fields."""
    settings = form.settings_in_use()
    values: dict[str, Value] = {"address": form.values["address"].strip()}
    for each in SETTINGS:
        value = getattr(settings, each.name)
        values[each.name] = value if isinstance(value, bool) else _tidied(value)
    values["kind"] = tuple(str(values.pop(name)) for name in _SOURCE)
    for name in ROLE_FIELDS:
        values[name] = frozenset(_spellings(form.values[name]))
    values["picture"] = _picture_of(form, picture_mark)
    return values


def _tidied(text: str) -> str:
    """Return a text as it is whoever sends it: browsers break lines in another way."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _picture_of(form: GroupForm, mark: str) -> str:
    """Return what tells pictures apart; a form that brings none has the one that it showed."""
    if form.picture is None:
        return mark
    return hashlib.sha256(form.picture).hexdigest() if form.picture else ""


def _spellings(text: str) -> dict[str, str]:
    """Return the addresses in a list by how they are stored; what is none as it is."""
    return {_key_of(each): each for each in addresses_in(text)}


def _key_of(text: str) -> str:
    try:
        return str(Address.parse(text))
    except InvalidAddress:
        return text


def _field(
    name: str, value: MergedValue, base: GroupForm | None, theirs: GroupForm, mine: GroupForm
) -> FieldMerge:
    seen = hashlib.sha256(repr(value.theirs).encode()).hexdigest()[:16]
    was = _words(name, base, value.base) if base else ""
    texts = was, _words(name, theirs, value.theirs), _words(name, mine, value.mine)
    return FieldMerge(name, LABELS[name], *texts, seen, value)


def _words(name: str, form: GroupForm, value: Value | None) -> str:
    if name == "picture":
        return _NEW if value else _GONE
    if name in form.values:
        return form.values[name].strip() or Sentence("nothing")
    if name != "kind":
        return words_of_setting(name, form.settings)
    source = form.settings_in_use()
    kind, origin = words_of_setting("kind", source), source.department or source.rule
    return Sentence("{kind}: {origin}", kind=kind, origin=origin) if origin else kind

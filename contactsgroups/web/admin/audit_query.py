"""Which entries of the audit log a page is asked for, as its URL says it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta

from contactsgroups.catalogues import LANGUAGES
from contactsgroups.domain.address import display_address
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.domain.sentence import Day, Sentence
from contactsgroups.services.audit_log import AuditFilter
from contactsgroups.web.admin.audit_sentences import ANY_CHANGE, NOUNS, verbs_of
from contactsgroups.web.admin.parameters import as_address, as_domain, read_text
from contactsgroups.web.languages import mark

_YEARS = range(1970, 3000)  # A day behind the last one must be a date on every database.
_OPERATOR = mark("Operator")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed and chosen; empty for anything.

    ``what`` is "group", or "change group"; ``since`` and ``until`` are the first and the last day,
    in UTC.
    """

    q: str = ""
    who: str = ""
    what: str = ""
    on: str = ""
    domain: str = ""
    since: str = ""
    until: str = ""

    @property
    def parameters(self) -> dict[str, str]:
        """What stands in the URL."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in values.items() if value}

    @property
    def chosen(self) -> dict[str, Sentence]:
        """The filters that are set, in words; the search is none of them."""
        told = {
            "who": Sentence("By {who}", who=_who_in_words(self.who)),
            "what": _what_in_words(self.what),
            "on": Sentence("On {what}", what=display_address(self.on)),
            "domain": Sentence("In {domain}", domain=display_address(self.domain)),
            "since": Sentence("From {day}", day=_day_in_words(self.since)),
            "until": Sentence("Until {day}", day=_day_in_words(self.until)),
        }
        return {name: text for name, text in told.items() if getattr(self, name)}

    def without(self, name: str) -> dict[str, str]:
        """Return the parameters without one of them."""
        return replace(self, **{name: ""}).parameters

    def faults(self) -> dict[str, Sentence]:
        """Return what is wrong with each field."""
        found = {
            name: Sentence("This is no date. Type it as 2026-11-30.")
            for name in ("since", "until")
            if getattr(self, name) and _day(getattr(self, name)) is None
        }
        first, last = _day(self.since), _day(self.until)
        if first and last and first > last:
            found["until"] = Sentence("This is before the first day.")
        return found

    def filter(self) -> AuditFilter:
        """Return what the service is asked for; fields with faults count as empty."""
        return AuditFilter(
            words=self.q,
            actor=_actor(self.who) or None,
            actions=_actions(self.what),
            subject=as_address(self.on) or None,
            domain=as_domain(self.domain) or None,
            since=_begin_of(_day(self.since)),
            until=_begin_of(_day(self.until), days_later=1),
        )


def read_asked() -> Asked:
    """Return what the present request asks for."""
    asked = Asked(**{each.name: read_text(each.name) for each in fields(Asked)})
    return replace(asked, domain=as_domain(asked.domain))


def choices_of_what() -> Mapping[Sentence, Mapping[str, Sentence]]:
    """Return the choices for ``what``, by the name of their kind."""
    return {
        many: {noun: Sentence(ANY_CHANGE, kind=many)}
        | {f"{verb} {noun}": Sentence(text, kind=many) for verb, text in verbs_of(noun).items()}
        for noun, many in ((noun, Sentence(many)) for noun, many in NOUNS.items())
    }


def _actor(text: str) -> str:
    """Return the address that entries have; the operator is called so instead."""
    names = {each.texts.gettext(_OPERATOR).casefold() for each in LANGUAGES}
    is_operator = text.casefold() in names
    return str(OPERATOR.address) if is_operator else as_address(text)


def _who_in_words(text: str) -> Sentence:
    is_operator = _actor(text) == str(OPERATOR.address)
    return Sentence(_OPERATOR) if is_operator else Sentence("{text}", text=display_address(text))


def _actions(what: str) -> tuple[str, ...]:
    if what in NOUNS:
        return tuple(f"{verb} {what}" for verb in verbs_of(what))
    return (what,) if what else ()


def _what_in_words(what: str) -> Sentence:
    known = (each[what] for each in choices_of_what().values() if what in each)
    return next(known, Sentence("{text}", text=what))


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def _day_in_words(text: str) -> str:
    begin = _begin_of(_day(text))
    return text if begin is None else Day(begin)


def _begin_of(day: date | None, *, days_later: int = 0) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day, time(), UTC) + timedelta(days=days_later)

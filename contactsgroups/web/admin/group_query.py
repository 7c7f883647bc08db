"""What the list of groups is asked for: between its URL and a filter, an order and a place."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import parse_qsl

from flask import url_for
from werkzeug.datastructures import MultiDict

from contactsgroups.domain.group import GroupKind
from contactsgroups.services.groups.filtering import GroupFilter
from contactsgroups.services.groups.findings import Finding
from contactsgroups.services.groups.listing import Place
from contactsgroups.services.groups.ordering import GroupOrder, Sorting
from contactsgroups.web.admin.parameters import as_domain, one_line

FLAGS = ("shown", "moderated", "disabled")
"""Filters that are yes, no or left out."""
PLACE_LIMIT = 600  # characters: a folded name and an address
_YES_NO = {"yes": True, "no": False}
_ALL, _BY_NAME, _START = GroupFilter(), Sorting(GroupOrder.NAME), Place()

Values = Mapping[str, str | list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupQuery:
    """A filter, an order and a place, as one URL of the list has them."""

    wanted: GroupFilter = _ALL
    sorting: Sorting = _BY_NAME
    place: Place = _START

    @classmethod
    def read(cls, given: "MultiDict[str, str]") -> Self:
        """Read parameters; what no page of ours asks for counts as left out."""
        texts = {name: one_line(given.get(name, "")) for name in ("q", "owner")}
        kinds = {GroupKind(each) for each in given.getlist("kind") if each in [*GroupKind]}
        wanted = GroupFilter(
            search=texts["q"],
            kinds=frozenset(kinds),
            domains=frozenset(filter(None, map(_domain, given.getlist("domain")))),
            owner=texts["owner"] or None,
            shown=_flag(given, "shown"),
            moderated=_flag(given, "moderated"),
            disabled=_flag(given, "disabled"),
            finding=_finding(given.get("finding", "")),
        )
        sorting = _sorting_of(given.get("sort", ""))
        return cls(wanted=wanted, sorting=sorting, place=_place_in(given))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the query part of a URL."""
        return cls.read(MultiDict(parse_qsl(text)))

    @property
    def values(self) -> Values:
        """The parameters of the URL, the place excepted; what is left out is absent."""
        flags = {name: getattr(self.wanted, name) for name in FLAGS}
        values: dict[str, str | list[str]] = {
            "q": self.wanted.search,
            "kind": sorted(self.wanted.kinds),
            "domain": sorted(self.wanted.domains),
            "owner": self.wanted.owner or "",
            **{name: "yes" if flag else "no" for name, flag in flags.items() if flag is not None},
            "finding": self.wanted.finding or "",
            "sort": _text_of(self.sorting) if self.sorting != _BY_NAME else "",
        }
        return {name: value for name, value in values.items() if value}

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out of the list, beside what does not match the words."""
        return replace(self.wanted, search="") != _ALL

    @property
    def without_filters(self) -> str:
        """The URL of the list with what was searched for, and all that it finds."""
        return self.url(**dict.fromkeys(name for name in self.values if name not in {"q", "sort"}))

    @property
    def is_plain(self) -> bool:
        """Whether all groups are asked for."""
        return self.wanted == _ALL

    def pairs(self, *, but: Collection[str] = ()) -> list[tuple[str, str]]:
        """Return the parameters one by one, for the hidden fields of a form."""
        return [
            (name, each)
            for name, value in self.values.items()
            if name not in but
            for each in (value if isinstance(value, list) else [value])
        ]

    def url(self, **changes: str | list[str] | None) -> str:
        """Return the URL of the first page, with some parameters changed; None drops one."""
        values: dict[str, Any] = {**self.values, **changes}
        return url_for("contactsgroups.groups.show_all", **values)

    def url_of_page(self, place: Place) -> str:
        """Return the URL of the page that begins, or ends, at a place."""
        return self.url(**_place_values(place))

    @property
    def text(self) -> str:
        """The query part of this page's URL, which :meth:`parse` reads."""
        return self.here.partition("?")[2]

    @property
    def here(self) -> str:
        """The URL of this page."""
        return self.url_of_page(self.place)

    def sorted_by(self, order: str) -> str:
        """Return the URL of the list in another order; in the same one, the other way round."""
        sorting = Sorting(GroupOrder(order), GroupOrder(order) in _FALLING)
        sorting = sorting.turned if sorting == self.sorting else sorting
        return self.url(sort=_text_of(sorting) if sorting != _BY_NAME else None)

    def direction(self, order: str) -> str | None:
        """Return the value of ``aria-sort`` for a column, if the list is sorted by it."""
        if self.sorting.order != order:
            return None
        return "descending" if self.sorting.is_falling else "ascending"


_FALLING = frozenset({GroupOrder.RECIPIENTS, GroupOrder.CHANGED})
"""What most people ask for the largest or the newest of."""


def _domain(text: str) -> str:
    return as_domain(one_line(text))


def _finding(text: str) -> Finding | None:
    return Finding(text) if text in [*Finding] else None


def _flag(given: "MultiDict[str, str]", name: str) -> bool | None:
    return _YES_NO.get(given.get(name, ""))


def _place_in(given: "MultiDict[str, str]") -> Place:
    before, after = (_without_controls(given.get(name, "")) for name in ("before", "after"))
    return Place(text=before or after, is_backwards=bool(before))


def _without_controls(text: str) -> str:
    """Return a place; none has what databases refuse, and names may have what is not printed."""
    is_odd = any(unicodedata.category(each) in {"Cc", "Cs"} for each in text)
    return "" if is_odd else text[:PLACE_LIMIT]


def _place_values(place: Place) -> dict[str, str]:
    return {"before" if place.is_backwards else "after": place.text} if place.text else {}


def _text_of(sorting: Sorting) -> str:
    return f"-{sorting.order}" if sorting.is_falling else str(sorting.order)


def _sorting_of(text: str) -> Sorting:
    name = text.removeprefix("-")
    return Sorting(GroupOrder(name), text != name) if name in [*GroupOrder] else _BY_NAME

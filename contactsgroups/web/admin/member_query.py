"""What the list of a group's members is asked for: between its URL and a filter and a place."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qsl

from flask import url_for
from werkzeug.datastructures import MultiDict

from contactsgroups.services.groups.member_filtering import ALL_MEMBERS, MemberFilter, MemberKind
from contactsgroups.web.admin.parameters import one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberQuery:
    """A filter and a place, as one URL of a group's list has them; ``before`` goes first."""

    uuid: str
    wanted: MemberFilter = ALL_MEMBERS
    after: str = ""
    before: str = ""

    @classmethod
    def read(cls, uuid: str, given: "MultiDict[str, str]") -> Self:
        """Read parameters; what no page of ours asks for counts as left out."""
        kinds = {MemberKind(each) for each in given.getlist("kind") if each in [*MemberKind]}
        search, after, before = (one_line(given.get(name, "")) for name in ("q", "after", "before"))
        wanted = MemberFilter(search=search, kinds=frozenset(kinds))
        return cls(uuid=uuid, wanted=wanted, after="" if before else after, before=before)

    @classmethod
    def parse(cls, uuid: str, text: str) -> Self:
        """Read the query part of a URL."""
        return cls.read(uuid, MultiDict(parse_qsl(text)))

    @property
    def values(self) -> dict[str, str | list[str]]:
        """The parameters of the URL, the place excepted; what is left out is absent."""
        values: dict[str, str | list[str]] = {
            "q": self.wanted.search,
            "kind": [str(each) for each in sorted(self.wanted.kinds)],
        }
        return {name: value for name, value in values.items() if value}

    @property
    def is_placed(self) -> bool:
        """Whether the page begins elsewhere than at the beginning."""
        return bool(self.after or self.before)

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
        return self.url_of("show", **changes)

    def url_of(self, view: str, **changes: str | list[str] | None) -> str:
        """Return the URL of another view of the same members, without a place."""
        values: dict[str, Any] = {**self.values, **changes}
        return url_for(f"contactsgroups.members.{view}", uuid=self.uuid, **values)

    def url_with(self, kind: str) -> str:
        """Return the URL with a kind wanted as well, or not any more if it is."""
        return self.url(kind=sorted(self.wanted.kinds ^ {MemberKind(kind)}))

    @property
    def here(self) -> str:
        """The URL of this page."""
        place = {"before": self.before} if self.before else {"after": self.after}
        return self.url(**{name: text for name, text in place.items() if text})

    @property
    def text(self) -> str:
        """The query part of this page's URL, which :meth:`parse` reads."""
        return self.here.partition("?")[2]

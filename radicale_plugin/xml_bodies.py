"""The XML of a request, checked before a tree is made of it.

It is read once by the parser alone, which makes nothing, and stops where it finds too much.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.parsers import expat

from radicale_plugin import limits
from radicale_plugin.refusal import Refusal, bad_request, forbidden

_DAV = "DAV: "
_CARDDAV = "urn:ietf:params:xml:ns:carddav "
_CALDAV = "urn:ietf:params:xml:ns:caldav "
_HREF = _DAV + "href"
_PROP = _DAV + "prop"
_CONDITIONS = frozenset({"prop-filter", "param-filter", "comp-filter", "text-match", "time-range"})
_REPORTS = frozenset(
    {
        _CARDDAV + "addressbook-query",
        _CARDDAV + "addressbook-multiget",
        _DAV + "sync-collection",
        # Radicale answers these with nothing, which keeps some clients going.
        _DAV + "expand-property",
        _DAV + "principal-property-search",
        _DAV + "principal-search-property-set",
    }
)
_CALENDAR_REPORTS = frozenset(
    _CALDAV + name for name in ("calendar-query", "calendar-multiget", "free-busy-query")
)
_CALENDARS = frozenset({_CALDAV + "calendar", "http://calendarserver.org/ns/ subscribed"})


@dataclass
class Body:
    """What is known of the XML of a request."""

    root: str = ""
    properties: int = 0
    makes_calendar: bool = False
    names_type: bool = False
    _open: list[str] = field(default_factory=list)
    _elements: int = 0
    _hrefs: int = 0
    _conditions: int = 0
    _text: int = 0
    _href_text: int = 0

    @property
    def asks(self) -> bool:
        """Whether there is an element in the first one."""
        return self._elements + self._hrefs > 1

    @property
    def is_calendar_report(self) -> bool:
        """Whether it is a report on calendars (RFC 4791 section 7)."""
        return self.root in _CALENDAR_REPORTS

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Count an element, which ``name`` is: its namespace, a space, and its local name."""
        parent = self._open[-1] if self._open else ""
        self.root = self.root or name
        self._open.append(name)
        self._href_text = 0
        self._count(name, parent)
        if len(self._open) > limits.DEPTH:
            raise bad_request(f"XML is nested at most {limits.DEPTH} deep")
        if len(attributes) > limits.ATTRIBUTES:
            raise bad_request(f"an element has at most {limits.ATTRIBUTES} attributes")
        self._text += sum(map(len, attributes.values()))
        if parent == _HREF:
            raise bad_request("an href has no elements")
        if parent == _PROP:
            self._check_property(name)
        if name == _DAV + "resourcetype" and parent == _PROP:
            self.names_type = True
        if name in _CALENDARS and parent == _DAV + "resourcetype":
            self.makes_calendar = True
        if name == _CALDAV + "comp" and "name" not in attributes:
            raise bad_request("a component needs a name")

    def end(self, name: str) -> None:
        """Close an element."""
        self._open.pop()
        if name == _HREF and not self._href_text:
            raise bad_request("an href is empty")

    def read_text(self, text: str) -> None:
        """Count characters between tags."""
        if self._open and self._open[-1] == _HREF:
            self._href_text += len(text.strip())
            return
        self._text += len(text)
        if self._text > limits.TEXT:
            raise bad_request(f"XML has at most {limits.TEXT} characters")

    def refuse_doctype(self, *_: object) -> None:
        """Refuse a document type: no client needs one, and entities are for attacks."""
        raise bad_request("XML with a document type is not read")

    def _count(self, name: str, parent: str) -> None:
        if name == _HREF:
            self._hrefs += 1
        else:
            self._elements += 1
        self.properties += parent == _PROP
        self._conditions += name.rpartition(" ")[2] in _CONDITIONS
        if self._hrefs > limits.HREFS:
            raise _matches(f"a request names at most {limits.HREFS} cards")
        if self._conditions > limits.CONDITIONS:
            raise forbidden(
                f"a filter has at most {limits.CONDITIONS} parts", "CR:supported-filter"
            )
        if self.properties > limits.PROPERTIES_ASKED:
            raise bad_request(f"a request has at most {limits.PROPERTIES_ASKED} properties")
        if self._elements > limits.ELEMENTS:
            raise bad_request(f"XML has at most {limits.ELEMENTS} elements")

    def _check_property(self, name: str) -> None:
        # Radicale cannot tell such a name from one of its own abbreviations.
        if " " not in name or "}" in name:
            raise bad_request(f"a property has no namespace that can be used: {name!r}")


def read_body(octets: bytes) -> Body:
    """Return what the XML of a request asks for; an empty body asks for nothing.

    Raises:
        Refusal: it is no XML, or has more of something than ``limits`` allows.
    """
    body = Body()
    if not octets:
        return body
    # What is decoded before is UTF-8 now, whatever its first line says.
    parser = expat.ParserCreate("utf-8", " ")
    parser.StartElementHandler = body.start
    parser.EndElementHandler = body.end
    parser.CharacterDataHandler = body.read_text
    parser.StartDoctypeDeclHandler = body.refuse_doctype
    try:
        parser.Parse(octets, True)
    except expat.ExpatError as error:
        raise bad_request(f"the body is no XML: {error}") from error
    except RecursionError as error:
        raise bad_request("XML is nested too deeply") from error
    return body


def with_hrefs(text: str, rewrite: Callable[[str], str]) -> str:
    """Return XML that was read before with every href rewritten; the same text if none changes."""
    if "href" not in text:
        return text
    root = ElementTree.fromstring(text)  # noqa: S314 - read_body refuses document types
    changed = False
    for each in root.iter("{DAV:}href"):
        former = (each.text or "").strip()
        each.text = rewrite(former)
        changed = changed or each.text != former
    return ElementTree.tostring(root, encoding="unicode") if changed else text


def check_report(body: Body, *, calendars: bool) -> None:
    """Check that a report is one of those that this server makes (RFC 3253 section 3.6).

    Raises:
        Refusal: it is another.
    """
    known = _REPORTS | _CALENDAR_REPORTS if calendars else _REPORTS
    if body.root and body.root not in known:
        reason = f"there is no such report: {body.root.rpartition(' ')[2]}"
        raise forbidden(reason, "D:supported-report")


def _matches(reason: str) -> Refusal:
    return forbidden(reason, "D:number-of-matches-within-limits")

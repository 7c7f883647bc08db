"""A small WebDAV client: what address-book programs send, and their answers taken apart."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote
from xml.sax.saxutils import escape

import httpx

PASSWORD = "correct horse battery"
NAMESPACES = {
    "D": "DAV:",
    "CR": "urn:ietf:params:xml:ns:carddav",
    "CS": "http://calendarserver.org/ns/",
}
_DECLARATIONS = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMESPACES.items())

# The body of an extended MKCOL (RFC 6352 section 6.3.1).
MAKING_A_BOOK = (
    f"<D:mkcol {_DECLARATIONS}><D:set><D:prop><D:resourcetype><D:collection/><CR:addressbook/>"
    "</D:resourcetype></D:prop></D:set></D:mkcol>"
)


@dataclass
class Resource:
    """What a multistatus says about one href: its status if gone, else its found properties."""

    status: int = 200
    found: dict[str, ET.Element] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.found[name].text or ""

    def names(self, name: str) -> set[str]:
        """The tags below a property, as ``{"D:collection", "CR:addressbook"}``."""
        return {_short(element.tag) for element in self.found[name].iter()} - {name}


class Client(httpx.Client):
    """Sends requests as one account; paths are relative to the CardDAV root."""

    def propfind(self, path: str, *names: str, depth: int = 0) -> dict[str, Resource]:
        body = f"<D:propfind {_DECLARATIONS}><D:prop>{_tags(names)}</D:prop></D:propfind>"
        return multistatus(self.send_xml("PROPFIND", path, body, Depth=str(depth)))

    def sync(self, path: str, token: str = "", *names: str) -> tuple[str, dict[str, Resource]]:
        """Return the new token and what changed since the old one."""
        response = self.send_sync(path, token, *names or ["D:getetag"])
        new = _parse(response.content).findtext("{DAV:}sync-token")
        assert new, response.text
        return new, multistatus(response)

    def send_sync(self, path: str, token: str, *names: str) -> httpx.Response:
        return self.send_xml(
            "REPORT",
            path,
            f"<D:sync-collection {_DECLARATIONS}><D:sync-token>{escape(token)}</D:sync-token>"
            f"<D:sync-level>1</D:sync-level><D:prop>{_tags(names)}</D:prop></D:sync-collection>",
        )

    def multiget(self, path: str, *hrefs: str) -> dict[str, Resource]:
        wanted = "".join(f"<D:href>{escape(href)}</D:href>" for href in hrefs)
        names = _tags(["D:getetag", "CR:address-data"])
        body = (
            f"<CR:addressbook-multiget {_DECLARATIONS}><D:prop>{names}</D:prop>{wanted}"
            "</CR:addressbook-multiget>"
        )
        return multistatus(self.send_xml("REPORT", path, body))

    def query(self, path: str, filter_: str) -> dict[str, Resource]:
        return multistatus(self.send_query(path, filter_))

    def send_query(self, path: str, filter_: str) -> httpx.Response:
        names = _tags(["D:getetag", "CR:address-data"])
        body = (
            f"<CR:addressbook-query {_DECLARATIONS}><D:prop>{names}</D:prop>{filter_}"
            "</CR:addressbook-query>"
        )
        return self.send_xml("REPORT", path, body)

    def send_xml(self, method: str, path: str, body: str, **headers: str) -> httpx.Response:
        headers |= {"Content-Type": "application/xml; charset=utf-8"}
        return self.request(method, path, content=body.encode(), headers=headers)


def multistatus(response: httpx.Response) -> dict[str, Resource]:
    """Take a multistatus apart; the hrefs are unquoted (RFC 4918 section 13)."""
    assert response.status_code == 207, f"{response.status_code} {response.text}"
    resources = {}
    for element in _parse(response.content).findall("D:response", NAMESPACES):
        href = unquote(element.findtext("D:href", "", NAMESPACES))
        resource = Resource(_status(element) or 200)
        for propstat in element.findall("D:propstat", NAMESPACES):
            if _status(propstat) == 200:
                for found in propstat.iterfind("D:prop/*", NAMESPACES):
                    resource.found[_short(found.tag)] = found
        resources[href] = resource
    return resources


def prop_filter(name: str, text: str, match_type: str = "contains", extra: str = "") -> str:
    """One filter of an address-book query for a property and a text."""
    return (
        f'<CR:prop-filter name="{name}"><CR:text-match match-type="{match_type}" {extra}>'
        f"{escape(text)}</CR:text-match></CR:prop-filter>"
    )


def any_of(*filters: str) -> str:
    return f'<CR:filter test="anyof">{"".join(filters)}</CR:filter>'


def all_of(*filters: str) -> str:
    return f'<CR:filter test="allof">{"".join(filters)}</CR:filter>'


def _parse(content: bytes) -> ET.Element:
    # It comes from our own server.
    return ET.fromstring(content)  # noqa: S314


def _tags(names: Iterable[str]) -> str:
    return "".join(f"<{name}/>" for name in names)


def _status(element: ET.Element) -> int:
    text = element.findtext("D:status", "", NAMESPACES)
    return int(text.split()[1]) if text else 0


def _short(tag: str) -> str:
    for prefix, name in NAMESPACES.items():
        tag = tag.replace(f"{{{name}}}", f"{prefix}:")
    return tag

"""What people are shown of a message before they decide about it: safe text, in bounded time.

A message is hostile input.  Nothing in it is run, opened or loaded; whatever is broken, endless or
in an unknown encoding is shown as far as it can be read, and no more of it than fits a page.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr

from contactsgroups.domain.message_header import Field, read_fields
from contactsgroups.domain.message_text import TEXT_LIMIT, decode_octets, read_text, shown_lines
from contactsgroups.domain.text import tidy_name

HEADER_LIMIT = 32 * 1024
"""Octets that are read of the header of a message, or of one of its parts."""
PARTS_LIMIT = 200
"""Parts that are looked at."""
ATTACHMENTS_LIMIT = 50
"""Attachments that are named."""
_DEPTH_LIMIT = 20
_CANDIDATES_LIMIT = 10_000  # places that look like a boundary, in one part
_VALUE_LIMIT = 998  # characters of a field that is understood: RFC 5322 section 2.1.1
_SNIPPET = 200  # characters
_MESSAGE_ID_LIMIT = 255


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is listed and not shown; ``size`` is in octets, about as many as it would have.

    ``name`` is empty where the message gives it none.
    """

    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePreview:
    """What is shown of a message; every text is fit for a page, and bounded.

    Attributes:
        author, author_name: of the field From, which proves nothing.
        to: the fields To and Cc, as they stand there.
        text: what a mail program without HTML would show.
        html_text: what the message says in HTML, as text; many mail programs show this one.
        is_cut: whether there is more text than is shown.
        has_more_parts: whether there are more parts than were looked at, or attachments than named.
        is_unreadable: whether something in it could not be read.
        header: the header as it came, as far as it is shown.
    """

    author: str = ""
    author_name: str = ""
    to: str = ""
    subject: str = ""
    message_id: str = ""
    text: str = ""
    html_text: str = ""
    is_cut: bool = False
    attachments: tuple[Attachment, ...] = ()
    has_more_parts: bool = False
    is_unreadable: bool = False
    header: str = ""

    @property
    def snippet(self) -> str:
        """The beginning of the text, on one line."""
        return " ".join((self.text or self.html_text)[: 4 * _SNIPPET].split())[:_SNIPPET]

    @property
    def is_whole(self) -> bool:
        """Whether nothing of its text and its attachments is left out."""
        return not (self.is_cut or self.has_more_parts or self.is_unreadable)


def preview_message(content: bytes) -> MessagePreview:
    """Return what is shown of a message, whatever its octets are."""
    header_end = _end_of_header(content, 0, len(content))
    fields = list(read_fields(content[: min(header_end, HEADER_LIMIT)]))
    name, address = _author(_first(fields, "from"))
    body = _Body(content)
    body.read_part(0, len(content), 0)
    to = ", ".join(value for key, value in fields if key.lower() in {"to", "cc"} and value)
    return MessagePreview(
        author=address,
        author_name=name,
        to=tidy_name(decode_words(to)),
        subject=tidy_name(decode_words(_first(fields, "subject"))),
        message_id=tidy_name(_first(fields, "message-id"))[:_MESSAGE_ID_LIMIT],
        text=shown_lines("\n\n".join(body.plain)),
        html_text=shown_lines("\n\n".join(body.html)),
        is_cut=body.is_cut,
        attachments=tuple(body.attachments),
        has_more_parts=body.has_more,
        is_unreadable=body.is_unreadable,
        header=shown_lines(decode_octets(content[: min(header_end, HEADER_LIMIT)], "")),
    )


def decode_words(text: str) -> str:
    """Return the text of a header field, with its encoded words read (RFC 2047)."""
    try:
        pieces = decode_header(text[:_VALUE_LIMIT])
    except (HeaderParseError, ValueError):
        return text[:_VALUE_LIMIT]
    return "".join(
        piece if isinstance(piece, str) else decode_octets(piece, charset or "")
        for piece, charset in pieces
    )


@dataclass(slots=True)
class _Body:
    """What was found in the parts of a message so far."""

    content: bytes
    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    is_cut: bool = False
    has_more: bool = False
    is_unreadable: bool = False
    _parts: int = 0

    def read_part(self, start: int, end: int, depth: int) -> None:
        """Read the part between two places of the content, and the parts inside it.

        One that nothing was foreseen for must not hide the others, nor the header.
        """
        self._parts += 1
        if self._parts > PARTS_LIMIT:
            self.has_more = True
            return
        try:
            self._read(start, end, depth)
        except Exception:  # noqa: BLE001 - whatever it is, people are told that something is there
            self.is_unreadable = True

    def _read(self, start: int, end: int, depth: int) -> None:
        body = _end_of_header(self.content, start, end)
        fields = list(read_fields(self.content[start : min(body, start + HEADER_LIMIT)]))
        described = _described(fields)
        kind = described.get_content_type()
        boundary = (
            _boundary_of(described) if described.get_content_maintype() == "multipart" else b""
        )
        if boundary and depth >= _DEPTH_LIMIT:
            self.has_more, boundary = True, b""  # Shown as it stands there.
        inside = self._parts_between(boundary, body, end) if boundary else []
        for some in inside:
            self.read_part(*some, depth + 1)
        if not inside:
            self._read_leaf(described, _encoding_of(fields), kind, body, end)

    def _read_leaf(
        self, described: Message, encoding: str, kind: str, start: int, end: int
    ) -> None:
        """Show a text, list anything else; what mail programs do one or the other with, do both.

        Text that nobody knows the kind of is shown as plain text (RFC 2046 section 4.1.4).
        """
        is_attached = described.get_content_disposition() == "attachment"
        is_text = described.get_content_maintype() in {"text", "multipart"}
        if not is_text or is_attached or _name_of(described):
            self._attach(described, encoding, kind, start, end)
        if not is_text or is_attached:
            return
        is_html = kind == "text/html"
        texts = self.html if is_html else self.plain
        read = read_text(
            self.content, start, end, encoding, _charset_of(described), is_html=is_html
        )
        texts.append(read.text)
        self.is_cut |= read.is_cut or sum(map(len, texts)) > TEXT_LIMIT

    def _attach(self, described: Message, encoding: str, kind: str, start: int, end: int) -> None:
        if len(self.attachments) == ATTACHMENTS_LIMIT:
            self.has_more = True
            return
        size = end - start
        if encoding == "base64":
            size = (size - 2 * self.content.count(b"\n", start, end)) * 3 // 4
        name = tidy_name(decode_words(_name_of(described)))
        self.attachments.append(Attachment(name, tidy_name(kind), max(0, size)))

    def _parts_between(self, boundary: bytes, start: int, end: int) -> list[tuple[int, int]]:
        """Return where the parts between the lines of a boundary are (RFC 2046 section 5.1.1)."""
        delimiter, found, begun, place = b"--" + boundary, list[tuple[int, int]](), -1, start
        for _ in range(_CANDIDATES_LIMIT):
            at = self.content.find(delimiter, place, end)
            if at < 0:
                break
            place = at + len(delimiter)
            if at > start and self.content[at - 1 : at] != b"\n":
                continue
            line_end = self.content.find(b"\n", place, end)
            line = self.content[
                place : min(line_end if line_end >= 0 else end, place + 100)
            ].strip()
            if line not in {b"", b"--"}:
                continue
            if begun >= 0:
                found.append((begun, at))
            begun = line_end + 1 if line == b"" and line_end >= 0 else -1
            if begun < 0 or len(found) > PARTS_LIMIT:
                return found
            place = max(place, begun - 1)
        else:
            self.has_more = True
        if begun >= 0:
            found.append((begun, end))
        return found


def _end_of_header(content: bytes, start: int, end: int) -> int:
    """Return where the body begins: behind the first empty line."""
    if content[start : start + 1] == b"\n":
        return min(start + 1, end)
    if content[start : start + 2] == b"\r\n":
        return min(start + 2, end)
    ends = [
        at + len(each)
        for each in (b"\n\r\n", b"\n\n")
        if (at := content.find(each, start, min(end, start + HEADER_LIMIT))) >= 0
    ]
    return min(ends, default=min(end, start + HEADER_LIMIT))


def _first(fields: Sequence[Field], name: str) -> str:
    return next((value for key, value in fields if key.lower() == name), "").strip()


def _described(fields: Sequence[Field]) -> Message:
    """Return what understands a part's own fields."""
    message = Message()
    for name in ("Content-Type", "Content-Disposition"):
        if value := _first(fields, name.lower()):
            message[name] = value[:_VALUE_LIMIT]
    return message


def _encoding_of(fields: Sequence[Field]) -> str:
    """Return the first word of the field, as mail programs read it."""
    words = _first(fields, "content-transfer-encoding").lower().replace(";", " ").split(maxsplit=1)
    return words[0] if words else ""


def _boundary_of(described: Message) -> bytes:
    try:
        boundary = described.get_boundary() or ""
    except (LookupError, ValueError):
        return b""
    return boundary.encode(errors="replace")


def _charset_of(described: Message) -> str:
    try:
        return described.get_content_charset() or ""
    except (LookupError, ValueError):
        return ""


def _name_of(described: Message) -> str:
    try:
        return described.get_filename() or ""
    except (LookupError, ValueError):
        return ""


def _author(value: str) -> tuple[str, str]:
    """Return name and address of the author; what is no address stands as the name."""
    try:
        name, address = parseaddr(value[:_VALUE_LIMIT])
    except (IndexError, ValueError, RecursionError):
        name, address = "", ""
    if not address:
        return tidy_name(decode_words(value)), ""
    return tidy_name(decode_words(name)), tidy_name(address)

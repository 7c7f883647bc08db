"""LMTP as Postfix's lmtp(8) speaks it (RFC 2033), with what XFORWARD tells of the first client.

The protocol is aiosmtpd's.  What differs: addresses are taken as they are, lines may be of any
length, as messages are not to be changed, and no refusal of the protocol is a final one.
"""

import asyncio
import collections
import itertools
import re
from collections.abc import Mapping
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, syntax

XFORWARD_ATTRIBUTES = ("NAME", "ADDR", "PORT", "PROTO", "HELO", "IDENT", "SOURCE")
_CONTENT_LIMIT = 64 * 1024 * 1024  # octets; Postfix's message_size_limit is usually less
_END = b"\r\n.\r\n"  # RFC 5321 section 4.5.2
_READS_AT_ONCE = 1000
_COMMAND_LIMIT = 8192  # octets

_ADDRESS = re.compile(r'<((?:"(?:[^"\\]|\\.)*"|[^">])*)>(.*)', re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"(@.*)?', re.DOTALL)
_XTEXT = re.compile(r"\+([0-9A-F]{2})")  # RFC 3461 section 4
_FINAL = re.compile(r"^5(\d\d)([ -])(?:5(\.\d+\.\d+))?", re.MULTILINE)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_NULL_SENDER = "<>"  # An empty text would be no address to aiosmtpd.


class Message(Envelope):
    """One message: an envelope of aiosmtpd, and where it came from.

    ``forwarded`` has what Postfix tells of the client that it got the message from, by the names of
    XFORWARD_README; what is not known is left out.
    """

    def __init__(self) -> None:
        super().__init__()
        self.forwarded: dict[str, str] = {}

    @property
    def envelope_sender(self) -> str:
        """The address of MAIL FROM as it came, quotes included; empty for the null sender."""
        sender = self.mail_from or ""
        return "" if sender == _NULL_SENDER else sender


class Protocol(LMTP):
    """One conversation with Postfix; the handler's ``handle_DATA`` gets :class:`Message`."""

    line_length_limit = _CONTENT_LIMIT

    def __init__(self, handler: object, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            handler,
            data_size_limit=None,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="LMTP",
            loop=loop,
        )
        self.command_size_limits = collections.defaultdict(lambda: _COMMAND_LIMIT)

    def _create_envelope(self) -> Message:
        return Message()

    @syntax("XFORWARD attribute=value [...]")
    async def smtp_XFORWARD(self, arg: str) -> None:  # noqa: N802 - aiosmtpd names it
        """Take what Postfix tells of the client; it holds for the next message only."""
        assert isinstance(self.envelope, Message)  # noqa: S101 - made above
        self.envelope.forwarded |= parse_forwarded(arg or "")
        await self.push("250 2.0.0 OK")

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd names it
        """Take a message; aiosmtpd would keep each of its lines as an object."""
        assert self.envelope is not None  # noqa: S101 - it is made with the connection
        if arg or not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 DATA without an argument follows RCPT")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        content = await self._read_content()
        if content is None:
            too_large = "452 4.3.1 the message is too large to be passed on"
            status = "\r\n".join([too_large] * len(self.envelope.rcpt_tos))
        else:
            self.envelope.content = self.envelope.original_content = content
            status = await self._call_handler_hook("DATA")
        self._set_post_data_state()  # type: ignore[no-untyped-call]
        await self.push(status)

    async def _read_content(self) -> bytes | None:
        """Read a message as it was before its dots were doubled; None if it is too large."""
        content, is_too_large = bytearray(b"\r\n"), False
        for reads in itertools.count():
            if reads % _READS_AT_ONCE == 0:
                await asyncio.sleep(0)  # Others have their turn, however it is made up.
            try:
                content += await self._reader.readuntil(b".\r\n")
            except asyncio.LimitOverrunError as error:
                is_too_large = True
                content[:] = (await self._reader.read(error.consumed))[-len(_END) :]
            if content.endswith(_END):
                break
            if is_too_large or len(content) > _CONTENT_LIMIT:
                is_too_large = True
                del content[: -len(_END)]
        return None if is_too_large else undouble_dots(content)

    async def push(self, status: Any) -> None:
        """Send a reply; what would be final is a temporary failure: nothing here may lose mail."""
        text = status if isinstance(status, str) else bytes(status).decode()
        await super().push(_FINAL.sub(_make_temporary, text))

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """Take an address as it is; aiosmtpd would lay it out anew."""
        match = _ADDRESS.fullmatch(arg.strip())
        if match is None or _CONTROLS.search(match[1]):
            return None, None
        return match[1] or _NULL_SENDER, match[2]


def undouble_dots(transmitted: bytes | bytearray) -> bytes:
    """Return the content of a message of which a CRLF, the text and the end were transmitted.

    A dot that begins a line was doubled (RFC 5321 section 4.5.2).
    """
    return bytes(transmitted[: 2 - len(_END)]).replace(b"\r\n.", b"\r\n")[2:]


async def greet(responses: list[str]) -> list[str]:
    """Return the replies to LHLO with the extension that tells of clients."""
    *before, last = responses
    return [*before, f"250-XFORWARD {' '.join(XFORWARD_ATTRIBUTES)}", last]


def parse_forwarded(text: str) -> Mapping[str, str]:
    """Return the known attributes of an XFORWARD command by their names."""
    pairs = (each.partition("=") for each in text.split())
    decoded = {name.upper(): _decode_xtext(value) for name, _, value in pairs}
    return {name: value for name, value in decoded.items() if value.upper() != "[UNAVAILABLE]"}


def without_quotes(address: str) -> str:
    """Return an address as Postfix has it inside, its local part without quotes."""
    match = _QUOTED.fullmatch(address)
    if match is None:
        return address
    return re.sub(r"\\(.)", r"\1", match[1]) + (match[2] or "")


def _decode_xtext(text: str) -> str:
    octets = _XTEXT.sub(lambda match: chr(int(match[1], 16)), text)
    return octets.encode("latin-1", "replace").decode(errors="replace")


def _make_temporary(match: "re.Match[str]") -> str:
    return f"4{match[1]}{match[2]}" + (f"4{match[3]}" if match[3] else "")

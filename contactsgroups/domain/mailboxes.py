"""Read recipient lists as people type them and programs write them.

More than RFC 5322's mailbox-list (section 3.4): names that should be quoted and are not, addresses
with only spaces between, links, columns of a spreadsheet.  ``static/recipient-field/mailboxes.js``
is the same algorithm, and ``tests/mailbox_lists.json`` has the cases of both.

A text is cut into tokens.  Words wait until an address follows, whose name they are; where none
does, they are no recipients, and are told with the fault.
"""

import re
from dataclasses import dataclass, replace

from contactsgroups.domain.address import Address
from contactsgroups.domain.mistyped import Fault, bare, find_fault, is_address, suggest
from contactsgroups.domain.pasted_text import clean, read_name, restore
from contactsgroups.domain.sentence import Sentence

_STOPS = r"\s,，、､،;；؛<>＜＞()（）"
_NO_AT = rf'[^{_STOPS}@＠﹫"]'
_TOKEN = re.compile(
    rf"""
      (?P<quoted> "[^"\n]*"(?![@＠﹫]) | [“”„‟«»][^“”„‟«»\n]*[“”„‟«»] )
    | [(（](?P<comment>[^()（）\n]*)[)）]
    | [<＜](?P<bracket>[^<>＜＞\n]*)[>＞]
    | (?P<comma>[,，、､،])
    | (?P<semicolon>[;；؛])
    | (?P<newline>\n)
    | (?P<comma_for_dot> {_NO_AT}+[@＠﹫]
        (?: (?:(?!\.){_NO_AT})+[,，]{_NO_AT}+ | {_NO_AT}+[,，][a-z]{{2}} )
        (?![^{_STOPS}]) )
    | (?P<word> (?!\["|\](?![^{_STOPS}])) (?:"[^"\n]*"(?=[@＠﹫]))? [^{_STOPS}]+ )
    """,
    re.VERBOSE,
)
_BEFORE_BRACKET = re.compile(r"[ \t]*[<＜][^<>＜＞\n]*[>＞]")
_BETWEEN_ADDRESSES = re.compile(r"[\s,，;；]+")
_MOST_PARTS_OF_A_NAME = 3  # as in "Doe, Jane, Jr."


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A recipient: ``name`` is "" where none was given, ``address`` as it was spelled."""

    name: str
    address: str

    def __str__(self) -> str:
        return self.address


@dataclass(frozen=True, slots=True)
class NoMailbox:
    """A piece of a list that is no recipient; ``suggestion`` is an address or ""."""

    text: str
    fault: Fault
    suggestion: str = ""

    @classmethod
    def of(cls, text: str) -> "NoMailbox":
        """Return the piece with its fault."""
        return cls(text, find_fault(text), suggest(text))

    @property
    def reason(self) -> str:
        """A sentence without its full stop."""
        fault = Sentence(self.fault.explanation)
        if not self.suggestion:
            return fault
        return Sentence("{fault}; {address} may be meant", fault=fault, address=self.suggestion)

    def __str__(self) -> str:
        return self.text


def parse_mailboxes(text: str) -> list[Mailbox | NoMailbox]:
    """Return the recipients of a list, and what is none of them, in their order.

    Every address of the result is one that ``Address.parse`` accepts.  The time is linear in the
    length of the text.
    """
    return _Reader(clean(text)).read()


def addresses_in(text: str) -> list[str]:
    """Return the addresses in a text, and each piece that is none as it was typed."""
    return [str(each) for each in parse_mailboxes(text)]


def split_addresses(text: str) -> tuple[list[Address], list[NoMailbox]]:
    """Return the addresses in a text, and the pieces that are none."""
    found = parse_mailboxes(text)
    valid = [Address.parse(each.address) for each in found if isinstance(each, Mailbox)]
    return valid, [each for each in found if isinstance(each, NoMailbox)]


@dataclass(slots=True)
class _Words:
    """Words between two separators: a name, if an address follows; from ``start`` to ``end``."""

    start: int
    end: int
    is_faulty: bool = False
    has_quotes: bool = False


class _Reader:
    """Goes through the tokens of a cleaned text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: list[Mailbox | NoMailbox] = []
        self._waiting: list[_Words] = []
        self._is_open = False  # whether a further word joins the last of those that wait
        self._is_broken = False  # whether a line ended after them
        self._end_of_last = 0  # of the last mailbox
        self._in_line = 0  # mailboxes

    def read(self) -> list[Mailbox | NoMailbox]:
        for token in _TOKEN.finditer(self._text):
            getattr(self, f"_read_{token.lastgroup}")(token)
        self._end()
        return self._found

    def _read_quoted(self, token: re.Match[str]) -> None:
        self._read_word_or_address(token, token[0][1:-1].strip(), is_faulty=False)

    def _read_word(self, token: re.Match[str]) -> None:
        if token[0].endswith((":", "：")):
            # A group (RFC 5322 section 3.4) or a header field's name.
            self._wait(token)
            self._waiting[-1].start = token.end()
        else:
            self._read_word_or_address(token, token[0], is_faulty=True)

    def _read_word_or_address(self, token: re.Match[str], text: str, *, is_faulty: bool) -> None:
        address = bare(text)
        if "@" not in address or _BEFORE_BRACKET.match(self._text, token.end()):
            self._wait(token)
        elif is_address(address):
            self._accept(address, token)
        else:
            self._wait(token, is_faulty=is_faulty)

    def _read_comma_for_dot(self, token: re.Match[str]) -> None:
        self._wait(token, is_faulty=True)

    def _read_comment(self, token: re.Match[str]) -> None:
        address = bare(token["comment"].strip())
        is_of_last = not self._is_open and self._follows_mailbox(token.start())
        if not is_of_last and not self._is_broken and is_address(address):
            self._accept(address, token)
        elif is_of_last:
            self._name_last(token["comment"])
            self._end_of_last = token.end()
        else:
            self._wait(token)

    def _read_bracket(self, token: re.Match[str]) -> None:
        words = [bare(each) for each in _BETWEEN_ADDRESSES.split(token["bracket"]) if each]
        if self._is_one_name():
            self._waiting = [_Words(self._waiting[0].start, self._waiting[-1].end)]
        if not all(map(is_address, words)):
            self._wait(token, is_faulty=True)
            return
        for word in words:
            self._accept(word, token)

    def _is_one_name(self) -> bool:
        """Whether what waits is one name with commas, before a bracket.

        Outlook writes "Archer, Ben <ben@example.org>" without quotes.  Whoever quotes a name has no
        other part of it outside.
        """
        is_short = len(self._waiting) <= _MOST_PARTS_OF_A_NAME
        return self._is_open and is_short and not any(each.has_quotes for each in self._waiting)

    def _read_comma(self, token: re.Match[str]) -> None:
        if self._is_broken or (self._waiting and self._waiting[-1].is_faulty):
            self._refuse_waiting()
        self._is_open = False

    def _read_semicolon(self, token: re.Match[str]) -> None:
        self._end()

    def _read_newline(self, token: re.Match[str]) -> None:
        is_name_perhaps = self._is_open and not self._in_line and not self._waiting[-1].is_faulty
        if is_name_perhaps:
            self._is_broken = True
        else:
            self._end()
        self._in_line = 0

    def _wait(self, token: re.Match[str], *, is_faulty: bool = False) -> None:
        if self._is_broken:
            self._refuse_waiting()
        if not self._is_open:
            self._waiting.append(_Words(token.start(), token.end()))
            self._is_open = True
        words = self._waiting[-1]
        words.end, words.is_faulty = token.end(), words.is_faulty or is_faulty
        words.has_quotes = words.has_quotes or token.lastgroup == "quoted"

    def _accept(self, address: str, token: re.Match[str]) -> None:
        name = self._take_name()
        self._found.append(Mailbox("" if name.lower() == address.lower() else name, address))
        self._end_of_last = token.end()
        self._in_line += 1

    def _take_name(self) -> str:
        """Return the name that the waiting words are, and refuse those that are none."""
        words = self._waiting.pop() if self._is_a_name() else None
        self._refuse_waiting()
        return read_name(self._text[words.start : words.end]) if words else ""

    def _is_a_name(self) -> bool:
        if not self._is_open or self._waiting[-1].is_faulty:
            return False
        # Below an address without a name, a name may be its, or that of the next.
        return not (self._is_broken and self._found and self._is_nameless(self._found[-1]))

    def _end(self) -> None:
        """Words that still wait are a cell beside an address without a name, or nobody."""
        if self._is_cell_beside_address():
            self._name_last(self._text[self._waiting[0].start : self._waiting[-1].end])
            self._waiting.clear()
        self._refuse_waiting()

    def _is_cell_beside_address(self) -> bool:
        if self._in_line != 1 or not self._waiting or not self._is_nameless(self._found[-1]):
            return False
        start = self._waiting[0].start
        return self._follows_mailbox(start) and "\t" in self._text[self._end_of_last : start]

    def _follows_mailbox(self, position: int) -> bool:
        between = self._text[self._end_of_last : position]
        return self._in_line > 0 and not between.strip(" \t")

    def _name_last(self, text: str) -> None:
        last = self._found[-1]
        if isinstance(last, Mailbox) and not last.name:
            name = read_name(text)
            same = name.lower() == last.address.lower()
            self._found[-1] = replace(last, name="" if same else name)

    @staticmethod
    def _is_nameless(found: Mailbox | NoMailbox) -> bool:
        return isinstance(found, Mailbox) and not found.name

    def _refuse_waiting(self) -> None:
        pieces = (self._text[words.start : words.end].strip() for words in self._waiting)
        self._found.extend(NoMailbox.of(restore(piece)) for piece in pieces if piece)
        self._waiting.clear()
        self._is_open = self._is_broken = False

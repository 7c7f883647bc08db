"""What a page of HTML says, as text, for people who judge what others will see of it.

Mail programs read HTML each in their own way, and who writes hostile mail knows how.  So text is
left out only where every program leaves it out; where that is in doubt, more is shown, not less.
Tags, comments and references end where the standard ends them (HTML, section 13.2.5); what is not
ended at all, which browsers drop to the end of the page, is shown.  Styles are not followed: they
can hide words that are shown here, and add some.
"""

import re
from html import unescape

_SILENT = frozenset({"script", "style", "title"})
"""What no program shows, as long as it is ended and stands in nothing unruly."""
_VERBATIM = frozenset({"textarea", "xmp", "iframe", "noembed", "noframes"})
"""What has no tags or comments inside."""
_UNRULY = frozenset({"svg", "math", "select", "frameset"})
"""In which the silent elements are none: a paragraph inside them is shown."""
_LINES = frozenset(
    "address article blockquote br dd div dl dt footer form h1 h2 h3 h4 h5 h6 header hr li ol p "
    "pre section table tr ul".split()
)
_COMMENT_END = re.compile(r"--!?>")
_TAG_NAME = re.compile(r"</?([A-Za-z][^\t\n\f\r />]*)")
_ATTRIBUTES = re.compile(
    r"""(?: [\t\n\f\r\ /]++
          | =?[^\t\n\f\r\ />=]++ (?: [\t\n\f\r\ ]*+ = [\t\n\f\r\ ]*+
                (?: "[^"]*+" | '[^']*+' | [^\t\n\f\r\ >"'][^\t\n\f\r\ >]*+ | (?=>) ) )?+
          | = )*+ >""",
    re.VERBOSE,
)
_REFERENCE = re.compile(r"&#(?:[xX]0*+([0-9A-Fa-f]*+)|0*+([0-9]*+))")
_REFERENCE_DIGITS = 7  # of the highest character, in decimal
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"


def text_of_html(html: str) -> str:
    """Return what a page of HTML says, a line for each block, without markup, links or pictures.

    It is read once, from the beginning to the end, in time that grows with its length: what the
    standard library has for it takes minutes for a page of broken tags.
    """
    return _Reader(html).read()


class _Reader:
    """What was found so far in a page; places only grow."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._found: list[str] = []
        self._absent = set[str]()  # what does not come any more, so that it is sought once only
        self._is_unruly = False
        self._has_broken_tag = False

    def read(self) -> str:
        place = 0
        while place < len(self._html):
            begin = self._html.find("<", place)
            begin = len(self._html) if begin < 0 else begin
            self._found.append(_words(self._html[place:begin]))
            place = self._behind_markup(begin)
        return "".join(self._found)

    def _behind_markup(self, begin: int) -> int:
        """Return where text goes on behind what begins with "<"."""
        following = self._html[begin + 1 : begin + 2]
        if self._html.startswith("<!--", begin):
            return self._behind_comment(begin)
        if self._html.startswith("<![CDATA[", begin):
            return self._behind_section(begin + len("<![CDATA["))
        tag = _TAG_NAME.match(self._html, begin)
        if tag is not None:
            return self._behind_tag(tag[1].lower(), tag)
        if following and following in "!?/":
            return self._behind_bogus(begin)
        self._found.append(self._html[begin : begin + 1])
        return begin + 1

    def _behind_comment(self, begin: int) -> int:
        """A comment may end within its own beginning: "<!-->"."""
        end = self._search("--", _COMMENT_END, begin + 2)
        if end is None:
            return begin + len("<!--")
        inside = self._html[begin + len("<!--") : end.start()]
        if inside.startswith("[if"):
            # Outlook shows what is in it, where the condition is true.
            self._found.append(text_of_html(inside.partition(">")[2].removesuffix("<!")))
        return end.end()

    def _behind_section(self, begin: int) -> int:
        """It is text within drawings and formulas, and a broken comment elsewhere."""
        end = self._search("]]", re.compile(r"\]\]>"), begin)
        if end is None:
            return begin
        self._found.append(_words(self._html[begin : end.start()]))
        return end.end()

    def _behind_bogus(self, begin: int) -> int:
        end = self._search(">", re.compile(">"), begin)
        return self._behind_rest(begin) if end is None else end.end()

    def _behind_rest(self, begin: int) -> int:
        """No tag ends any more: all that is left is text."""
        self._found.append(_words(self._html[begin:]))
        return len(self._html)

    def _behind_tag(self, name: str, tag: re.Match[str]) -> int:
        end = self._end_of_tag(tag.end())
        if end is None:
            return self._behind_rest(tag.start())
        if name in _LINES:
            self._found.append("\n")
        elif name in {"td", "th"}:
            self._found.append(" ")
        if tag[0].startswith("</"):
            return end
        self._is_unruly |= name in _UNRULY
        if name == "plaintext":
            return self._behind_rest(end)
        if name in _VERBATIM or (name in _SILENT and not self._is_unruly):
            return self._behind_content(name, end)
        return end

    def _end_of_tag(self, begin: int) -> int | None:
        """Return where a tag ends; None if it does not.

        A quote that is not closed would hide the rest of the page.  From there on, values are
        taken to have no ">" in them.
        """
        if not self._has_broken_tag:
            if found := _ATTRIBUTES.match(self._html, begin):
                return found.end()
            self._has_broken_tag = True
        end = self._search(">", re.compile(">"), begin)
        return None if end is None else end.end()

    def _behind_content(self, name: str, begin: int) -> int:
        """Return where the end tag of an element begins whose content is no HTML."""
        ending = re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE | re.ASCII)
        end = self._search(name, ending, begin)
        if end is None:
            return begin
        if name in _VERBATIM:
            self._found.append(_words(self._html[begin : end.start()]))
        return end.start()

    def _search(self, name: str, wanted: re.Pattern[str], begin: int) -> re.Match[str] | None:
        if name in self._absent:
            return None
        found = wanted.search(self._html, begin)
        if found is None:
            self._absent.add(name)
        return found


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(_REFERENCE.sub(_shorten, text)))


def _shorten(reference: re.Match[str]) -> str:
    """Return a reference in few digits: Python refuses numbers of thousands."""
    digits = reference[1] or reference[2] or ""
    if len(digits) > _REFERENCE_DIGITS:
        return _UNKNOWN
    return f"&#x{digits}" if reference[1] else f"&#{digits}" if digits else reference[0]

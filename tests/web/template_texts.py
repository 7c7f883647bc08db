"""What templates and scripts show that no catalogue knows: texts that are not marked."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from jinja2 import Environment, nodes
from jinja2.lexer import Lexer

VISIBLE_ATTRIBUTES = frozenset({"alt", "aria-label", "aria-description", "placeholder", "title"})
_MARKERS = frozenset({"_", "gettext", "ngettext", "pgettext", "npgettext"})
# Which tab is the present one.
_KEYED = frozenset({"domain_tabs", "group_head"})
_EXAMPLES = re.compile(r"\S+@example\.\w+|Sales/Europe|UTC|Cc|Bcc")
"""What is the same in every language."""

# Macros and blocks that stand inside a tag make parts of it.
_ATTRIBUTES = re.compile(r' ?[a-z-]+="[^"<>]*"')
_LETTERS = re.compile(r"[^\W\d_]{2}")
_PLACE = re.compile("\ue000(\\d+)\ue001")
_ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


def unmarked_texts(source: str) -> list[str]:
    """Return every text of a template that people see and no catalogue translates."""
    html, expressions = _split(source)
    reader = _Reader(expressions)
    reader.feed(html)
    reader.close()
    return [*reader.found, *_texts_in_statements(source)]


def _split(source: str) -> tuple[str, list[str]]:
    """Return the HTML with a numbered place for each expression, and the expressions.

    Statements are left out, so that the branches of a condition follow one another.
    """
    html: list[str] = []
    expressions: list[str] = []
    inside: list[str] | None = None
    translated = False
    for _, token, value in Lexer(_ENVIRONMENT).tokeniter(source, None):
        if token in {"variable_begin", "block_begin"}:
            inside = []
        elif token == "variable_end":
            if not translated:
                html.append(f"\ue000{len(expressions)}\ue001")
                expressions.append("".join(inside or ()))
            inside = None
        elif token == "block_end":
            statement = "".join(inside or ()).split()
            translated = statement[0] == "trans" or (translated and statement[0] != "endtrans")
            inside = None
        elif inside is not None:
            inside.append(value)
        elif token == "data" and not translated:
            html.append(value)
    return "".join(html), expressions


class _Reader(HTMLParser):
    """Notes texts and visible attributes, and what expressions put there."""

    def __init__(self, expressions: list[str]) -> None:
        super().__init__()
        self.found: list[str] = []
        self._expressions = expressions
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"script", "style"}
        for name, value in attrs:
            if name in VISIBLE_ATTRIBUTES and value:
                self._note(value)

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._note(data)

    def _note(self, text: str) -> None:
        plain = _EXAMPLES.sub("", _PLACE.sub(" ", _ATTRIBUTES.sub(" ", text)))
        if _LETTERS.search(plain):
            self.found.append(" ".join(plain.split()))
        for number in _PLACE.findall(text):
            self.found += _constants(self._expressions[int(number)])


def _constants(expression: str) -> Iterator[str]:
    """Yield the texts that an expression can put on the page, not those that it compares with."""
    parsed = _ENVIRONMENT.parse("{{ " + expression + " }}")
    for output in parsed.find_all(nodes.Output):
        for node in output.nodes:
            yield from _shown(node)


def _shown(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Const):
        yield from _readable(node.value)
    elif isinstance(node, nodes.TemplateData):
        yield from _readable(node.data)
    elif isinstance(node, nodes.Call):
        yield from filter(_is_prose, _shown_in_call(node))
    elif not isinstance(node, nodes.Compare | nodes.Test):
        for child in node.iter_child_nodes(exclude=_HIDDEN.get(type(node), ())):
            yield from _shown(child)


# What decides about a text and is none: conditions, keys, and what a filter is told.
_HIDDEN: dict[type[nodes.Node], tuple[str, ...]] = {
    nodes.CondExpr: ("test",),
    nodes.Filter: ("args", "kwargs", "dyn_args", "dyn_kwargs"),
    nodes.Getitem: ("arg",),
    nodes.Pair: ("key",),
}


def _readable(value: object) -> Iterator[str]:
    is_text = isinstance(value, str) and value[:1] not in "#-"
    if is_text and _LETTERS.search(_EXAMPLES.sub("", str(value))):
        yield str(value)


def _shown_in_call(node: nodes.Call) -> Iterator[str]:
    name = node.node.name if isinstance(node.node, nodes.Name) else ""
    if name not in _MARKERS | _KEYED:
        for each in (*node.args, *(keyword.value for keyword in node.kwargs)):
            yield from _shown(each)


def _is_prose(text: str) -> bool:
    """Whether a text reads like one that is shown, where names of all kinds stand, too."""
    return text[:1].isupper() or " " in text.strip()


def _texts_in_statements(source: str) -> Iterator[str]:
    """Yield the prose in lists, assignments and calls of statements."""
    parsed = _ENVIRONMENT.parse(source)
    for kind, child in ((nodes.For, "iter"), (nodes.Assign, "node"), (nodes.CallBlock, "call")):
        for statement in parsed.find_all(kind):
            yield from filter(_is_prose, _shown(getattr(statement, child)))


_TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/
    |(?<=[(,=:!&|?;{}\[])\ ?/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*
    |(?P<text>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)""",
    re.DOTALL | re.VERBOSE,
)
"""A comment, a regular expression, or a text, in a script."""
_FOR_DEVELOPERS = re.compile(r"new (?:\w*Error|Unreadable)\([^)]*\)")
_VALUE_IN_SCRIPT = re.compile(r"\$\{[^{}`]*\}")
_NAMES_IN_SCRIPTS = re.compile(r"Arrow\w+|Backspace|Enter|Escape|Tab|NFK?[CD]|POST")
_SELECTOR = re.compile(r"[\[\]>#]|^\.|:\w")
_RULES = frozenset({"one of", "is set", "is not set", "starts with"})
"""The language of rules, which is the same on every page."""
_PROSE = re.compile(r"^\W*[^\W\d_a-z]\w|[^\W\d_]{2,} [^\W\d_]{2,}|[^\W\d_]{2,}[.!?…]$|# \w{2,}")


def script_texts(source: str) -> list[str]:
    """Return every text of a script that reads like prose: with a capital, or several words."""
    code = _FOR_DEVELOPERS.sub("", source)
    texts = (match["text"][1:-1] for match in _TOKEN.finditer(code) if match["text"])
    shown = (_VALUE_IN_SCRIPT.sub("#", each) for each in texts)
    return [each for each in shown if _is_said(each)]


def _is_said(text: str) -> bool:
    if text in _RULES or _NAMES_IN_SCRIPTS.fullmatch(text):
        return False
    return bool(_PROSE.search(text)) and not _SELECTOR.search(text.replace("# ", " "))


_ENTRY = re.compile(r"^  (\w+): \[(.*?)\],?$", re.DOTALL | re.MULTILINE)


def texts_in_languages(source: str) -> dict[str, list[str]]:
    """Return the table of texts of a script: of each name the text in English and others."""
    table = source.partition("const texts = {")[2].partition("\n};")[0]
    return {
        name: [match["text"][1:-1] for match in _TOKEN.finditer(texts)]
        for name, texts in _ENTRY.findall(table)
    }

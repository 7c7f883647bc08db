"""Recipient lists as mail programs and spreadsheets write them, made from generated people."""

import base64
from collections.abc import Callable
from urllib.parse import quote

from hypothesis import strategies as st

People = list[tuple[str, str]]

WORDS = st.sampled_from(
    [
        *["Ann", "Ben", "Archer", "Müller", "Jörg", "O'Brien", "D’Arcy", "van", "Łukasz", "张伟"],
        *["李娜", "Ольга", "Ελένη", "علی", "さくら", "João", "Smith-Jones", "Jr.", "M.", "Анна"],
    ]
)
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
LOCAL_PARTS = st.from_regex(r"[a-z0-9_+][a-z0-9_+'-]{0,6}(\.[a-z0-9=&]{1,5})?", fullmatch=True)
LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,5}[a-z0-9])?", fullmatch=True) | st.sampled_from(
    ["bücher", "例え", "xn--bcher-kva", "пример"]
)
ADDRESSES = st.tuples(LOCAL_PARTS, LABELS, st.sampled_from(["example", "example.org"])).map(
    lambda parts: f"{parts[0]}@{parts[1]}.{parts[2]}"
)
PIECES = st.sampled_from(
    [
        *"\",;:<>()[]@\\'\n\t .“”„‘’＠，\ufeff\u200c%?=*-",
        *["a", "Ä", "x.example", "ann@x.example", "mailto:", "%40", "?to=", "](mailto:"],
        *["=?utf-8?q?=20?=", "\ufdd0", "é@b", "xn--"],
    ]
)
SOUP = st.lists(PIECES, max_size=30).map("".join)
LISTS = st.lists(st.tuples(NAMES, ADDRESSES), max_size=6)


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _surname_first(name: str) -> str:
    first, _, rest = name.partition(" ")
    return f"{rest}, {first}" if rest else first


def _encoded(name: str) -> str:
    return " ".join(
        f"=?utf-8?B?{base64.b64encode(part.encode()).decode()}?="
        for part in (name[:5], name[5:])
        if part
    )


_NAMED: dict[str, tuple[Callable[[str, str], str], str]] = {
    "Gmail": (lambda name, address: f"{name} <{address}>", ", "),
    "Thunderbird": (lambda name, address: f"{_quoted(name)} <{address}>", ", "),
    "curly quotes": (lambda name, address: f"“{name}” <{address}>", ", "),
    "single quotes": (lambda name, address: f"'{name}' <{address}>", "; "),
    "Outlook on the web": (lambda name, address: f"{name}\n{address}", "\n\n"),
    "no brackets": (lambda name, address: f"{name} {address}", ", "),
    "spaces only": (lambda name, address: f"{name} <{address}>", " "),
    "full width": (lambda name, address: f"{name}＜{address.replace('@', '＠')}＞", "；"),
    "comments": (lambda name, address: f"{address} ({name})", ", "),
    "mailto": (lambda name, address: f"{name} <mailto:{quote(address)}?subject=a,b>", ", "),
    "Markdown": (lambda name, address: f"[{name}](mailto:{quote(address)})", "\n"),
    "encoded words": (lambda name, address: f"{_encoded(name)} <{address}>", ",\n "),
    "Excel": (lambda name, address: f"{name}\t{address}", "\r\n"),
    "Excel, address first": (lambda name, address: f"{address}\t{name}", "\r\n"),
    "invisible": (
        lambda name, address: f"\ufeff{name}\u00a0<\u200b{address[:1]}\u00ad{address[1:]}>\u200e",
        ";\u2028",
    ),
}
_SURNAME_FIRST: dict[str, tuple[Callable[[str, str], str], str]] = {
    "Outlook": (lambda name, address: f"{name} <{address}>", "; "),
    "Outlook, commas": (lambda name, address: f"{name} <{address}>", ", "),
    "Outlook, curly quotes": (lambda name, address: f"„{name}“ <{address}>", "; "),
    "Outlook, single quotes": (lambda name, address: f"'{name}' <{address}>", "; "),
}
_BARE: dict[str, tuple[Callable[[str, str], str], str]] = {
    "bare": (lambda name, address: address, ", "),
    "spaces": (lambda name, address: address, " "),
    "tabs": (lambda name, address: address, "\t"),
    "lines": (lambda name, address: address, "\n"),
    "brackets": (lambda name, address: f"<{address}>", ", "),
    "the address twice": (lambda name, address: f"{address} <{address}>", "; "),
    "quoted": (lambda name, address: f'"{address}"', ", "),
    "links": (lambda name, address: f"mailto:{address}", " "),
    "Markdown link": (lambda name, address: f"[{address}](mailto:{address})", " "),
    "bullets": (lambda name, address: f"- {address}", "\n"),
    "a group": (lambda name, address: f"Team: {address};", " "),
}
STYLES = sorted([*_NAMED, *_SURNAME_FIRST, *_BARE])


def render(style: str, people: People) -> tuple[str, People]:
    """Return a list in the style of a program, and the people that are in it."""
    if style in _BARE:
        write, separator = _BARE[style]
        expected = [("", address) for _, address in people]
    elif style in _SURNAME_FIRST:
        write, separator = _SURNAME_FIRST[style]
        people = expected = [(_surname_first(name), address) for name, address in people]
    else:
        write, separator = _NAMED[style]
        expected = people
    return separator.join(write(name, address) for name, address in people), expected

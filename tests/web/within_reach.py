"""Walks through the pages, along their links."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from html import unescape

from tests.web.forms import Visitor

START = ("/", "/groups", "/account", "/compose", "/mailed", "/admin/audit")
PAGE_LIMIT = 1000


def kind_of(url: str) -> str:
    """The path of a URL, without what is one group's or one domain's."""
    return re.sub(r"[0-9a-f-]{36}|example\.(org|com)", "…", url.partition("?")[0])


def pages_within_reach(visitor: Visitor, most: int = PAGE_LIMIT) -> Iterator[tuple[str, str]]:
    """Yield the URL and the HTML of each page that links lead to; of each kind so many at most."""
    waiting, known = deque(START), set(START)
    seen: Counter[str] = Counter()
    while waiting:
        url = waiting.popleft()
        seen[kind_of(url)] += 1
        if seen[kind_of(url)] > most:  # Filters of a list make a page each, with all others.
            continue
        answer = visitor.get(url)
        if answer.mimetype != "text/html":
            continue
        yield url, answer.text
        links = {unescape(each) for each in re.findall(r'href="(/[^"#]*)', answer.text)}
        new = {each for each in links - known if "/static/" not in each and "sort=" not in each}
        known |= new
        waiting.extend(sorted(new))
        assert len(known) < PAGE_LIMIT

"""Searching cards one by one, as long as it takes no longer than others can wait."""

import time
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from radicale.app.report import test_filter as is_chosen
from radicale.item import Item

from radicale_plugin import limits
from radicale_plugin.candidates import Candidates
from radicale_plugin.own_books import ADDRESS_BOOK
from radicale_plugin.refusal import Refuse, forbidden

ItemType = TypeVar("ItemType", bound=Item)


def chooses_all(filters: Sequence[ET.Element]) -> bool:
    """Whether there is no condition, which all cards meet (RFC 6352 section 10.5)."""
    return not any(len(each) for each in filters)


def search(
    items: Iterable[ItemType], filters: Sequence[ET.Element], refuse: Refuse
) -> Iterator[tuple[ItemType, bool]]:
    """Yield the cards that the filters choose, with True: they need no other test.

    Args:
        items: all cards.
        filters: as Radicale hands them over.
        refuse: raises what answers the request.

    Raises:
        ValueError: a filter is malformed.
    """
    if chooses_all(filters):
        yield from ((item, True) for item in items)
        return
    _check_conditions(filters, refuse)
    candidates = Candidates(filters)
    # Waiting for others does not count.
    end = time.thread_time() + limits.SEARCH_SECONDS
    for item in items:
        if time.thread_time() > end:
            reason = f"this search takes more than {limits.SEARCH_SECONDS} s"
            refuse(forbidden(reason, "D:number-of-matches-within-limits"))
        if not candidates.may_have(item.serialize()):
            continue
        if all(is_chosen(ADDRESS_BOOK, item, each) for each in filters):
            yield item, True


def _check_conditions(filters: Sequence[ET.Element], refuse: Refuse) -> None:
    if sum(1 for each in filters for _ in each.iter()) > limits.CONDITIONS + len(filters):
        reason = f"a filter has at most {limits.CONDITIONS} parts"
        refuse(forbidden(reason, "CR:supported-filter"))

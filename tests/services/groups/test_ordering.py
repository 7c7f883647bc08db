"""Every order leads through all groups once, both ways."""

import pytest

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.persistence import Database
from contactsgroups.services.groups.listing import Place
from contactsgroups.services.groups.ordering import GroupOrder, Sorting
from tests.services.groups.conftest import listing, names

ORDERS = {
    GroupOrder.ADDRESS: ["choir", "crew", "hidden", "lodz", "off", "slow"],
    GroupOrder.NAME: ["hidden", "choir", "crew", "lodz", "slow", "off"],
    # By address where there are as many.
    GroupOrder.RECIPIENTS: ["off", "hidden", "slow", "choir", "crew", "lodz"],
    GroupOrder.CHANGED: ["choir", "lodz", "off", "hidden", "crew", "slow"],
}


@pytest.mark.parametrize("is_falling", [False, True])
def test_every_order_is_paged_through_both_ways(company: Database, is_falling: bool) -> None:
    for order, wanted in ORDERS.items():
        sorting = Sorting(order, is_falling)
        pages = [listing(company, sorting=sorting, limit=2)]
        while (after := pages[-1].after) is not None:
            place = Place(text=after)
            pages.append(listing(company, sorting=sorting, limit=2, place=place))
        found = [each for page in pages for each in names(page)]
        assert found == (wanted[::-1] if is_falling else wanted), order
        assert (len(pages), pages[0].before) == (3, None)
        back = pages[-1]
        for page in reversed(pages[:-1]):
            place = Place(text=str(back.before), is_backwards=True)
            back = listing(company, sorting=sorting, limit=2, place=place)
            assert (names(back), back.after) == (names(page), page.after)
        assert back.before is None


@pytest.mark.parametrize("order", [GroupOrder.RECIPIENTS, GroupOrder.CHANGED])
@pytest.mark.parametrize("place", ["x", "many a@b", "9" * 30 + " a@b", "2026-99-99 a"])
def test_a_place_that_is_none_is_refused(small: Database, order: GroupOrder, place: str) -> None:
    with pytest.raises(InvalidInput):
        listing(small, sorting=Sorting(order), place=Place(text=place))


@pytest.mark.parametrize(
    ("place", "is_one"),
    [
        ("0001-01-01T00:00:00+14:00 a@b", False),  # In UTC, before the first year.
        ("9999-12-31T23:59:59-14:00 a@b", False),
        ("2026-01-01T00:00:00+14:00 a@b", True),
        ("2026-01-01 a@b", True),
    ],
)
def test_a_moment_that_is_none_in_utc_is_refused(
    database: Database, place: str, is_one: bool
) -> None:
    def read() -> None:
        listing(database, sorting=Sorting(GroupOrder.CHANGED), place=Place(text=place))

    if is_one:
        read()
    else:
        with pytest.raises(InvalidInput):
            read()

"""Beside a label on a narrow phone, nothing that warns is covered."""

import pytest

from tests.browser.recipient_field.conftest import field_of
from tests.browser.recipient_field.test_sending import _add

_OVERLAPS = """field => [...field.querySelectorAll('li')].flatMap(chip => {
    const boxes = [...chip.querySelectorAll(
        '.recipient-name, .recipient-external, .recipient-hold, .recipient-reject, '
        + '.recipient-expand, .recipient-remove')];
    const limit = chip.getBoundingClientRect().right + 1;
    return boxes.flatMap((one, i) => {
        const a = one.getBoundingClientRect();
        const covered = boxes.slice(i + 1).filter(other => {
            const b = other.getBoundingClientRect();
            return a.left < b.right - 1 && b.left < a.right - 1
                && a.top < b.bottom - 1 && b.top < a.bottom - 1;
        });
        return (a.right > limit ? [`${one.className} sticks out`] : [])
            .concat(covered.map(other => `${one.className} is under ${other.className}`));
    });
})"""


@pytest.fixture
def context_options():
    return {
        "locale": "en-GB",
        "viewport": {"width": 260, "height": 720},
        "has_touch": True,
        "is_mobile": True,
    }


def test_warnings_on_chips_are_not_covered(compose):
    _add(compose, "salary", "sales", "salon")
    field = field_of(compose, "to")
    assert field.evaluate(_OVERLAPS) == []

"""English, German, simplified Chinese, and a page's own words."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.recipient_field.conftest import type_at_once
from tests.browser.recipient_field.sample_api import STATIC

EXPECTED = {
    "en": "4 suggestions. Sales Team, group, 3 members, 1 external",
    "de": "4 Vorschläge. Sales Team, Gruppe, 3 Mitglieder, 1 extern",
    "de-AT": "4 Vorschläge. Sales Team, Gruppe, 3 Mitglieder, 1 extern",
    "zh-Hans": "4 条建议. Sales Team, 邮件组, 3 位成员, 外部 1",
    "zh-CN": "4 条建议. Sales Team, 邮件组, 3 位成员, 外部 1",
    "fr": "4 suggestions. Sales Team, group, 3 members, 1 external",
}


@pytest.mark.parametrize("language", EXPECTED)
def test_the_language_of_the_page_is_spoken(compose, language):
    type_at_once(compose, "sal")
    expect(compose.get_by_role("status").first).to_have_text(EXPECTED[language])


def test_a_page_may_replace_any_text(compose):
    """The other texts stay as they are."""
    compose.evaluate(
        """async () => {
            const { strings } = await import('/static/recipient-field.js');
            Object.assign(strings, { group: 'distribution list' });
        }"""
    )
    type_at_once(compose, "sales")
    expect(compose.get_by_role("status").first).to_have_text(
        "1 suggestion. Sales Team, distribution list, 3 members, 1 external"
    )


def test_every_text_exists_in_every_language():
    """Three to a row, and a number in all of them or in none."""
    source = (STATIC / "recipient-field" / "texts.js").read_text(encoding="utf-8")
    rows = re.findall(r"^  (\w+): \['(.+?)', '(.+?)', '(.+?)'\],$", source, re.MULTILINE)
    assert len(rows) == len(re.findall(r"^  \w+: \[", source, re.MULTILINE)) > 15
    assert all(len({"#" in text for text in texts}) == 1 for _, *texts in rows)

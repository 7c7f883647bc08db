"""The page of a group's delivery: a question, a verdict in one line, recipients and the trace."""

import pytest

from tests.directories import add_group


@pytest.fixture
def url(core):
    """The page of a group with a group in it, and with what leads to one mailbox twice."""
    members = ("team@example.org", "ada.alias@example.org", "eve@example.org")
    outer = add_group(
        core.database, "outer@example.org", *members, moderated=True, moderators=["eve@example.org"]
    )
    return f"/admin/groups/{outer.uuid}/delivery"


def test_the_page_says_who_would_get_a_copy_and_through_what(admin, url):
    html = admin.get(url).text
    assert "4 recipients" in html
    assert html.count('title="ada@example.org">ada@example.org<') == 1
    assert "Reached 2 ways, gets one copy" in html
    assert "Directly" in html


def test_a_pinned_account_is_there_by_no_rule(admin, core):
    rule, pins = 'name contains "Zebra"', ("ada@example.org",)
    group = add_group(
        core.database,
        "pinned@example.org",
        kind="dynamic",
        rule=rule,
        members=None,
        always_members=pins,
    )
    html = admin.get(f"/admin/groups/{group.uuid}/delivery").text
    assert "Named by an administrator" in html
    assert "By the rule" not in html


@pytest.mark.parametrize(
    ("asked", "outcome"),
    [
        ("sender=eve@example.org", "Delivered to 4 recipients"),
        ("sender=bob@example.org", "Waits for a moderator before it reaches 4 recipients"),
        ("sender=bob@example.org&proof=none", "Refused"),
        ("sender=eve@example.org&proof=automatic", "Dropped"),
    ],
)
def test_the_verdict_stands_in_one_line(admin, url, asked, outcome):
    assert f"<strong>{outcome}:</strong>" in admin.get(f"{url}?{asked}").text


def test_the_empty_sender_is_answered_in_words(admin, url):
    html = admin.get(f"{url}?sender=<>").text
    assert "is that of a bounce" in html
    assert "an automatic reply" in html
    assert 'name="sender" value="&lt;&gt;"' in html


@pytest.mark.parametrize("sender", ["x" * 280 + "@a.example", "x" * 900 + "@a.example"])
def test_too_long_a_sender_is_called_too_long_and_kept(admin, url, sender):
    answer = admin.get(f"{url}?sender={sender}")
    assert answer.status_code == 422
    assert "longer than" in answer.text
    assert f'value="{sender}"' in answer.text


@pytest.mark.parametrize(
    ("asked", "text"),
    [("sender=nobody", 'id="sender-fault"'), ("sender=x@y.example&proof=signed-in", "proof-fault")],
)
def test_a_question_that_makes_no_sense_keeps_what_was_typed(admin, url, asked, text):
    answer = admin.get(f"{url}?{asked}")
    assert answer.status_code == 422
    assert text in answer.text
    assert asked.removeprefix("sender=").partition("&")[0] in answer.text
    assert "4</span>" in answer.text


def test_odd_parameters_count_as_left_out(admin, url):
    for odd in ("proof=x&shown=y", "after=%00&q=%00%ff", "q=" + "w " * 300):
        assert admin.get(f"{url}?{odd}").status_code == 200


def test_filters_and_pages_keep_the_question(admin, url):
    html = admin.get(f"{url}?sender=bob@example.org&q=a").text
    assert "sender=bob%40example.org&amp;q=a&amp;shown=twice" in html.replace("bob@", "bob%40")
    assert '<input type="hidden" name="sender" value="bob@example.org">' in html

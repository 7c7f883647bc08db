"""The compose page without JavaScript: whom a message would reach."""

import json
from html import unescape

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import groups
from tests.directories import group_draft


def check(visitor, **fields):
    answer = visitor.submit("/compose", form="to", **fields)
    return answer, " ".join(answer.text.split())


def test_it_needs_somebody_signed_in(visitor, ada):
    assert visitor.get("/compose").status_code == 303
    assert ada.get("/compose").status_code == 200


def test_nobody_is_made_to_believe_that_it_sends(ada):
    html = ada.get("/compose").text
    assert "sends nothing" in html
    assert ">Send<" not in html


def test_it_says_whom_a_message_would_reach(ada):
    answer, text = check(
        ada,
        to="Team <team@example.org>, bob@example.org",
        cc="boss@example.net",
        bcc="sales@example.org",
        subject="Kept subject",
        body="Kept\nbody",
    )
    assert answer.status_code == 200
    # ada, bob, guest and boss: whoever is named twice counts once.
    assert "Would reach 4 mailboxes" in text
    assert "Team Blue" in text
    assert "3 recipients" in text
    assert "1 external" in text
    assert "Kept subject" in text
    assert "Kept\nbody" in answer.text


def test_parts_that_are_no_addresses_are_named_and_kept(ada):
    answer, text = check(ada, to="bob@example.org, broken, x@@example.org, nobody@example.org")
    assert "Would reach 1 mailbox<" in text
    assert "There is no @ in it." in text
    assert "No such address here" in text
    left = answer.text[answer.text.index('id="to"') :]
    assert "bob@example.org, broken, x@@example.org" in left[: left.index("</textarea>")]


def test_it_warns_of_groups_that_will_not_take_the_message(ada, core):
    for name, policy, switches in (
        ("closed", "allowed_senders", {}),
        ("held", "same_domain", {"moderated": True, "owners": ["eve@example.org"]}),
        ("off", "same_domain", {"disabled": True}),
    ):
        draft = group_draft(
            address=f"{name}@example.org",
            display_name=name.title(),
            posting_policy=policy,
            **switches,
            members=["eve@example.org"],
        )
        groups.create_group(core.database, OPERATOR, draft)
    _, text = check(ada, to="closed@example.org, held@example.org, off@example.org")
    assert "Only allowed senders may post." in text
    assert "A moderator must approve the message." in text
    assert "Mailbox unavailable." in text
    assert "Would reach 1 mailbox<" in text  # Eve, through the one that is held.


def test_nothing_is_told_of_hidden_groups(ada):
    _, text = check(ada, to="secret@example.org, carl@example.com, com@example.com")
    for secret in ("Secret Plans", "1 recipient", "Other Domain"):
        assert secret not in text


@pytest.mark.parametrize(
    "typed", ["", " , ;\n", "\x00", "😀", '"' * 5000, "<" * 5000, "a" * 100_000]
)
def test_any_text_is_answered(ada, typed):
    answer, text = check(ada, to=typed)
    assert answer.status_code == 200
    assert "No recipients yet" in text


def test_too_many_recipients_are_refused_and_kept(ada):
    typed = ",".join(f"p{number}@example.net" for number in range(1001))
    answer, text = check(ada, to=typed)
    assert answer.status_code == 422
    assert "more than one message takes" in text
    assert "p1000@example.net" in text


def test_the_page_says_what_the_reasons_of_the_api_are_called_in_its_language(ada):
    ada.client.set_cookie("contactsgroups_language", "de", path="/")
    page = ada.get("/compose").text
    reasons = json.loads(unescape(page.partition("data-reasons='")[2].partition("'")[0]))
    assert reasons["only members may post"] == "nur Mitglieder dürfen senden"
    assert "/compose.js" in page

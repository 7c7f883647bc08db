"""No page shows people the A-labels of a domain beyond ASCII, whichever link leads to it."""

import pytest

from contactsgroups.domain.principal import OPERATOR
from contactsgroups.services import accounts
from contactsgroups.services.accounts.domains import ensure_domain
from tests.directories import add_account, add_alias, add_group
from tests.web.forms import Visitor, as_people_read
from tests.web.within_reach import pages_within_reach

DOMAIN = "xn--bcher-kva.example"
EVA, MAX, GUEST = f"eva@{DOMAIN}", f"max@{DOMAIN}", "gast@xn--dcher-kva.example"
KINDS = {
    "lesen": {"members": [EVA, f"alt@{DOMAIN}", GUEST], "leave_needs_approval": True},
    "oben": {"members": [f"lesen@{DOMAIN}"], "allowed_senders": [MAX], "join_on_request": True},
    "regel": {"members": None, "kind": "dynamic", "rule": f'address contains "@{DOMAIN}"'},
    "haus": {"members": None, "kind": "department", "department": "Haus"},
}


@pytest.fixture
def readers(core, app):
    """Groups of each kind without names, so that addresses stand for them; and a request."""
    ensure_domain(core.database, OPERATOR, DOMAIN)
    for address in (EVA, MAX):
        add_account(core.database, address, department="Haus")
    add_alias(core.database, f"alt@{DOMAIN}", EVA)
    accounts.appoint_administrator(core.database, OPERATOR, MAX, domain=DOMAIN)
    named = {"display_name": "", "owners": [EVA, MAX], "moderators": [EVA], "description": DOMAIN}
    made = {
        name: add_group(core.database, f"{name}@{DOMAIN}", **named | values)
        for name, values in KINDS.items()
    }
    eva = Visitor(app.test_client()).take_session(EVA)
    assert eva.submit(f"/groups/{made['lesen'].uuid}/leave").status_code == 303
    return made


@pytest.mark.parametrize("who", [EVA, MAX, "admin@example.org"])
def test_no_page_within_reach_shows_them(app, readers, who):
    visitor = Visitor(app.test_client()).take_session(who)
    found = {url: as_people_read(html) for url, html in pages_within_reach(visitor, most=20)}
    assert [url for url, text in found.items() if "xn--" in text] == []
    assert sum("bücher.example" in text for text in found.values()) > len(found) / 3


@pytest.mark.parametrize(
    ("page", "form", "changes"),
    [
        ("members", "members", {"members": f"nobody@{DOMAIN}, {MAX}"}),
        ("members", "members/ticked", {"member": MAX, "action": "remove"}),
        ("", "display_name", {"owners": f"nobody@{DOMAIN}"}),
        ("", "display_name", {"moderated": "on"}),
        ("delete", "password", {"password": "wrong"}),
    ],
)
def test_nor_does_what_a_form_answers(app, readers, page, form, changes):
    visitor = Visitor(app.test_client()).take_session(MAX)
    url = f"/admin/groups/{readers['lesen'].uuid}/{page}".removesuffix("/")
    answer = visitor.submit(url, form=form, **changes)
    html = visitor.get(answer.location).text if answer.location else answer.text
    assert "bücher.example" in html
    assert "xn--" not in as_people_read(html)

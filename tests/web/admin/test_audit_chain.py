"""The page of the audit log says first whether the log is whole."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import delete, update

from contactsgroups.domain.audit_inspection import Damage, Fault
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence.models import AuditRow
from contactsgroups.services.audit_verification import Scope, Verification, seal_log, verify_all
from contactsgroups.web.admin.audit_chain import status_of
from tests.web.forms import Visitor


@pytest.fixture(autouse=True)
def sealed(core):
    """The database was made by another installation, in another state directory."""
    seal_log(core.database, OPERATOR)


def first_line(html):
    begin = html.index('id="chain-result"')
    return unescape(html[begin : html.index("</section>", begin)])


def test_the_button_verifies_and_the_page_says_what_was_found(admin, core):
    page = admin.get("/admin/audit?q=team")
    assert "Not checked yet." in first_line(page.text)
    answer = admin.submit("/admin/audit?q=team", form="/admin/audit/verify?q=team")
    assert answer.location.endswith("/admin/audit?q=team")
    line = first_line(admin.get("/admin/audit").text)
    assert "<strong>Unbroken.</strong> Every entry up to" in line
    assert "was checked just now." in line


def test_what_was_changed_is_named_in_red(admin, core):
    with core.database.engine.begin() as connection:
        connection.execute(update(AuditRow).where(AuditRow.id == 3).values(actor="x"))
        connection.execute(delete(AuditRow).where(AuditRow.id == 6))
    verify_all(core.database, OPERATOR)
    html = admin.get("/admin/audit").text
    assert '<section class="notice chain wrong"' in html
    assert "Entry 3 was changed." in first_line(html)
    assert "<li>Entry 6 is missing.</li>" in first_line(html)


def test_an_administrator_of_one_domain_reads_it_and_has_no_button(app):
    local = Visitor(app.test_client()).take_session("admin@example.com")
    html = local.get("/admin/audit").text
    assert 'id="chain-result"' in html
    assert "Check now" not in html


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=12), "12 minutes ago"),
        (timedelta(hours=25), "1 day ago"),
    ],
)
def test_the_time_is_told_as_people_do(ago, text):
    found = verification(at=datetime.now(UTC) - ago)
    assert status_of([found], OPERATOR).checked == (f"Every entry up to 48,210 was checked {text}",)


def test_both_verifications_are_told_and_each_fault_once():
    fault = Fault(Damage.NOT_SEALED, 48000, 48210)
    newest = verification(scope=Scope.NEWEST, first=38211, faults=(fault,), fault_count=1)
    earlier = verification(faults=(fault,), fault_count=3)
    status = status_of([newest, earlier], OPERATOR)
    assert status.faults == ("entries 48,000 to 48,210 have no seal of this installation",)
    assert status.more == 2
    assert status.is_unsealed
    assert status.checked[0].startswith("The newest entries, 38,211 to 48,210, were checked")


def verification(**values):
    usual = {
        "scope": Scope.ALL,
        "at": datetime.now(UTC),
        "first": 1,
        "last": 48210,
        "faults": (),
        "fault_count": 0,
    }
    return Verification(**usual | values)

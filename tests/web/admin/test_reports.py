"""The page of reports: numbers, and ways to the lists that have them."""

from tests.directories import add_group


def test_each_number_leads_to_a_list_that_has_it(admin, core):
    add_group(core.database, "alone@example.org", "bob@example.org", "x@side.example")
    html = admin.get("/admin/reports").text
    assert "/admin/groups?finding=no-owner" in html
    assert "/admin/groups?finding=external" in html
    assert "Not known yet" in html
    listed = admin.get("/admin/groups?finding=no-owner&q=alone").text
    assert "alone@example.org" in listed
    assert "To look at: Without an owner" in listed


def test_whoever_administers_nothing_sees_no_reports(ada):
    assert ada.get("/admin/reports").status_code == 403

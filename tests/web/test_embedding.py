"""The extension inside an application of somebody else's."""

import re
import shutil
from pathlib import Path

import pytest
from flask import Flask, session

from contactsgroups.domain.errors import Unavailable
from contactsgroups.services.accounts import identity
from contactsgroups.web import ContactsGroups
from tests.web.forms import Visitor


@pytest.fixture
def host(core):
    """An application with pages, a session and a sign-in of its own."""
    app = Flask("host")
    app.secret_key = "h" * 32

    @app.get("/")
    def home():
        session["host"] = "kept"
        return "the host's page"

    @app.post("/unprotected")
    def unprotected():
        return "the host's own affair"

    return app


def embed(host, core, **options):
    extension = ContactsGroups(core, url_prefix="/mail-groups", **options)
    extension.init_app(host)
    return Visitor(host.test_client())


def by_header(core):
    def identify(request):
        return identity.find_principal(core.database, request.headers.get("X-Signed-In", ""))

    return identify


def test_the_hosts_pages_are_left_alone(host, core):
    visitor = embed(host, core)
    answer = visitor.get("/")
    assert answer.text == "the host's page"
    assert "Content-Security-Policy" not in answer.headers
    assert visitor.client.post("/unprotected").text == "the host's own affair"
    assert "Mail groups" not in visitor.get("/nothing").text


def test_the_pages_live_under_the_prefix(host, core):
    visitor = embed(host, core).take_session("admin@example.org")
    answer = visitor.get("/mail-groups/admin/groups")
    assert "Content-Security-Policy" in answer.headers
    assert re.search(r'href="/mail-groups/static/contactsgroups/v/\w+/pages.css"', answer.text)
    assert 'src="/mail-groups/api/v1/completions"' in visitor.get("/mail-groups/compose").text


def test_the_host_says_who_is_signed_in(host, core, find):
    visitor = embed(host, core, identify=by_header(core))
    signed_in = {"headers": {"X-Signed-In": "admin@example.org"}}
    assert visitor.get("/mail-groups/compose", **signed_in).status_code == 200
    answer = visitor.get("/mail-groups/api/v1/completions?q=team", **signed_in)
    assert [each["address"] for each in answer.json["completions"]] == ["team@example.org"]
    assert visitor.get("/mail-groups/api/v1/completions?q=team").status_code == 401


def test_where_the_host_signs_in_there_is_no_form_of_ours(host, core):
    visitor = embed(host, core, identify=by_header(core))
    assert visitor.get("/mail-groups/sign-in").status_code == 404
    answer = visitor.get("/mail-groups/compose")
    assert answer.status_code == 401
    assert "not signed in" in answer.text


def test_the_host_may_check_the_password_itself(host, core, find):
    checked = []

    def check_password(principal, password):
        checked.append((str(principal.address), password))
        return password == "host secret"

    visitor = embed(host, core, identify=by_header(core), check_password=check_password)
    visitor.client.environ_base["HTTP_X_SIGNED_IN"] = "admin@example.org"
    url = f"/mail-groups/admin/groups/{find('team').uuid}/delete"
    assert visitor.submit(url, password="correct horse").status_code == 403
    assert visitor.submit(url, password="host secret").status_code == 303
    assert checked[-1] == ("admin@example.org", "host secret")


def test_behind_proxies_the_recipe_of_the_page_makes_all_follow(host, core, caplog):
    text = (Path(__file__).parents[2] / "docs/reverse-proxies.md").read_text()
    [recipe] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    visitor = embed(host, core)
    exec(recipe, {"app": host})  # noqa: S102 - our own documentation
    headers = {"X-Forwarded-Prefix": "/site", "X-Forwarded-For": "192.0.2.7"}
    answer = visitor.get("/mail-groups/compose", headers=headers)
    form = visitor.form_on("/mail-groups/sign-in")
    data = {**form.values, "address": "x", "password": "x"}
    visitor.client.post("/mail-groups/sign-in", data=data, headers=headers)
    assert "client=192.0.2.7" in caplog.text
    assert answer.location.startswith("/site/mail-groups/sign-in?next=/site/mail-groups/compose")


def test_signing_out_keeps_what_the_host_remembers(host, core):
    visitor = embed(host, core).take_session("ada@example.org")
    visitor.get("/")
    visitor.submit("/mail-groups/compose", form="sign-out")
    with visitor.client.session_transaction() as kept:
        assert kept["host"] == "kept"
        assert "contactsgroups_session" not in kept


def test_one_object_serves_two_applications(core):
    extension = ContactsGroups(core)
    apps = [Flask("one"), Flask("two")]
    for app in apps:
        app.secret_key = "k" * 32
        extension.init_app(app)
        assert app.test_client().get("/healthz").status_code == 200
    assert apps[0].extensions["contactsgroups"] is not apps[1].extensions["contactsgroups"]


def test_a_state_directory_that_is_misspelt_is_refused_and_not_made(tmp_path):
    app = Flask("misspelt")
    app.config["CONTACTSGROUPS_STATE"] = str(tmp_path / "state")
    with pytest.raises(Unavailable, match=r"no state here: .* db upgrade"):
        ContactsGroups().init_app(app)
    assert list(tmp_path.iterdir()) == []


def test_the_core_is_built_from_the_hosts_configuration(filled_state, tmp_path):
    shutil.copytree(filled_state, tmp_path / "state")
    app = Flask("configured")
    app.secret_key = "k" * 32
    app.config["CONTACTSGROUPS_STATE"] = str(tmp_path / "state")
    ContactsGroups().init_app(app)
    assert app.test_client().get("/healthz").text == "ok\n"
    app.extensions["contactsgroups"].core.close()

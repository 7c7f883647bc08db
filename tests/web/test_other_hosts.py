"""Hosts that are no Flask applications, as docs/embedding.md has them."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import django
import httpx
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from werkzeug.test import Client

from tests.documents import blocks_of
from tests.servers.program import END_SECONDS, free_port, listens, wait_for
from tests.web.forms import read_forms

COMPOSE = "/groups/compose"
COMPLETIONS = "/groups/api/v1/completions"


@pytest.fixture(autouse=True)
def state(core, monkeypatch) -> Path:
    """The state directory that the recipes find in the environment."""
    monkeypatch.setenv("CONTACTSGROUPS_STATE", str(core.settings.state))
    return core.settings.state


def carry_out(section: str, **names: Any) -> Iterator[dict[str, Any]]:
    """Run the Python of a section, and close what it opened."""
    (recipe,) = blocks_of("embedding.md", section, "python")
    exec(recipe, names)  # noqa: S102 - our own documentation
    yield names
    names["core"].close()


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> None:
    """A Django project with sessions and two users in a database of its own."""
    place = tmp_path_factory.mktemp("django") / "db.sqlite3"
    settings.configure(
        SECRET_KEY="d" * 50,
        ALLOWED_HOSTS=["localhost"],
        ROOT_URLCONF="tests.web.django_urls",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": place}},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        USE_TZ=True,
    )
    django.setup()
    with pytest.MonkeyPatch.context() as environment:
        # Browser tests of the same process leave an event loop running, beside which Django works
        # only if it is told to.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        call_command("migrate", verbosity=0)
        from django.contrib.auth.models import User

        User.objects.create_user("ada", "ada@example.org")
        yield
        connections.close_all()


@pytest.fixture
def django_site(project) -> Iterator[Client]:
    for names in carry_out("Django"):
        yield Client(names["application"])


def sign_in_to_django(client: Client) -> None:
    answer = client.get("/login")
    assert answer.text == "ada"


def test_django_keeps_its_own_pages(django_site):
    answer = django_site.get("/")
    assert answer.text == "Django at /"
    assert "Content-Security-Policy" not in answer.headers


def test_who_is_signed_in_to_django_is_signed_in_here(django_site):
    assert django_site.get(COMPLETIONS, query_string="q=team").status_code == 401
    sign_in_to_django(django_site)
    answer = django_site.get(COMPLETIONS, query_string="q=team")
    assert [each["address"] for each in answer.json["completions"]] == ["team@example.org"]
    django_site.get("/logout")
    assert django_site.get(COMPLETIONS, query_string="q=team").status_code == 401


def test_forms_work_beside_django_and_no_other_site_can_send_them(django_site):
    sign_in_to_django(django_site)
    (form,) = read_forms(django_site.get(COMPOSE).text)
    assert form.action in {"", COMPOSE}
    assert django_site.post(COMPOSE, data=form.values).status_code == 200
    assert django_site.post(COMPOSE, data={"to": "team@example.org"}).status_code == 403


def test_the_fields_files_are_where_the_page_says(django_site):
    for name in ("recipient-field.js", "recipient-field.css"):
        place = f"/groups/static/contactsgroups/{name}"
        assert django_site.get(place, buffered=True).status_code == 200


async def _sign_in(request):
    request.session["address"] = "ada@example.org"
    return PlainTextResponse("in")


@pytest.fixture
def starlette_app() -> Iterator[Starlette]:
    app = Starlette(
        routes=[Route("/login", _sign_in)],
        middleware=[Middleware(SessionMiddleware, secret_key="a" * 32)],
    )
    for _ in carry_out("FastAPI and Starlette", app=app):
        yield app


def test_who_is_signed_in_to_an_asgi_application_is_signed_in_here(starlette_app):
    async def visit() -> list[httpx.Response]:
        transport = httpx.ASGITransport(starlette_app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            stranger = await client.get(f"{COMPLETIONS}?q=team")
            await client.get("/login")
            found = await client.get(f"{COMPLETIONS}?q=team")
            page = await client.get(COMPOSE)
            (form,) = read_forms(page.text)
            posted = await client.post(COMPOSE, data=form.values)
            return [stranger, found, posted, await client.post(COMPOSE, data={"to": "a@b.c"})]

    with ThreadPoolExecutor(1) as apart:  # From an event loop that browser tests leave running.
        stranger, found, posted, forged = apart.submit(asyncio.run, visit()).result()
    assert [each.status_code for each in (stranger, found, posted, forged)] == [401, 200, 200, 403]
    assert [each["address"] for each in found.json()["completions"]] == ["team@example.org"]


def test_another_wsgi_server_serves_pages_and_address_books(state, tmp_path):
    """By granian, which takes the page's module as it stands."""
    (module,) = blocks_of("embedding.md", "Any WSGI server", "python")
    (tmp_path / "groups_wsgi.py").write_text(module)
    port = free_port()
    program = Path(sys.executable).with_name("granian")
    options = ["--interface", "wsgi", "--port", str(port), "--log-level", "error"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(Path.cwd())])}
    server = subprocess.Popen([program, *options, "groups_wsgi:application"], env=environment)
    try:
        wait_for(lambda: listens(("127.0.0.1", port)), 60)
        root = f"http://127.0.0.1:{port}"
        assert httpx.get(f"{root}/healthz", timeout=30).text == "ok\n"
        assert httpx.request("PROPFIND", f"{root}/dav/", timeout=30).status_code == 401
    finally:
        server.terminate()
        server.wait(END_SECONDS)

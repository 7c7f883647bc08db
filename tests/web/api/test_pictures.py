"""A group's own picture over the API: with the limits and checks of the page."""

import io

import pytest
from PIL import Image

from contactsgroups.services.pictures import BYTES_LIMIT, SIDE, UPLOAD_LIMIT
from tests.web.api.test_groups import problem
from tests.web.forms import Visitor

KINDS = ("PNG", "JPEG", "GIF", "WEBP")


def image(kind="PNG", size=(600, 400), mode="RGB"):
    """A picture of one colour."""
    data = io.BytesIO()
    Image.new(mode, size).save(data, kind)
    return data.getvalue()


@pytest.fixture
def path(find):
    return f"/groups/{find('team').uuid}/picture"


def send(caller, path, data, kind="png"):
    return caller("PUT", path, data=data, headers={"Content-Type": f"image/{kind}"})


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_made_small_read_and_removed(manager, reader, path, find, kind):
    icon = reader("GET", path)
    answer = send(manager, path, image(kind), kind.lower())
    assert answer.status_code == 200, answer.text
    assert find("team").has_own_picture
    shown = reader("GET", path)
    assert shown.mimetype == "image/png"
    assert shown.data != icon.data
    assert shown.data == reader("GET", "/" + answer.json["picture"]).data
    assert len(shown.data) <= BYTES_LIMIT
    assert max(Image.open(io.BytesIO(shown.data)).size) == SIDE
    tag = shown.headers["ETag"]
    assert reader("GET", path, headers={"If-None-Match": tag}).status_code == 304
    for _ in range(2):
        assert manager("DELETE", path).status_code == 204
    assert reader("GET", path).data == icon.data
    assert not find("team").has_own_picture


def test_the_rest_of_the_group_stays_as_it_is(manager, path, find):
    before = find("team")
    assert send(manager, path, image()).status_code == 200
    after = find("team")
    assert (after.settings, after.owners, after.recipient_count) == (
        before.settings,
        before.owners,
        before.recipient_count,
    )


@pytest.mark.parametrize(
    "make",
    [
        bytes,
        lambda: b"no picture",
        lambda: b"\x89PNG\r\n\x1a\n broken",
        lambda: image(size=(7000, 6000), mode="1"),
        lambda: image() + b"x" * UPLOAD_LIMIT,
    ],
    ids=["nothing", "text", "broken", "pixels", "bytes"],
)
def test_what_the_page_refuses_is_refused(manager, path, find, make):
    assert problem(send(manager, path, make()), 422)["field"] == "picture"
    assert not find("team").has_own_picture


def test_what_is_said_to_be_something_else_or_does_not_fit_is_refused(manager, path, find):
    problem(send(manager, path, image(), "svg+xml"), 415)
    problem(manager("PUT", path, json={}), 415)
    problem(send(manager, path, b"x" * (9 * 1024 * 1024)), 413)
    assert not find("team").has_own_picture


def test_a_page_of_the_site_sends_it_with_its_form_token(app, path, find):
    ada = Visitor(app.test_client()).take_session("ada@example.org")
    token = ada.form_on("/compose").values["csrf_token"]
    url, more = f"/api/v1{path}", {"data": image(), "content_type": "image/png"}
    assert ada.client.put(url, **more).status_code == 403
    assert not find("team").has_own_picture
    answer = ada.client.put(url, **more, headers={"X-CSRF-Token": token})
    assert answer.status_code == 200
    assert find("team").has_own_picture

"""Faults stand at the fields that a form shows."""

from collections.abc import Iterator

import pytest
from flask import Flask

from contactsgroups.domain.errors import InvalidInput, NotPermitted, SeveralFaults
from contactsgroups.web.form_faults import faults_by_field


@pytest.fixture(autouse=True)
def page(app: Flask) -> Iterator[None]:
    """The request whose language the texts are in."""
    with app.test_request_context("/"):
        yield


def test_they_come_in_the_order_of_the_form_and_unknown_ones_first() -> None:
    error = SeveralFaults(
        [
            InvalidInput("b", field="owners"),
            InvalidInput("a", field="name"),
            InvalidInput("c", field="elsewhere"),
            InvalidInput("d", field="owners"),
        ]
    )
    found = faults_by_field(error, ("name", "owners"))
    assert list(found.items()) == [("", ("c",)), ("name", ("a",)), ("owners", ("b", "d"))]


def test_who_may_not_work_in_a_domain_is_told_at_the_address() -> None:
    assert faults_by_field(NotPermitted("no"), ("address",)) == {"address": ("no",)}

"""A request is shown with who asked, what for, and what became of it."""

from contactsgroups.domain.membership_request import RequestState, Wish
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database
from contactsgroups.persistence.models import MembershipRequest
from contactsgroups.services.groups import requests
from contactsgroups.services.groups.request_views import request_views, selecting, view_request
from tests.directories import add_group
from tests.services.conftest import ADA


def test_a_request_is_shown_as_it_is_and_as_it_was_decided(small: Database) -> None:
    group = add_group(small, "team@example.org", "bob@example.org", join_on_request=True)
    requests.join_group(small, ADA, group.uuid, "Please.")
    with small.read() as session:
        (row,) = session.scalars(selecting(MembershipRequest.note == "Please.")).all()
        waiting = view_request(session, OPERATOR, row)
    assert (waiting.wish, waiting.state) == (Wish.JOIN, RequestState.WAITING)
    assert (waiting.applicant, waiting.group.address) == ("ada@example.org", "team@example.org")
    assert (waiting.decided_by, waiting.decided_at) == ("", None)

    decided = requests.decline_request(small, OPERATOR, waiting.uuid, "Not now.")
    with small.read() as session:
        rows = list(session.scalars(selecting()))
        assert request_views(session, OPERATOR, rows) == (decided,)
    assert (decided.state, decided.answer) == (RequestState.DECLINED, "Not now.")
    assert decided.decided_by == OPERATOR.display_name

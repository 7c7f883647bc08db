"""Who has to go when there is no room: strangers first, then the silent of the largest peer."""

import resource
import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.delivery.policy_connections import (
    CONNECTION_LIMIT,
    Connection,
    choose_victim,
    find_limit,
    identify_peer,
)

_NO_SOCKET = socket.socket()
_NO_SOCKET.close()

POSTFIX, STRANGER = 106, 1000

NOW = 1000.0

connections = st.builds(
    Connection,
    socket=st.just(_NO_SOCKET),
    peer=st.sampled_from([POSTFIX, STRANGER]),
    requests=st.integers(0, 3),
    is_waiting=st.booleans(),
    silent_since=st.floats(0, NOW),
)


def connection(
    peer: int, since: float = 0, *, requests: int = 1, waiting: bool = False
) -> Connection:
    return Connection(_NO_SOCKET, peer, requests=requests, is_waiting=waiting, silent_since=since)


def test_who_has_asked_nothing_goes_first() -> None:
    stranger = connection(STRANGER, 9, requests=0)
    others = {connection(POSTFIX, 1), connection(STRANGER, 2)}
    assert choose_victim({*others, stranger}, NOW) is stranger


def test_who_has_just_come_may_ask_first() -> None:
    idle, new = connection(STRANGER, 9), connection(POSTFIX, NOW, requests=0)
    assert choose_victim({idle, new}, NOW) is idle
    crowd = [connection(STRANGER, NOW - 0.01 * each, requests=0) for each in range(1, 6)]
    assert choose_victim({idle, new, *crowd}, NOW) is crowd[-1]
    assert choose_victim({new}, NOW) is new
    assert choose_victim({connection(STRANGER, requests=0, waiting=True)}, NOW) is None


def test_the_user_with_most_connections_loses_the_one_that_is_silent_for_longest() -> None:
    postfix = [connection(POSTFIX, 1), connection(POSTFIX, 2)]
    others = [connection(STRANGER, since) for since in (5, 4, 6)]
    assert choose_victim({*postfix, *others}, NOW) is others[1]


def test_who_waits_for_an_answer_gets_it_as_long_as_anyone_is_silent() -> None:
    idle = connection(POSTFIX, 9)
    waiting = [connection(STRANGER, requests=number, waiting=True) for number in (1, 7, 5)]
    assert choose_victim({*waiting, idle}, NOW) is idle
    assert choose_victim({*waiting}, NOW) is waiting[1], "who had most answers"
    assert choose_victim({waiting[0]}, NOW) is None, "who had none has to be heard"


@given(st.sets(connections))
def test_nobody_goes_while_there_is_a_better_choice(given: set[Connection]) -> None:
    victim = choose_victim(given, NOW)
    if victim is None:
        assert all(each.is_waiting and each.requests < 2 for each in given)
    elif victim.is_waiting:
        assert victim.requests > 1
        assert all(each.is_waiting or not each.requests for each in given)


@pytest.fixture
def descriptors() -> Iterator[tuple[int, int]]:
    """The limits of this process, put back after the test."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield limits
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_connections_leave_descriptors_for_the_rest_of_the_process(
    descriptors: tuple[int, int],
) -> None:
    _, most = descriptors
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, most))
    assert find_limit() == 256
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, most))
    assert find_limit() == CONNECTION_LIMIT


def test_peers_are_known_by_their_user_or_host() -> None:
    one, other = socket.socketpair()
    with one, other:
        assert identify_peer(one) == 0
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        accepted, _ = server.accept()
        with client, accepted:
            assert identify_peer(accepted) == "127.0.0.1"
    assert identify_peer(_NO_SOCKET) is None

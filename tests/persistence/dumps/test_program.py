"""Programs of a database: what they say of a failure is told, and passwords are in files only."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from contactsgroups.domain.errors import Unavailable
from contactsgroups.persistence.dumps.program import Server, make_file, run, secret_file
from tests.servers.silent import SilentWay


def test_what_a_program_writes_goes_to_the_file(tmp_path: Path) -> None:
    with make_file(tmp_path / "out") as output:
        run(["cat"], [], output=output, lines=[b"one\n", b"two\n"])
    assert (tmp_path / "out").read_bytes() == b"one\ntwo\n"
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("length", [100, 100_000])
def test_a_failure_is_told_with_the_program_s_own_words(length: int) -> None:
    """However much of its input it left unread, and whether Python holds some of it."""
    with pytest.raises(Unavailable, match="sh failed") as caught:
        run(["sh"], ["-c", "echo the reason >&2; exit 3"], lines=[b"x" * length] * 20_000)
    assert caught.value.detail == "the reason"


def test_a_program_that_is_missing_is_named() -> None:
    with pytest.raises(Unavailable, match="no-such-program is not installed"):
        run(["no-such-program", "nor-this"], [])


def test_a_program_is_not_waited_for_when_its_server_is_silent(silent_way: SilentWay) -> None:
    server = Server(make_url(silent_way.url), 0.5)
    with silent_way.silence(), pytest.raises(Unavailable, match="does not answer"):
        run(["sleep"], ["100"], server=server)


def test_a_slow_program_is_waited_for(silent_way: SilentWay) -> None:
    # A server at work answers within three seconds, on a busy machine as well.
    run(["sleep"], ["6"], server=Server(make_url(silent_way.url), 3))


def test_a_secret_is_its_owner_s_and_gone_afterwards() -> None:
    with secret_file("geheim") as name:
        assert Path(name).read_text() == "geheim"
        assert Path(name).stat().st_mode & 0o777 == 0o600
    assert not Path(name).exists()

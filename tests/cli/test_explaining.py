"""What would become of a message is said with its reasons, its lane and each recipient's way."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run

AUTOMATIC = b"From: ada@example.org\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n"


@pytest.fixture
def explained(company: Run) -> Run:
    """A team that members may write to, with a group and a stranger inside."""
    company("group", "add", "inner@example.org", "--member", "bob@example.org")
    members = [f"--member={each}" for each in ("ada@example.org", "inner@example.org")]
    company("group", "add", "crew@example.org", "--policy", "members", *members)
    company("group", "add-member", "crew@example.org", "x@example.net")
    return company


def test_a_message_that_is_accepted_is_followed_to_each_mailbox(explained: Run) -> None:
    result = explained("explain", "ada@example.org", "crew@example.org")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "sender:    ada@example.org, signed in"
    assert lines[1] == "decision:  accept: the sender may post"
    assert "           the sender is a member" in lines
    assert any(line.startswith("lane:      LMTP: ") for line in lines)
    assert lines[-3:] == [
        "  ada@example.org  directly",
        "  bob@example.org  through inner@example.org",
        "  x@example.net  directly",
    ]


def test_evidence_is_what_the_options_say(explained: Run, tmp_path: Path) -> None:
    message = tmp_path / "message"
    message.write_bytes(AUTOMATIC)
    ask = ("explain", "ada@example.org", "crew@example.org")
    assert "must sign in" in explained(*ask, "--no-login").stdout
    assert "decision:  accept" in explained(*ask, "--no-login", "--trusted").stdout
    assert "decision:  discard" in explained(*ask, "--message", str(message)).stdout
    message.write_bytes(b"Subject: Hello\r\n\r\nHello\r\n")
    assert "decision:  accept" in explained(*ask, "--message", str(message)).stdout
    assert "decision:  discard" in explained("explain", "<>", "crew@example.org").stdout
    assert "only members may post" in explained("explain", "y@example.net", ask[2]).stdout


def test_the_lane_is_that_of_the_switches(explained: Run) -> None:
    ask = ("explain", "ada@example.org", "crew@example.org")
    explained("group", "edit", "crew@example.org", "--accept-auto-replies")
    assert "lane:      LMTP" in explained(*ask).stdout, "a group inside ignores them"
    explained("group", "edit", "inner@example.org", "--accept-auto-replies")
    assert "lane:      native" in explained(*ask).stdout
    explained("group", "edit", "crew@example.org", "--disabled")
    assert "lane:      none" in explained(*ask).stdout


def test_who_is_no_group_or_no_address_is_an_error(explained: Run) -> None:
    assert explained("explain", "ada@example.org", "nobody@example.org").exit_code
    assert explained("explain", "ada", "crew@example.org").exit_code

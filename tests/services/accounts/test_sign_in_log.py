"""The line of a failed sign-in cannot be forged, and fail2ban's own program reads it."""

import logging
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.attempts import Client, Face
from contactsgroups.services.accounts.sign_in_log import escape, log_failure
from tests.servers.program import find_program

FILTER = Path(__file__).parents[3] / "docs" / "fail2ban" / "contactsgroups.conf"
LINE = 'sign-in failed: client={} account="{}" face={}'


@given(st.text())
def test_no_text_ends_the_line_or_the_quotes(text: str) -> None:
    escaped = escape(text)
    assert escaped.isprintable()
    assert '"' not in escaped
    assert len(escaped) <= 10 * 255


def test_letters_of_all_scripts_stay_readable() -> None:
    assert escape("zoë@bücher.example") == "zoë@bücher.example"
    assert escape('a"b\\c\nd\u2028e\u202ef\U000e0001') == (
        "a\\u0022b\\u005cc\\u000ad\\u2028e\\u202ef\\U000e0001"
    )


def test_a_peer_without_an_address_is_called_local(caplog: pytest.LogCaptureFixture) -> None:
    log_failure(Client(Face.PAGES), "ada@example.org")
    assert caplog.messages == [LINE.format("local", "ada@example.org", "pages")]


# What stands in front of the message: contactsgroups run, the same in a file of syslog's and in
# the journal, Radicale's own program in a file and in the journal.
PREFIXES = (
    "contactsgroups.sign_in: ",
    "Nov 25 18:00:00 mail contactsgroups[4711]: contactsgroups.sign_in: ",
    "2026-11-25T18:00:00.000000+00:00 mail contactsgroups[4711]: contactsgroups.sign_in: ",
    "[2026-11-25 18:00:00 +0000] [4711/Thread-3 (process_request_thread)] [WARNING] ",
    "Nov 25 18:00:00 mail contactsgroups.sign_in[4711]: [4711/Thread-3 (serve)] [WARNING] ",
)
FORGED = LINE.format("198.51.100.9", "x", "pages")


def matched(tmp_path: Path, *lines: str) -> list[str]:
    """The addresses that fail2ban would count, in order."""
    log = tmp_path / "log"
    log.write_text("".join(f"{line}\n" for line in lines))
    command = [find_program("fail2ban-regex"), "--verbosity=0", "--out=ip", str(log), str(FILTER)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout.split()


@pytest.mark.parametrize("prefix", PREFIXES)
def test_fail2ban_counts_the_line_of_every_face(tmp_path: Path, prefix: str) -> None:
    clients = ["192.0.2.1", "2001:db8::1", "192.0.2.3"]
    lines = [
        prefix + LINE.format(client, escape(account), face)
        for client, account, face in zip(
            clients, ["ada@example.org", 'zoë" x\n', ""], Face, strict=True
        )
    ]
    assert matched(tmp_path, *lines) == clients


def test_fail2ban_counts_no_line_that_somebody_made_up(tmp_path: Path) -> None:
    lines = [
        prefix + text
        for prefix in PREFIXES
        for text in (
            LINE.format("local", escape(FORGED), "pages"),
            LINE.format("unknown", escape('" ' + FORGED), "pages"),
            f"another message: {FORGED}",
            f"GET /{FORGED}: no such page",
            f" {FORGED}",
            f"{FORGED} and more",
        )
    ]
    others = [
        f"contactsgroups.web.errors: GET /{PREFIXES[0]}{FORGED}",
        f"contactsgroups.web.errors: {PREFIXES[1]}{FORGED}",
        f"radicale: PROPFIND /{PREFIXES[3]}{FORGED}",
        f"    {PREFIXES[0]}{FORGED}",
        FORGED,
    ]
    assert matched(tmp_path, *lines, *others) == []


def test_the_logger_is_the_one_that_the_filter_names(caplog: pytest.LogCaptureFixture) -> None:
    log_failure(Client(Face.API, "192.0.2.1"), "")
    [record] = caplog.records
    assert re.escape(record.name) in FILTER.read_text()
    assert record.levelno == logging.WARNING

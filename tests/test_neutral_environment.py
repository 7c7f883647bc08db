"""How the caller has configured this machine changes no test."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.neutral_environment import CALLERS_ENVIRONMENT, neutral

ROOT = Path(__file__).parent.parent

# Each would break what it configures.
CONFIGURED = {
    "CONTACTSGROUPS_DATABASE_URL": "nonsense",
    "HOST": "192.0.2.1",
    "PORT": "many",
    "PGPORT": "1",
    "PGSSLMODE": "verify-full",
    "LDAPRC": "/dev/zero",
    "LC_ALL": "xx_XX",
    "http_proxy": "http://192.0.2.1:9/",
    "HTTPS_PROXY": "http://192.0.2.1:9/",
    "PIP_INDEX_URL": "file:///nowhere",
    "XDG_CONFIG_HOME": "/nowhere",
    "GIT_DIR": "/nowhere",
}


def test_what_configures_programs_is_left_out_and_the_rest_is_kept() -> None:
    given = CONFIGURED | {"PATH": "/bin", "CI": "true", "HOME": "/home/ada", "TZ": "Asia/Tokyo"}

    assert neutral(given, "/empty") == {
        "PATH": "/bin",
        "CI": "true",
        "HOME": "/empty",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "LDAPNOINIT": "1",
    }


def test_tests_run_without_it() -> None:
    assert os.environ["HOME"] != CALLERS_ENVIRONMENT.get("HOME")
    assert list(Path(os.environ["HOME"]).glob(".[a-z]*rc")) == []


@pytest.mark.timeout(300)
def test_tests_pass_whatever_the_caller_has_configured() -> None:
    """Of a web application, a database server and a client of both."""
    chosen = ["tests/web/test_sign_in.py", "tests/servers/test_databases.py"]
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *chosen],
        cwd=ROOT,
        env=CALLERS_ENVIRONMENT | CONFIGURED,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )

    assert result.returncode == 0, result.stdout

"""A pytest plugin: no test sees how its caller has configured the product or any other program.

Nor does anything that tests start. Proxies are left out, too: tests speak with this machine only.
The few that install packages need the caller's way to an index, in ``CALLERS_ENVIRONMENT``.
"""

import os
import re
import signal
import tempfile
import time
from collections.abc import Mapping

import pytest

CALLERS_ENVIRONMENT = dict(os.environ)

# Settings of the product, of database clients, LDAP, installers and git; places of configuration
# files; language; proxies.
_CONFIGURING = re.compile(
    r"(CONTACTSGROUPS|MARIADB|MYSQL|LDAP|RADICALE|VDIRSYNCER|KHARD|PIP|UV|GIT|XDG|LC)_.*"
    r"|PG[A-Z]+|LDAP[A-Z]+|HOST|PORT|LANGUAGE|NETRC|\w+_(proxy|PROXY)"
)


def neutral(environment: Mapping[str, str], home: str) -> dict[str, str]:
    """Return what tests see of the caller's environment; ``home`` is an empty directory."""
    kept = {name: value for name, value in environment.items() if not _CONFIGURING.fullmatch(name)}
    # LDAPNOINIT: libldap reads neither /etc/ldap/ldap.conf nor a file of the user's (ldap.conf(5)).
    return kept | {"HOME": home, "LANG": "C.UTF-8", "TZ": "UTC", "LDAPNOINIT": "1"}


def _runs_tests(config: pytest.Config) -> bool:
    """Whether this process runs tests itself; xdist's workers inherit the environment."""
    return hasattr(config, "workerinput") or config.getoption("dist", "no") == "no"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Change the environment before anything is collected."""
    if _runs_tests(config):
        home = tempfile.TemporaryDirectory(prefix="contactsgroups-home-")
        config.add_cleanup(home.cleanup)
        seen = neutral(os.environ, home.name)
        os.environ.clear()
        os.environ.update(seen)
        time.tzset()
        # What a shell starts in the background ignores Ctrl-C, and so would all that tests start.
        signal.signal(signal.SIGINT, signal.default_int_handler)

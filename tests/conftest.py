"""What every test may use: see the plugins named here."""

import os

from hypothesis import HealthCheck, settings

pytest_plugins = [
    "pytester",
    "tests.neutral_environment",
    "tests.no_skips",
    "tests.servers.databases",
    "tests.servers.mariadb",
    "tests.servers.postfix",
    "tests.servers.postgresql",
    "tests.servers.silent",
    "tests.servers.unclosed",
    "tests.servers.migrated",  # After those it imports.
]

settings.register_profile(
    "project",
    # How long an example takes says more about what else the machine does than about our code.
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    # Everywhere else examples are new each time; a submission is judged by its code alone.
    derandomize=os.environ.get("CI") == "true",
)
settings.load_profile("project")

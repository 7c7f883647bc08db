"""What every test may use: see the plugins named here."""

pytest_plugins = [
    "pytester",
    "tests.no_skips",
    "tests.servers.databases",
    "tests.servers.mariadb",
    "tests.servers.postfix",
    "tests.servers.postgresql",
]

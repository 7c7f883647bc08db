"""Private servers for tests: real programs on free ports and sockets, started when first used.

``tests/conftest.py`` loads these modules as pytest plugins, so that every test can ask for
``mariadb_url``, ``postgresql_url``, ``database_url``, ``migrated_url`` or ``postfix``.
"""

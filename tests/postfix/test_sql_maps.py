"""Postfix's SQL maps read the same as what is published, on all three databases."""

import grp
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pymysql
import pytest
from sqlalchemy import make_url

from contactsgroups import settings
from contactsgroups.bootstrap import Core, open_core
from contactsgroups.delivery import publisher
from contactsgroups.delivery.lmtp import LMTPServer
from contactsgroups.delivery.policy import PolicyServer
from contactsgroups.services.delivery.published_maps import MapName
from tests.directories import add_account, add_accounts, add_alias, add_group
from tests.postfix.conftest import TRUSTED_NETWORKS, MailSystem, configure
from tests.postfix.fragments import FRAGMENTS
from tests.postfix.instructions import OPEN_THE_DATABASE, carry_out, commands
from tests.postfix.sasl import logins
from tests.servers.mariadb import MariaDBServer
from tests.servers.postfix import PrivatePostfix
from tests.servers.postgresql import PostgreSQLServer
from tests.servers.program import wait_for

BACKENDS = ["sqlite", "mysql", "pgsql"]
# Stands for the user that the product runs as.
PRODUCT_USER = "nobody"
MISSING = [
    "nobody@example.org",
    "elsewhere.example",
    "team@elsewhere.example",
    "team",
    "@example.org",
    "o'hara@example.org",
    "gröup@example.org",
    "team@straße.example",
]


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, backend: str, postfix: PrivatePostfix) -> str:
    """The database that the SQL maps shall read."""
    if backend == "sqlite":
        return f"sqlite:///{open_to_postfix(postfix.root / 'state')}"
    fixture = {"mysql": "mariadb_url", "pgsql": "postgresql_url"}[backend]
    return str(request.getfixturevalue(fixture))


@pytest.fixture
def core(postfix: PrivatePostfix, database_url: str) -> Iterator[Core]:
    """The product on that database, with something in every map."""
    state = postfix.root / "state"
    core = open_core(
        settings.from_mapping(
            {
                "state": state,
                "database_url": database_url,
                "maps_directory": postfix.maps,
                "policy_socket": str(postfix.queue / "contactsgroups" / "policy.sock"),
                "lmtp_socket": str(postfix.queue / "contactsgroups" / "lmtp.sock"),
                "reinject": f"127.0.0.1:{postfix.reinjection_port}",
                "trusted_networks": TRUSTED_NETWORKS,
            }
        ),
        upgrade=True,
    )
    fill(core)
    yield core
    core.close()


@pytest.fixture
def connection(
    request: pytest.FixtureRequest, backend: str, core: Core, postfix: PrivatePostfix
) -> Iterator[dict[str, str]]:
    """How Postfix reaches the database, as a user that the shipped script made."""
    url = make_url(core.settings.effective_database_url)
    if backend == "sqlite":
        yield {"dbpath": str(url.database)}
        return
    script = (FRAGMENTS / backend / "grants.sql").read_text()
    if backend == "mysql":
        mariadb: MariaDBServer = request.getfixturevalue("mariadb_server")
        with pymysql.connect(
            user="root", unix_socket=str(mariadb.socket), database=url.database, charset="utf8mb4"
        ) as client:
            for statement in statements(script):
                client.cursor().execute(statement)
        place = {"hosts": f"unix:{mariadb.socket}"}
    else:
        server: PostgreSQLServer = request.getfixturevalue("postgresql_server")
        with psycopg.connect(
            host=str(server.socket_directory), user="postgres", dbname=url.database
        ) as session:
            session.execute(script.encode())
        place = {"hosts": f"unix:{server.socket_directory}"}
    yield place | {"dbname": str(url.database)}
    if backend == "mysql":
        mariadb.execute("DROP USER contactsgroups_postfix@localhost")
    else:
        with psycopg.connect(
            host=str(server.socket_directory), user="postgres", dbname=url.database
        ) as session:
            session.execute("DROP OWNED BY contactsgroups_postfix")
            session.execute("DROP USER contactsgroups_postfix")


@pytest.fixture
def definitions(backend: str, connection: dict[str, str], postfix: PrivatePostfix) -> Path:
    """The shipped map definitions, with the connection filled in."""
    directory = postfix.root / backend
    shutil.copytree(FRAGMENTS / backend, directory)
    for file in directory.glob("*.cf"):
        text = file.read_text().replace(f"/etc/postfix/contactsgroups/{backend}", str(directory))
        for name, value in connection.items():
            text = re.sub(rf"^{name} = .*$", f"{name} = {value}", text, flags=re.MULTILINE)
        file.write_text(text)
    return directory


def fill(core: Core) -> None:
    database = core.database
    add_accounts(database, ["ada", "bob", "eve", "zoe", "o'hara", "a/b", "team+x", "jörg"])
    add_accounts(database, ["kim", "jörg"], domain="grün.example")
    add_accounts(database, ["kim"], domain="straße.example")
    add_alias(database, "a@example.org", "ada@example.org")
    add_alias(database, "j@grün.example", "jörg@grün.example")
    add_account(database, "gone@example.org", active=False)
    add_group(database, "team@example.org", "a@example.org", "bob@example.org", "x@example.net")
    add_group(database, "group@example.org", "eve@example.org")
    add_group(database, "native@example.org", "eve@example.org", ignore_auto_replies=False)
    add_group(database, "team+g@example.org", "eve@example.org")
    add_alias(database, "team+a@example.org", "eve@example.org")
    add_group(database, "team@grün.example", "jörg@grün.example", "日本@example.net")
    add_group(database, "off@example.org", "ada@example.org", disabled=True)
    add_group(
        database,
        "kept@grün.example",
        "kim@grün.example",
        moderated=True,
        moderators=["kim@grün.example"],
    )


def test_every_key_is_answered_as_by_the_published_maps(
    core: Core, backend: str, definitions: Path, postfix: PrivatePostfix
) -> None:
    publisher.publish(core)

    for name in MapName:
        published = query(postfix, f"lmdb:{postfix.maps}/{name}", None)
        assert published, name
        table = f"{backend}:{definitions}/{name}.cf"
        assert query(postfix, table, [*published, *MISSING]) == published, name


def test_postfix_delivers_by_the_sql_maps_alone(
    core: Core, backend: str, definitions: Path, postfix: PrivatePostfix
) -> None:
    configure(postfix, backend, definitions)
    mail = MailSystem(core, postfix)
    with logins(postfix.queue / "private" / "auth"), PolicyServer(core), LMTPServer(core):
        postfix.start()
        assert mail.rcpt("off@example.org", login="ada@example.org")[0] == 550
        mail.send(["group@example.org", "bob@example.org"], login="ada@example.org")
        mail.send("j@grün.example", sender="x@example.com")
        mail.sendmail("ada@example.org", "a@example.org")
        mail.sendmail("ada@example.org", "group@example.org")
        wait_for(lambda: mail.subjects("ada@example.org"))
        wait_for(lambda: "ada@example.org must sign in" in postfix.log())

    assert mail.subjects("eve@example.org") == ["Hello"]
    assert mail.subjects("bob@example.org") == ["Hello"]
    assert mail.subjects("jörg@xn--grn-ioa.example") == ["Hello"]
    assert "fatal" not in postfix.log()


def test_a_change_in_the_database_is_in_force_at_once(
    core: Core, backend: str, definitions: Path, postfix: PrivatePostfix
) -> None:
    configure(postfix, backend, definitions)
    mail = MailSystem(core, postfix)
    with logins(postfix.queue / "private" / "auth"), PolicyServer(core):
        postfix.start()
        assert mail.rcpt("new@example.org", sender="x@example.com")[0] == 550
        add_alias(core.database, "new@example.org", "ada@example.org")
        assert mail.rcpt("new@example.org", sender="x@example.com")[0] == 250


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_the_product_writes_to_a_log_that_postfix_made(
    core: Core, definitions: Path, postfix: PrivatePostfix
) -> None:
    core.close()
    configure(postfix, "sqlite", definitions)
    postfix.main_cf |= {"smtpd_recipient_restrictions": "", "smtpd_sasl_auth_enable": "no"}
    postfix.start()
    mail = MailSystem(core, postfix)
    assert mail.rcpt("new@example.org", sender="x@example.com")[0] == 550
    assert write_ahead_log(core).owner() == "postfix"

    with product_of_its_own_user(core) as product:
        add_alias(product.database, "new@example.org", "ada@example.org")
        assert write_ahead_log(core).owner() == "postfix"

    assert mail.rcpt("new@example.org", sender="x@example.com")[0] == 250


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_postfix_reads_with_a_log_that_the_product_made(
    core: Core, definitions: Path, postfix: PrivatePostfix
) -> None:
    core.close()
    configure(postfix, "sqlite", definitions)
    postfix.main_cf |= {"smtpd_recipient_restrictions": "", "smtpd_sasl_auth_enable": "no"}
    mail = MailSystem(core, postfix)

    with product_of_its_own_user(core) as product:
        add_alias(product.database, "new@example.org", "ada@example.org")
        with acting_as("root", "root"):
            postfix.start()
        assert write_ahead_log(core).owner() == PRODUCT_USER
        assert mail.rcpt("new@example.org", sender="x@example.com")[0] == 250
    assert "fatal" not in postfix.log()


def query(
    postfix: PrivatePostfix, table: str, keys: Iterable[str] | None
) -> dict[str, frozenset[str]]:
    """Ask postmap(1) for the keys, or for all there are; answers are sets, without an order."""
    arguments = ["-s", table] if keys is None else ["-q", "-", table]
    lines = "".join(f"{key}\n" for key in keys or ())
    result = subprocess.run(
        postfix.command("postmap", *arguments),
        input=lines,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.stderr == ""
    rows = (line.split("\t", 1) for line in result.stdout.splitlines())
    return {key: frozenset(re.split(r",\s*", value)) for key, value in rows}


def statements(script: str) -> list[str]:
    """Split a script at its semicolons, without the comments."""
    code = re.sub(r"^--.*$", "", script, flags=re.MULTILINE)
    return [each.strip() for each in code.split(";") if each.strip()]


def open_to_postfix(state: Path) -> Path:
    """Make the product's database and let Postfix read it, as docs/postfix.md says."""
    open_core(settings.from_mapping({"state": state}), upgrade=True).close()
    changes = {
        "adduser contactsgroups postfix": "true",
        "contactsgroups:postfix": f"{PRODUCT_USER}:postfix",
        "/var/lib/contactsgroups": str(state),
    }
    carry_out(commands(OPEN_THE_DATABASE), changes, state)
    return state / "database" / "contactsgroups.sqlite"


def write_ahead_log(core: Core) -> Path:
    """Where SQLite keeps what is not in the database's file yet."""
    return Path(f"{make_url(core.settings.effective_database_url).database}-wal")


@contextmanager
def product_of_its_own_user(core: Core) -> Iterator[Core]:
    """Another instance of the product, not as root, but as one who joined Postfix's group."""
    database = Path(str(make_url(core.settings.effective_database_url).database)).parent
    for path in (core.settings.state, *core.settings.state.iterdir()):
        if path != database:
            shutil.chown(path, PRODUCT_USER)
    with acting_as(PRODUCT_USER, "postfix"):
        product = open_core(core.settings)
        try:
            yield product
        finally:
            product.close()


@contextmanager
def acting_as(user: str, group: str) -> Iterator[None]:
    """Let this process be ``user`` and in ``group`` for as long as the block lasts."""
    before = os.geteuid(), os.getegid(), os.getgroups()
    os.seteuid(0)
    os.setgroups([grp.getgrnam(group).gr_gid])
    os.setegid(pwd.getpwnam(user).pw_gid)
    os.seteuid(pwd.getpwnam(user).pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setgroups(before[2])
        os.setegid(before[1])
        os.seteuid(before[0])

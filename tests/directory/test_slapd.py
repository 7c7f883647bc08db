"""What OpenLDAP's own slapcat prints is imported, and what we export is taken by slapadd."""

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from contactsgroups.directory import ldif_entries, ldif_export
from contactsgroups.directory.ldap_schema import SCHEMA as OUR_SCHEMA
from contactsgroups.directory.ldap_schema import completed
from contactsgroups.directory.ldif_entries import GROUP_FLAGS
from contactsgroups.directory.sample import sample_records
from contactsgroups.domain.principal import OPERATOR
from contactsgroups.persistence import Database, schema
from contactsgroups.services.transfer.exporting import export_records
from contactsgroups.services.transfer.importing import ImportOptions, import_records
from contactsgroups.services.transfer.records import (
    DomainRecord,
    Fault,
    GroupRecord,
    MembershipRecord,
)
from tests.directories import group_record
from tests.servers.program import find_program

# The attributes of the schema that OpenLDAP guides for Postfix use, as far as they matter here.
POSTFIX_BOOK = """\
attributetype ( 1.3.6.1.4.1.29426.1.10.2 NAME 'mailAlias'
    EQUALITY caseIgnoreIA5Match SYNTAX 1.3.6.1.4.1.1466.115.121.1.26{256} )
attributetype ( 1.3.6.1.4.1.29426.1.10.5 NAME 'mailEnabled'
    EQUALITY booleanMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.7 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.29426.1.10.6 NAME 'mailGroupMember'
    EQUALITY caseExactIA5Match SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 )
objectclass ( 1.3.6.1.4.1.29426.1.2.2.1 NAME 'PostfixBookMailAccount' SUP top AUXILIARY
    MUST mail MAY ( mailAlias $ mailGroupMember $ mailEnabled ) )
"""
GUIDE = """\
dn: dc=example,dc=org
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: uid=kaethe,dc=example,dc=org
objectClass: inetOrgPerson
objectClass: PostfixBookMailAccount
uid: kaethe
cn: Käthe Großmann-Schwarzenbeck von und zu Hohenstein am See und noch etwas mehr
sn: Großmann
mail: Kaethe@example.org
mailAlias: k@example.org
mailEnabled: TRUE
userPassword: secret

dn: cn=all,dc=example,dc=org
objectClass: organizationalRole
objectClass: PostfixBookMailAccount
cn: All
mail: all@example.org
mailEnabled: TRUE
mailGroupMember: kaethe@example.org
mailGroupMember: out@partner.example
mailGroupMember: KAETHE@example.org
"""


class Slapd:
    """A directory server that never runs: its offline tools on a database of its own."""

    def __init__(self, root: Path, suffix: str, our_schema: Path = OUR_SCHEMA) -> None:
        (root / "data").mkdir()
        (root / "postfix-book.schema").write_text(POSTFIX_BOOK)
        self._configuration = root / "slapd.conf"
        self._configuration.write_text(
            "".join(f"include /etc/ldap/schema/{name}.schema\n" for name in SCHEMAS)
            + f"include {root}/postfix-book.schema\ninclude {our_schema}\n"
            + "modulepath /usr/lib/ldap\nmoduleload back_mdb\n"
            + f'database mdb\nsuffix "{suffix}"\ndirectory {root}/data\n'
        )

    def add(self, ldif: bytes) -> None:
        self._run("slapadd", standard_input=ldif)

    def print_all(self) -> bytes:
        return self._run("slapcat")

    def _run(self, program: str, standard_input: bytes = b"") -> bytes:
        command = [find_program(program), "-f", str(self._configuration)]
        ended = subprocess.run(
            command, input=standard_input, check=False, capture_output=True, timeout=60
        )
        assert ended.returncode == 0, ended.stderr.decode()
        return ended.stdout


SCHEMAS = ("core", "cosine", "inetorgperson")


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    database = Database(sqlite_url)
    schema.upgrade(database)
    yield database
    database.dispose()


def test_entries_of_a_mail_server_are_imported_as_slapcat_prints_them(
    database: Database, tmp_path: Path
) -> None:
    slapd = Slapd(tmp_path, "dc=example,dc=org")
    slapd.add(GUIDE.encode())
    printed = slapd.print_all()
    assert b"entryUUID: " in printed, "operational attributes are part of it"
    assert b"cn:: " in printed, "and base64"
    assert b"\n " in printed, "and folded lines"
    items = ldif_entries.read(io.BytesIO(printed), "all.ldif")
    report = import_records(database, OPERATOR, items, ImportOptions(add_domains=True))
    assert report.faults == ()
    records = export_records(database)
    (group,) = (each for each in records if isinstance(each, GroupRecord))
    assert (group.address, group.settings["display_name"]) == ("all@example.org", "All")
    members = {each.address for each in records if isinstance(each, MembershipRecord)}
    assert members == {"kaethe@example.org", "out@partner.example"}


def test_slapadd_takes_an_export_and_slapcat_gives_it_back(
    database: Database, tmp_path: Path
) -> None:
    """The whole sample directory goes through OpenLDAP, and nothing has changed."""
    import_records(database, OPERATOR, sample_records())
    exported = io.BytesIO()
    ldif_export.write(export_records(database), exported)
    slapd = Slapd(tmp_path, "o=contactsgroups")
    slapd.add(exported.getvalue())
    items = list(ldif_entries.read(io.BytesIO(slapd.print_all()), "all.ldif"))
    assert [str(each) for each in items if isinstance(each, Fault)] == []
    report = import_records(database, OPERATOR, items, ImportOptions(replace_members=True))
    assert report.faults == ()
    assert report.differences == ()
    assert report.record_count == len(export_records(database))


def test_openldap_takes_the_schema_with_a_new_switch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(GROUP_FLAGS, "archived", "contactsGroupsArchived")
    schema = tmp_path / "contactsgroups.schema"
    schema.write_text(completed(OUR_SCHEMA.read_text()))
    slapd = Slapd(tmp_path, "o=contactsgroups", schema)
    exported = io.BytesIO()
    group = group_record("g@example.org", display_name="G", archived=True)
    ldif_export.write([DomainRecord(name="example.org"), group], exported)
    slapd.add(exported.getvalue())
    assert b"contactsGroupsArchived: TRUE" in slapd.print_all()

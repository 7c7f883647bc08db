"""Whatever an archive says, nothing is written outside, and only what is whole is taken."""

import contextlib
import gzip
import io
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactsgroups.domain.errors import InvalidInput
from contactsgroups.services.backup.extracting import extract
from contactsgroups.services.backup.making import _Hashed
from contactsgroups.services.backup.manifest import FileFacts, Manifest

Change = Callable[[tarfile.TarInfo], None]


class Archive:
    """An archive that is made entry by entry, faulty on purpose."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        self._packed = gzip.GzipFile(fileobj=self._buffer, mode="wb")
        self._tar = tarfile.TarFile(fileobj=self._packed, mode="w", format=tarfile.PAX_FORMAT)
        self.manifest = Manifest("sqlite", "0001")

    def add(self, name: str, content: bytes = b"", change: Change = lambda _: None) -> "Archive":
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(content), 0o600
        change(entry)
        hashed = _Hashed(io.BytesIO(content))
        self._tar.addfile(entry, hashed)  # type: ignore[arg-type]
        if entry.isdir():
            self.manifest.directories.append(name)
        else:
            self.manifest.files[name] = FileFacts(len(content), hashed.digest.hexdigest())
        return self

    def seal(self) -> "Archive":
        content = self.manifest.render()
        entry = tarfile.TarInfo("manifest.json")
        entry.size, entry.mode = len(content), 0o600
        self._tar.addfile(entry, io.BytesIO(content))
        return self

    def close(self) -> bytes:
        self._tar.close()
        self._packed.close()
        return self._buffer.getvalue()


def directory(entry: tarfile.TarInfo) -> None:
    entry.type, entry.mode = tarfile.DIRTYPE, 0o700


def whole() -> Archive:
    archive = Archive().add("database", b"dump").add("state/collections", change=directory)
    return archive.add("state/collections/é.vcf", b"card").add("state/secret_key", b"key" * 500)


WHOLE = whole().seal().close()


def refuse(content: bytes, place: Path) -> str:
    """Return why an archive is refused; nothing may lie beside the directory it was taken to."""
    target = place / "target"
    target.mkdir()
    with pytest.raises(InvalidInput) as caught:
        extract(io.BytesIO(content), target)
    assert list(place.iterdir()) == [target]
    return str(caught.value)


def test_a_whole_archive_is_taken_with_modes_of_our_own(tmp_path: Path) -> None:
    manifest = extract(io.BytesIO(WHOLE), tmp_path)
    assert sorted(manifest.files) == ["database", "state/collections/é.vcf", "state/secret_key"]
    assert (tmp_path / "state" / "collections" / "é.vcf").read_bytes() == b"card"
    modes = {path.stat().st_mode & 0o777 for path in tmp_path.rglob("*") if path.is_file()}
    assert modes == {0o600}


@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "state/../../outside",
        "/tmp/outside",
        "state//tmp/outside",
        "state/./x",
        "outside",
        "state",
        "state/high_water",
        "state/in_use.lock",
        "state/restore-x/y",
        "state/contactsgroups.sqlite",
        "state/x\udce9",
        "manifest.json/x",
        "database/x",
    ],
)
def test_what_lies_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    content = Archive().add("database").add(name, b"x").seal().close()
    assert "the archive has " in refuse(content, tmp_path)


def _type(kind: bytes, target: str = "/etc/passwd") -> Change:
    def change(entry: tarfile.TarInfo) -> None:
        entry.type, entry.linkname = kind, target

    return change


def _set(name: str, value: int) -> Change:
    return lambda entry: setattr(entry, name, value)


@pytest.mark.parametrize(
    "change",
    [
        _type(tarfile.SYMTYPE),
        _type(tarfile.LNKTYPE, "database"),
        _type(tarfile.FIFOTYPE),
        _type(tarfile.CHRTYPE),
        _type(tarfile.BLKTYPE),
        _set("uid", 1000),
        _set("gid", 1000),
        _set("mode", 0o4700),
        _set("mode", 0o644),
    ],
)
def test_links_devices_owners_and_open_modes_are_refused(tmp_path: Path, change: Change) -> None:
    content = Archive().add("database").add("state/secret_key", b"", change).seal().close()
    assert "'state/secret_key'" in refuse(content, tmp_path)


def test_a_name_that_comes_twice_is_refused(tmp_path: Path) -> None:
    content = whole().add("state/secret_key", b"other").seal().close()
    assert "twice" in refuse(content, tmp_path)


@pytest.mark.parametrize("first", ["state/a", "state/a/b"])
def test_a_file_that_is_a_directory_too_is_refused(tmp_path: Path, first: str) -> None:
    second = {"state/a": "state/a/b", "state/a/b": "state/a"}[first]
    content = Archive().add("database").add(first, b"x").add(second, b"y").seal().close()
    assert "something else" in refuse(content, tmp_path)


def test_what_has_no_manifest_is_not_whole(tmp_path: Path) -> None:
    assert "not whole" in refuse(whole().close(), tmp_path)


def test_nothing_comes_behind_the_manifest(tmp_path: Path) -> None:
    assert "behind" in refuse(whole().seal().add("state/x", b"x").close(), tmp_path)


def test_there_is_a_database(tmp_path: Path) -> None:
    assert "no database" in refuse(Archive().add("state/x").seal().close(), tmp_path)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda manifest: manifest.files.update(database=FileFacts(4, "0" * 64)),
        lambda manifest: manifest.files.update({"state/more": FileFacts(0, "")}),
        lambda manifest: manifest.files.pop("state/secret_key"),
        lambda manifest: manifest.directories.clear(),
        lambda manifest: manifest.directories.append("state/other"),
    ],
)
def test_what_the_manifest_does_not_say_is_damaged(
    tmp_path: Path, spoil: Callable[[Manifest], object]
) -> None:
    archive = whole()
    spoil(archive.manifest)
    assert "is damaged" in refuse(archive.seal().close(), tmp_path)


@given(data=st.data())
def test_no_part_of_an_archive_is_taken_for_the_whole(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    length = data.draw(st.integers(0, len(WHOLE) - 1))
    refuse(WHOLE[:length], tmp_path_factory.mktemp("part"))


@given(data=st.data())
def test_an_octet_that_is_another_one_is_found(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    place = data.draw(st.integers(10, len(WHOLE) - 1))  # The header of gzip means nothing.
    other = data.draw(st.integers(1, 255))
    content = WHOLE[:place] + bytes([WHOLE[place] ^ other]) + WHOLE[place + 1 :]
    try:
        is_same = gzip.decompress(content) == gzip.decompress(WHOLE)
    except (OSError, EOFError, zlib.error):
        is_same = False
    if not is_same:  # Some octets of a compressed file mean nothing.
        refuse(content, tmp_path_factory.mktemp("octet"))


@given(data=st.data())
def test_nothing_in_the_headers_leads_outside_or_to_a_fault(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    plain = bytearray(gzip.decompress(WHOLE))
    for _ in range(data.draw(st.integers(1, 8))):
        plain[data.draw(st.integers(0, len(plain) - 1))] = data.draw(st.integers(0, 255))
    place = tmp_path_factory.mktemp("header")
    target = place / "target"
    target.mkdir()
    with contextlib.suppress(InvalidInput):
        extract(io.BytesIO(gzip.compress(bytes(plain), 1)), target)
    assert list(place.iterdir()) == [target]


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive", gzip.compress(b"no tar" * 1000)],
    ids=["empty", "text", "no tar"],
)
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    refuse(content, tmp_path)

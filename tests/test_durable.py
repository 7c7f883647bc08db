"""Files and directories can be synced; what is not there is an error."""

from pathlib import Path

import pytest

from contactsgroups.durable import sync


def test_files_and_directories_are_synced(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("content")
    sync(file)
    sync(tmp_path)
    assert file.read_text() == "content"


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        sync(tmp_path / "missing")

"""One ``run`` at a time, and the lock goes with its process, however that dies."""

import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from contactsgroups.domain.errors import Unavailable
from contactsgroups.serving import run_lock
from contactsgroups.serving.run_lock import holding, require_free


def test_a_second_one_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    with holding(tmp_path):
        with pytest.raises(Unavailable, match="another contactsgroups run uses the state"):
            require_free(tmp_path)
        with pytest.raises(Unavailable, match="--state"), holding(tmp_path):
            pass
    require_free(tmp_path)
    with holding(tmp_path):
        pass


def test_looking_makes_nothing(tmp_path: Path) -> None:
    require_free(tmp_path / "state")
    assert not (tmp_path / "state").exists()


def test_an_error_inside_is_not_taken_for_a_taken_lock(tmp_path: Path) -> None:
    with pytest.raises(BlockingIOError), holding(tmp_path):
        raise BlockingIOError
    require_free(tmp_path)


def test_the_file_is_for_its_owner_only_and_stays(tmp_path: Path) -> None:
    with holding(tmp_path / "state"):
        pass
    file = tmp_path / "state" / run_lock.FILE_NAME
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o711


def test_a_process_that_is_killed_leaves_no_lock(tmp_path: Path) -> None:
    program = (
        "import pathlib, sys; from contactsgroups.serving.run_lock import holding\n"
        "with holding(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Unavailable):
            require_free(tmp_path)
        holder.send_signal(signal.SIGKILL)
    require_free(tmp_path)

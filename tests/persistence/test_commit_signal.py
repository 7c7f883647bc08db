"""Other processes see that something was committed, and a lost file costs nothing but time."""

import subprocess
import sys
from pathlib import Path

from contactsgroups.persistence.commit_signal import CommitSignal

NOTIFY = """
import sys
from pathlib import Path
from contactsgroups.persistence.commit_signal import CommitSignal
CommitSignal(Path(sys.argv[1])).notify()
"""


def test_every_signal_is_another_one(tmp_path: Path) -> None:
    signal = CommitSignal(tmp_path / "signal")
    seen = {signal.read()}
    for _ in range(100):
        assert signal.read() in seen
        signal.notify()
        seen.add(signal.read())
    assert len(seen) == 101
    signal.close()


def test_another_process_is_heard(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "signal"
    signal = CommitSignal(path)
    before = signal.read()
    subprocess.run([sys.executable, "-c", NOTIFY, path], check=True)
    assert signal.read() != before
    signal.close()


def test_a_file_that_is_there_is_used_as_it_is(tmp_path: Path) -> None:
    """Replacing it would leave the others looking at a file that nobody writes to."""
    first = CommitSignal(tmp_path / "signal")
    first.notify()
    second = CommitSignal(tmp_path / "signal")
    assert second.read() == first.read()
    second.notify()
    assert second.read() == first.read()
    first.close()
    second.close()

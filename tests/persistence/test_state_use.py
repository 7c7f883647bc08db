"""Everybody may use a state at once, and a restore only while nobody does."""

from pathlib import Path

import pytest

from contactsgroups.domain.errors import Unavailable
from contactsgroups.persistence.state_use import UNFINISHED, StateUse, alone


def test_a_restore_waits_for_nobody_and_refuses(tmp_path: Path) -> None:
    one, other = StateUse(tmp_path), StateUse(tmp_path)
    one.close()
    one.close()
    with pytest.raises(Unavailable, match="is in use"), alone(tmp_path):
        pass
    other.close()
    with alone(tmp_path):
        with pytest.raises(Unavailable, match="is being restored"):
            StateUse(tmp_path)
        with pytest.raises(Unavailable, match="is in use"), alone(tmp_path):
            pass
    StateUse(tmp_path).close()


def test_nobody_begins_on_half_of_a_state(tmp_path: Path) -> None:
    (tmp_path / UNFINISHED).touch()
    with pytest.raises(Unavailable, match="a restore was broken off; run contactsgroups restore"):
        StateUse(tmp_path)
    with alone(tmp_path):
        (tmp_path / UNFINISHED).unlink()
    StateUse(tmp_path).close()

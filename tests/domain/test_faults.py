"""Faults are gathered, and each keeps its field."""

import pytest

from contactsgroups.domain.errors import (
    DomainNotFound,
    InvalidInput,
    InvalidText,
    NotPermitted,
    SeveralFaults,
)
from contactsgroups.domain.faults import Faults


def test_nothing_wrong_raises_nothing() -> None:
    Faults().refuse()


def test_a_single_fault_is_raised_as_itself() -> None:
    faults = Faults()
    with faults.at("address"):
        raise DomainNotFound("no such domain")
    with pytest.raises(DomainNotFound) as caught:
        faults.refuse()
    assert caught.value.field == "address"


def test_several_are_one_error_that_has_each_once() -> None:
    faults = Faults()
    faults.note(InvalidText("too long", field="name"))
    inner = SeveralFaults([InvalidText("too long", field="name"), InvalidInput("odd")])
    with faults.at("rule"):
        raise inner
    with pytest.raises(SeveralFaults) as caught:
        faults.refuse()
    assert caught.value.faults == (("name", "too long"), ("rule", "odd"))
    assert str(caught.value) == "too long; odd"


def test_what_is_no_fault_of_a_value_ends_everything() -> None:
    with pytest.raises(NotPermitted), Faults().at("address"):
        raise NotPermitted("no")


def test_each_of_many_faults_is_looked_at_once() -> None:
    """Twenty thousand pasted addresses must not be compared with each other."""
    read = []

    class Counted(InvalidInput):
        def __str__(self) -> str:
            read.append(self)
            return super().__str__()

    faults = Faults()
    faults.note_all(Counted(f"{number} is none", field="owners") for number in range(20_000))
    assert len(faults.errors) == len(read) == 20_000

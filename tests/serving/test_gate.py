"""Requests beyond the places are answered 503, and a place is free when the answer is closed."""

from typing import Any

import pytest

from contactsgroups.serving.gate import Gate


class Answer:
    """An answer in pieces that notes whether it was closed."""

    def __init__(self) -> None:
        self.is_closed = False

    def __iter__(self) -> Any:
        yield b"a"

    def close(self) -> None:
        self.is_closed = True


def ask(gate: Gate) -> tuple[str, dict[str, str], Any]:
    found: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
        found.update(status=status, headers=dict(headers))

    answer = gate({}, start_response)
    return found["status"], found["headers"], answer


def answering(environ: Any, start_response: Any) -> Any:
    start_response("200 OK", [])
    return Answer()


def test_a_place_is_kept_until_the_answer_is_closed_and_not_until_it_is_made() -> None:
    gate = Gate(answering, 2)
    first, second = ask(gate), ask(gate)
    assert list(first[2]) == [b"a"]
    status, headers, answer = ask(gate)
    assert status == "503 Service Unavailable"
    assert int(headers["Retry-After"]) > 0
    assert len(b"".join(answer)) == int(headers["Content-Length"])
    first[2].close()
    assert ask(gate)[0] == "200 OK"
    assert ask(gate)[0].startswith("503")
    assert second[0] == "200 OK"


def test_closing_twice_frees_one_place() -> None:
    gate = Gate(answering, 1)
    answer = ask(gate)[2]
    answer.close()
    answer.close()
    assert ask(gate)[0] == "200 OK"
    assert ask(gate)[0].startswith("503")


def test_the_application_closes_its_answer_too() -> None:
    made: list[Answer] = []

    def application(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        made.append(Answer())
        return made[0]

    ask(Gate(application, 1))[2].close()
    assert made[0].is_closed


def test_a_fault_while_answering_or_closing_frees_the_place() -> None:
    def failing(environ: Any, start_response: Any) -> Any:
        raise ValueError("no answer")

    gate = Gate(failing, 1)
    for _ in range(3):
        with pytest.raises(ValueError, match="no answer"):
            ask(gate)

    class Sticky(Answer):
        def close(self) -> None:
            raise ValueError("does not close")

    def sticky(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return Sticky()

    gate = Gate(sticky, 1)
    for _ in range(3):
        with pytest.raises(ValueError, match="does not close"):
            ask(gate)[2].close()


def test_a_list_which_cannot_be_closed_frees_the_place() -> None:
    def plain(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return [b"a"]

    gate = Gate(plain, 1)
    ask(gate)[2].close()
    assert ask(gate)[0] == "200 OK"

"""Faults of settings are named all at once, in sentences, without secrets."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from contactsgroups.settings import InvalidSettings, Settings, from_mapping, load


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("nonsense", "it is no URL"),
        ("://", "it is no URL"),
        ("mysql+pymysql://ada:geheim@h:many/x", "it is no URL"),
        ("mysql+pymysql://ada:geheim@h/x?connect_timeout=long", "it is no URL"),
        ("mysql://ada:geheim@h/x", "there is no driver for mysql; use"),
        ("oracle://ada:geheim@h/x", "there is no driver for oracle; use"),
        ("nothing+known://ada:geheim@h/x", "there is no driver for nothing"),
        ("postgresql+asyncpg://ada:geheim@h/x", "driver"),
        ("sqlite://", "it names no file"),
        ("sqlite:///:memory:", "it names no file"),
    ],
)
def test_a_database_url_that_cannot_work_is_a_fault_without_its_password(
    url: str, fault: str
) -> None:
    with pytest.raises(InvalidSettings) as caught:
        Settings(database_url=url, port=-1)
    (of_url, of_port) = sorted(caught.value.faults)
    assert of_url.startswith("database_url: ")
    assert fault in of_url
    assert of_port.startswith("port: ")
    assert "geheim" not in str(caught.value)


@given(st.text(max_size=40))
def test_any_text_as_database_url_is_a_fault_or_a_url(text: str) -> None:
    try:
        from_mapping({"database_url": text})
    except InvalidSettings:
        return
    try:
        assert not text or make_url(text)
    except ArgumentError:
        pytest.fail("it was taken")


@pytest.mark.parametrize(
    "url",
    ["mysql+pymysql://h/x", "mariadb+pymysql://h/x", "postgresql+psycopg://h/x", "sqlite:///x"],
)
def test_the_documented_databases_are_taken(url: str) -> None:
    assert Settings(database_url=url).effective_database_url == url


@pytest.mark.parametrize("content", [b"port = ", b"\xff\xfe", None])
def test_a_settings_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "settings.toml"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(InvalidSettings, match=r"settings\.toml"):
        load(environment={"CONTACTSGROUPS_CONFIG": str(path)})


def test_no_path_has_a_nul() -> None:
    with pytest.raises(InvalidSettings, match="is not a path"):
        from_mapping({"state": "a\0b"})


@pytest.mark.parametrize("name", ["session_lifetime", "session_idle_time"])
@pytest.mark.parametrize("value", ["599", "2592001", "-1", "soon"])
def test_sessions_last_between_ten_minutes_and_a_month(name: str, value: str) -> None:
    with pytest.raises(InvalidSettings, match=name):
        from_mapping({name: value})


@pytest.mark.parametrize("name", ["secret_key", "former_secret_key"])
def test_a_secret_key_is_long_and_never_in_a_message(name: str) -> None:
    with pytest.raises(InvalidSettings, match=f"{name}: shorter than 32") as caught:
        from_mapping({name: "too short to be secret"})
    assert "too short to be" not in str(caught.value)
    settings = from_mapping({name: "k" * 32})
    assert "kkk" not in repr(settings)


def test_without_a_former_secret_key_there_is_no_key_of_it() -> None:
    settings = from_mapping({"secret_key": "k" * 32})
    assert settings.former_token_secret == settings.former_session_key == ""
    renewed = from_mapping({"secret_key": "n" * 32, "former_secret_key": "k" * 32})
    assert renewed.former_token_secret == settings.read_token_secret()
    assert renewed.former_session_key == settings.read_session_key()


@pytest.mark.parametrize("value", ["", "10026", "127.0.0.1", "127.0.0.1:x", "/run/smtp", "a b:1"])
def test_copies_go_to_a_host_and_port(value: str) -> None:
    with pytest.raises(InvalidSettings, match="reinject"):
        from_mapping({"reinject": value})


@pytest.mark.parametrize("value", ["127.0.0.1:10026", "[::1]:10026", "mail.example.org:25"])
def test_a_host_and_port_take_copies(value: str) -> None:
    assert from_mapping({"reinject": value}).reinject == value
